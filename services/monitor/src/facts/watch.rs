//! One reader of the log: pages until the end, then each new event as it comes.
//!
//! The reader sets the pace. What is ready for him and not taken stays within bounds, and then the reading waits; who
//! takes nothing for long is let go. He resumes after the last position he saw: each page follows from that position
//! alone, so there is neither gap nor double.

use std::sync::Arc;
use std::time::Duration;

use seinhuis_contract::gate::Admission;
use seinhuis_contract::proto::monitor::v1::watch_facts_response::Event;
use seinhuis_contract::proto::monitor::v1::{Progress, WatchFactsResponse};
use seinhuis_contract::status::Problem;
use seinhuis_eventstore::{HeadWatch, Position};
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, timeout};
use tonic::Status;

use super::sight::Sight;
use crate::asker::Asker;
use crate::failure::Failure;
use crate::hub::Hub;

/// Events read at a time.
const PAGE: usize = 500;
/// How often the reader hears how far the log is, when nothing else is said. It is also how often the log is looked at
/// without having been told that there is more.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How long a reader may take nothing.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a stream lasts. A token that ends or is revoked ends its streams at once; a change of role or areas counts
/// when the reader comes past the gate again, after this long at the latest.
const LONGEST: Duration = Duration::from_secs(3_600);

/// One reader.
pub(super) struct Watch {
    hub: Arc<Hub>,
    asker: Asker,
    admission: Admission,
    sight: Sight,
    /// Everything up to here was sent or wasn't for the reader.
    after: Position,
    /// Up to where the reader knows.
    told: Position,
    ready: mpsc::Sender<Result<WatchFactsResponse, Status>>,
}

/// Why a watch ends.
enum End {
    /// The reader left.
    Gone,
    /// The hub ends it, and says why.
    Said(Failure),
}

impl<F: Into<Failure>> From<F> for End {
    fn from(failure: F) -> Self {
        Self::Said(failure.into())
    }
}

impl Watch {
    pub(super) fn new(
        hub: Arc<Hub>,
        (asker, admission): (Asker, Admission),
        sight: Sight,
        after: Position,
        ready: mpsc::Sender<Result<WatchFactsResponse, Status>>,
    ) -> Self {
        Self { hub, asker, admission, sight, after, told: after, ready }
    }

    /// Serves the reader until he leaves, the hub drains, or the stream's time is over.
    pub(super) async fn run(mut self) {
        let (drain, ready) = (self.hub.parts.drain.clone(), self.ready.clone());
        let end = tokio::select! {
            biased;
            () = drain.cancelled() => End::from(Problem::Draining),
            () = ready.closed() => End::Gone,
            () = tokio::time::sleep(LONGEST) => End::from(Problem::StreamOver),
            end = self.serve() => end,
        };
        if let End::Said(failure) = end {
            // A reader who takes nothing won't take the reason either; the end of the stream he gets anyhow.
            let _ = timeout(PATIENCE, ready.send(Err(failure.into()))).await;
        }
    }

    async fn serve(&mut self) -> End {
        let mut head = self.hub.parts.log.watch();
        let mut beat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut caught_up = false;
        loop {
            let step = match self.page().await {
                Ok(true) => Ok(()),
                Ok(false) => self.idle(&mut head, &mut beat, &mut caught_up).await,
                Err(end) => Err(end),
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Sends one page. Tells whether there may be more.
    async fn page(&mut self) -> Result<bool, End> {
        let page = self.hub.parts.log.read(self.after, PAGE).await?;
        let full = page.events.len() == PAGE;
        let directory = self.hub.directory();
        self.admission.still_counts(&directory, self.hub.parts.clock.now())?;
        self.asker = self.asker.with(directory);
        for row in &page.events {
            if let Some(fact) = self.sight.see(&self.asker, row)? {
                self.send(Event::Fact(fact)).await?;
                self.told = row.position;
            }
            self.after = row.position;
        }
        if full && self.told < self.after {
            self.progress().await?;
        }
        Ok(full)
    }

    /// Waits for more. Says how far the log is on reaching its end, and at every beat.
    async fn idle(
        &mut self,
        head: &mut HeadWatch,
        beat: &mut Interval,
        caught_up: &mut bool,
    ) -> Result<(), End> {
        if !std::mem::replace(caught_up, true) {
            self.progress().await?;
        }
        tokio::select! {
            _ = head.past(self.after) => Ok(()),
            _ = beat.tick() => self.progress().await,
        }
    }

    async fn progress(&mut self) -> Result<(), End> {
        self.told = self.after;
        self.send(Event::Progress(Progress {
            position: self.after.0,
            head: self.hub.parts.log.head().0.max(self.after.0),
        }))
        .await
    }

    async fn send(&self, event: Event) -> Result<(), End> {
        let answer = WatchFactsResponse { event: Some(event) };
        match timeout(PATIENCE, self.ready.send(Ok(answer))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(Problem::TooSlow.into()),
        }
    }
}
