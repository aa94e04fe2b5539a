//! Ways to the processes of the hub, one after the other.

use std::time::Duration;

use seinhuis::client::{Authed, authed};
use tonic::Status;
use tonic::transport::Endpoint;

/// A process that says nothing for so long is taken for gone.
pub(super) const SILENCE: Duration = Duration::from_millis(1_500);
/// Before the next one is tried.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

/// One way to each place, taken by turns.
#[derive(Debug, Clone)]
pub(super) struct Channels {
    each: Vec<Authed>,
    at: usize,
}

/// Ways to `urls` that show `token`. Nothing is connected before it is called.
pub(super) fn to(urls: &[String], token: &str) -> Channels {
    let lazily = |url: &String| {
        let endpoint = Endpoint::from_shared(url.clone()).unwrap().connect_timeout(SILENCE);
        authed(endpoint.connect_lazy(), token).unwrap()
    };
    Channels { each: urls.iter().map(lazily).collect(), at: 0 }
}

impl Channels {
    /// The same, beginning with another place.
    pub(super) fn beginning_at(mut self, number: usize) -> Self {
        self.at = number;
        self
    }

    pub(super) fn current(&self) -> Authed {
        self.each[self.at % self.each.len()].clone()
    }

    pub(super) async fn turn(&mut self) {
        self.at += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

/// A call that is given up when nothing is heard of it.
pub(super) async fn heard<T>(call: impl Future<Output = Result<T, Status>>) -> Result<T, Status> {
    let silent = |_| Status::deadline_exceeded("nothing was heard");
    tokio::time::timeout(SILENCE, call).await.map_err(silent)?
}
