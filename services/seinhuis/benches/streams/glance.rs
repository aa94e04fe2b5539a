//! A live stream as a program of somebody who watches reads it, who looks at what an answer is and where it stands, and no
//! further: what is measured is the hub.

use anyhow::Context;
use prost::Message;
use seinhuis::client::Authed;
use seinhuis_contract::proto::monitor::v1::WatchFactsRequest;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Request, Streaming};
use tonic_prost::ProstCodec;

/// An answer at a glance, by the numbers that `WatchFactsResponse` gives its fields.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Glance {
    /// Where the fact is.
    #[prost(message, optional, tag = "1")]
    pub(crate) fact: Option<At>,
    /// How far the log is.
    #[prost(message, optional, tag = "2")]
    pub(crate) progress: Option<At>,
    /// Where one is parked.
    #[prost(message, optional, tag = "3")]
    pub(crate) parked: Option<At>,
}

/// A place in the log: the first field of each of them.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct At {
    /// The position.
    #[prost(uint64, tag = "1")]
    pub(crate) position: u64,
}

/// Watches `area` from now on.
pub(crate) async fn watch(channel: Authed, area: &str) -> anyhow::Result<Streaming<Glance>> {
    let request = WatchFactsRequest { from_now: true, area_code: area.to_owned(), ..Default::default() };
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await?;
    let path = PathAndQuery::from_static("/seinhuis.monitor.v1.LogService/WatchFacts");
    let codec = ProstCodec::<WatchFactsRequest, Glance>::default();
    let answer = grpc.server_streaming(Request::new(request), path, codec).await;
    Ok(answer.context("the hub lets nobody watch")?.into_inner())
}
