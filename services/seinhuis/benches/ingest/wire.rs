//! The door as a partner's program meets it, with messages made beforehand: what is measured is the hub, not how fast a
//! client can think of signals. Receipts are read as usual.

use anyhow::{Context, bail, ensure};
use futures::stream::{self, Stream, StreamExt};
use prost::Message;
use prost::bytes::{BufMut, Bytes};
use seinhuis::client::Authed;
use seinhuis_contract::proto::ingest::v1::receipt::Outcome;
use seinhuis_contract::proto::ingest::v1::{
    Disposition, MunicipalIngestServiceReportStreamResponse, Receipt,
};
use seinhuis_domain::sector::Sector;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Request, Status};

/// The answers of all four doors, streamed or not, have one field, the receipt, under one number.
type Answer = MunicipalIngestServiceReportStreamResponse;

/// A partner's line to the door of its sector.
#[derive(Clone)]
pub(crate) struct Line {
    grpc: tonic::client::Grpc<Authed>,
    sector: Sector,
}

impl Line {
    pub(crate) fn new(channel: Authed, sector: Sector) -> Self {
        Self { grpc: tonic::client::Grpc::new(channel), sector }
    }

    /// Sends one signal and waits for its receipt.
    pub(crate) async fn report(&mut self, signal: Bytes) -> anyhow::Result<()> {
        self.grpc.ready().await?;
        let path = self.path("Report");
        let answer = self.grpc.unary(Request::new(signal), path, Ready).await?;
        is_new(answer.into_inner(), 1).map(drop)
    }

    /// Sends all signals through one stream and waits for every receipt, in order.
    pub(crate) async fn report_all(&mut self, signals: Vec<Bytes>) -> anyhow::Result<u64> {
        let count = signals.len() as u64;
        let mut receipts = 0;
        self.report_each(stream::iter(signals), |_| receipts += 1).await?;
        ensure!(receipts == count, "{receipts} receipts for {count} signals");
        Ok(receipts)
    }

    /// Sends signals through one stream as they come, and shows the position that each receipt names.
    pub(crate) async fn report_each(
        &mut self,
        signals: impl Stream<Item = Bytes> + Send + 'static,
        mut receipt: impl FnMut(u64),
    ) -> anyhow::Result<()> {
        self.grpc.ready().await?;
        let path = self.path("ReportStream");
        let mut answers = self.grpc.streaming(Request::new(signals), path, Ready).await?.into_inner();
        let mut ordinal = 0;
        while let Some(answer) = answers.next().await {
            ordinal += 1;
            receipt(is_new(answer?, ordinal)?);
        }
        Ok(())
    }

    fn path(&self, call: &str) -> PathAndQuery {
        let service = match self.sector {
            Sector::Police => "Police",
            Sector::Housing => "Housing",
            Sector::Care => "Care",
            Sector::Municipal => "Municipal",
        };
        let path = format!("/seinhuis.ingest.v1.{service}IngestService/{call}");
        // Letters, points and slashes make a path.
        PathAndQuery::try_from(path).unwrap_or_else(|_| PathAndQuery::from_static("/"))
    }
}

/// The position of a signal that was taken in and was not there before. Everything else ends the benchmark: what was
/// refused costs little and would count for nothing.
fn is_new(answer: Answer, ordinal: u64) -> anyhow::Result<u64> {
    let Receipt { ordinal: got, reference, outcome } =
        answer.receipt.context("an answer without a receipt")?;
    ensure!(got == ordinal, "receipt {got} came in the place of receipt {ordinal}");
    match outcome.context("a receipt without an outcome")? {
        Outcome::Accepted(accepted) if accepted.disposition() == Disposition::New => Ok(accepted.position),
        Outcome::Accepted(_) => bail!("{reference} was there already"),
        Outcome::Refused(refused) => bail!("{reference} was refused: {}", refused.message),
    }
}

/// The codec of messages that are bytes already.
struct Ready;

impl Codec for Ready {
    type Encode = Bytes;
    type Decode = Answer;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Ready {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put(message);
        Ok(())
    }
}

impl Decoder for Ready {
    type Item = Answer;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Answer>, Status> {
        Answer::decode(from).map(Some).map_err(|error| Status::internal(error.to_string()))
    }
}
