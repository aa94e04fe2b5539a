//! The one reader of the log for all who watch in this process: each page is read once, each message made once. While nobody
//! watches it reads nothing. It also says when rights may have changed, or that the hub drains.

use std::sync::Arc;
use std::time::Duration;

use seinhuis_eventstore::{Fault, Page, Tail};
use seinhuis_projections::Rest;

use super::told::Told;
use crate::failure::Failure;
use crate::hub::Hub;

/// Events read at a time.
const PAGE: usize = 500;
/// Before a log that can't be read is tried again.
const TRY_AGAIN: Duration = Duration::from_millis(200);

/// Reads until the hub drains.
pub(super) async fn run(hub: &Arc<Hub>) {
    tokio::select! {
        biased;
        () = hub.parts.drain.cancelled() => {}
        () = looking(hub) => {}
        () = reading(hub) => {}
    }
    hub.live.looks.send_modify(|_| {});
}

/// Has everybody look at his rights whenever the directory is another.
async fn looking(hub: &Hub) {
    let (mut known, mut progress) = (hub.directory(), hub.parts.directory.progress());
    while progress.changed().await.is_ok() {
        let current = hub.directory();
        if !Arc::ptr_eq(&known, &current) {
            known = current;
            hub.live.looks.send_modify(|_| {});
        }
    }
}

async fn reading(hub: &Arc<Hub>) {
    let mut reader = Reader { hub, tail: None, rest: None };
    loop {
        match reader.next().await {
            Ok(page) => reader.tell(&page),
            Err(fault) => reader.failed(fault).await,
        }
    }
}

struct Reader<'a> {
    hub: &'a Arc<Hub>,
    tail: Option<Tail>,
    /// The page before: a busy log is read by pages that are worth it.
    rest: Option<Rest>,
}

impl Reader<'_> {
    /// The next page, once somebody is there to be told of it.
    async fn next(&mut self) -> Result<Page, Fault> {
        while self.hub.live.crowd(|crowd| crowd.is_empty()) {
            self.tail = None;
            self.well();
            self.hub.live.joined.notified().await;
        }
        let reached = self.hub.live.crowd(|crowd| crowd.reached());
        if let Some(rest) = self.rest.take() {
            rest.then(std::future::ready(())).await;
        }
        let tail = match &mut self.tail {
            Some(tail) if tail.position() == reached => tail,
            tail => tail.insert(self.hub.parts.log.tail(reached)),
        };
        tail.next(PAGE).await
    }

    fn tell(&mut self, page: &Page) {
        let (rest, directory) = (Rest::begin(), self.hub.directory());
        self.well();
        for row in &page.events {
            let told = Told::of(row, &directory);
            // One at a time: whoever joins waits for one fact and not for a page.
            self.hub.live.crowd(|crowd| crowd.tell(&told));
        }
        self.rest = Some(rest);
    }

    /// The log can be read, as far as is known.
    fn well(&self) {
        self.hub.live.looks.send_if_modified(|trouble| trouble.take().is_some());
    }

    /// Those who wait for it are told, and come back.
    async fn failed(&mut self, fault: Fault) {
        let failure = Failure::from(fault);
        tracing::warn!(
            failure = &failure as &dyn std::error::Error,
            "those who watch can't be told, trying again"
        );
        self.hub.live.looks.send_replace(Some(failure.problem()));
        self.tail = None;
        tokio::time::sleep(TRY_AGAIN).await;
    }
}
