//! The follower: reads the log by position, a page at a time, and has the read models take each page in.

mod beats;
mod by_hand;
mod faults;
mod rest;
mod stopped;
mod stretch;

use std::time::Duration;

use seinhuis_eventstore::{Log, Position};
use seinhuis_runtime::Pulse;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::fault::Fault;
use crate::rebuild;
use crate::recent::Recent;
use crate::views::{Taken, Views, checkpoints};

use stopped::Stopped;

pub use faults::Faults;
pub use rest::Rest;
pub(crate) use stretch::Stretch;

/// Events per page. A page is one transaction, and ids are spread all over their tables: a larger page writes a leaf
/// once for several of its rows. A follower that keeps up sees pages of a few events, whatever stands here.
const PAGE: usize = 4_000;
/// How often a follower looks on its own. Being woken is a hint that may be lost; this is what can be relied upon.
pub const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Keeps one file of read models up with the log.
#[derive(Debug)]
pub struct Follower {
    log: Log,
    views: Views,
    page: usize,
    begun: bool,
    stopped: Stopped,
    /// Up to where the others are, once some have stopped.
    at: Position,
    drain: CancellationToken,
    /// What it shares with the others in this process that follow the log.
    recent: Option<Recent>,
    /// Beats once a turn, and with each page of a stretch that takes longer.
    pulse: Pulse,
    faults: Faults,
}

impl Follower {
    /// A follower of `log` for `views`.
    pub fn new(log: Log, views: Views) -> Self {
        Self {
            log,
            views,
            page: PAGE,
            begun: false,
            stopped: Stopped::default(),
            at: Position::START,
            drain: CancellationToken::new(),
            recent: None,
            pulse: Pulse::new(),
            faults: Faults::default(),
        }
    }

    /// Like before, but with pages of up to `events` events.
    #[must_use]
    pub fn with_page(self, events: usize) -> Self {
        Self { page: events.max(1), ..self }
    }

    /// Like before, but what others have read of the log already isn't read again.
    #[must_use]
    pub fn sharing(self, recent: &Recent) -> Self {
        Self { recent: Some(recent.clone()), ..self }
    }

    /// Like before, but others hear this pulse.
    #[must_use]
    pub fn beating(self, pulse: Pulse) -> Self {
        Self { pulse, ..self }
    }

    /// What is heard of it.
    pub fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// A turn of whoever follows by it has ended well. [`Follower::run`] does this by itself.
    pub fn beat(&self) {
        self.pulse.beat();
    }

    /// Like before, but the faults it meets are counted there.
    #[must_use]
    pub fn counting(self, faults: &Faults) -> Self {
        Self { faults: faults.clone(), ..self }
    }

    /// Like before, but by pages from the first event on, and never made in bulk.
    pub(crate) fn by_pages(self) -> Self {
        Self { begun: true, ..self }
    }

    /// Sees how far the read models are.
    pub fn progress(&self) -> watch::Receiver<Position> {
        self.views.progress()
    }

    /// Takes in all there is. Tells up to where that was; when models have stopped, the first event that stopped one.
    pub async fn catch_up(&mut self) -> Result<Position, Fault> {
        self.catch_up_to(Position(u64::MAX)).await
    }

    /// Takes in all there is up to `until`, so that the models stand as they stood there. Those further on stay so.
    pub async fn catch_up_to(&mut self, until: Position) -> Result<Position, Fault> {
        while self.step(until).await? {
            self.beat();
        }
        self.stopped.first().map_or(Ok(self.views.position()), Err)
    }

    /// Follows the log until `drain` is cancelled; what is in hand then is finished. A fault that may pass is logged
    /// and tried again. An event that can't be understood stops the models that read its kind, which keep what they have, and ends
    /// this when none is left.
    pub async fn run(mut self, drain: CancellationToken) -> Result<(), Fault> {
        self.drain = drain.clone();
        let mut heads = self.log.watch();
        loop {
            let rest = Rest::begin();
            let (waits, failed) = match self.step(Position(u64::MAX)).await {
                Ok(more) => {
                    self.beat();
                    (!more, false)
                }
                Err(fault) if fault.is_passing() => {
                    tracing::warn!(models = %self.names(), %fault, "read models can't follow, trying again");
                    (true, true)
                }
                Err(fault) => return Err(fault),
            };
            let news = rest.then(heads.past(self.position()));
            tokio::select! {
                biased;
                () = drain.cancelled() => return Ok(()),
                () = std::future::ready(()), if !waits => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                // What could not be taken in is no news: it would be tried again without a pause.
                _ = news, if !failed => {}
            }
        }
    }

    /// Takes one page in. Tells whether there may be more.
    async fn step(&mut self, until: Position) -> Result<bool, Fault> {
        let stepped = self.page(until).await;
        if stepped.is_err() {
            self.faults.meet();
        }
        stepped
    }

    async fn page(&mut self, until: Position) -> Result<bool, Fault> {
        if !self.begin(until).await? {
            return Ok(false);
        }
        let (at, going) = (self.position(), self.stopped.others(self.views.models())?);
        let room = until.0.saturating_sub(at.0).min(self.page as u64) as usize;
        if room == 0 {
            return Ok(false);
        }
        let Stretch { entries, more } = match &self.recent {
            Some(recent) => recent.after(at, room).await?,
            None => Stretch::read(&self.log, at, room).await?,
        };
        if entries.is_empty() {
            return Ok(more);
        }
        let Taken { at, stopped } = self.views.take(&entries, &going).await?;
        self.at = at;
        if !stopped.is_empty() {
            let faults = self.stopped.add(stopped);
            // Where these were the last, the fault is that of the follower.
            self.stopped.others(self.views.models())?;
            for fault in &faults {
                let fault = fault as &dyn std::error::Error;
                tracing::error!(fault, "read models have stopped, the others go on");
            }
            return Ok(true);
        }
        // Models further back than they were thought to be get the page again when it is its turn.
        Ok(more || entries.last().is_some_and(|last| at < last.position()))
    }

    /// Up to where the models are that go on.
    fn position(&self) -> Position {
        if self.stopped.is_empty() { self.views.position() } else { self.at }
    }

    /// Before the first page: what is better rebuilt than followed is rebuilt. Tells whether that is done, and not cut off
    /// by a drain.
    async fn begin(&mut self, until: Position) -> Result<bool, Fault> {
        if !self.begun {
            self.compare_logs().await?;
            if let Some(wanted) = rebuild::wanted(&self.log, &self.views, until).await? {
                let beating = beats::beats(self.pulse.clone(), wanted.progress());
                tokio::select! {
                    biased;
                    // What can't be understood is met again by the page, and stops whom it must.
                    done = rebuild::done(wanted) => match done {
                        Ok(()) | Err(Fault::Poisoned { .. }) => {}
                        Err(fault) => return Err(fault),
                    },
                    () = self.drain.cancelled() => return Ok(false),
                    () = beating => {}
                }
            }
            self.begun = true;
        }
        Ok(true)
    }

    /// Models that were fed by another log than this one begin again: one restored from a backup, say, which ends
    /// before their position or went on differently.
    async fn compare_logs(&self) -> Result<(), Fault> {
        let mut snapshot = self.views.snapshot().await?;
        let mut strangers = Vec::new();
        for at in checkpoints(&mut snapshot, self.views.models()).await? {
            let Some(before) = at.position.0.checked_sub(1) else { continue };
            let page = self.log.read(Position(before), 1).await.map_err(Fault::Log)?;
            if page.events.first().is_none_or(|event| event.leaf[..] != at.leaf[..]) {
                tracing::warn!(model = %at.model, position = %at.position, "fed by another log: begins again");
                strangers.push(at.model);
            }
        }
        snapshot.done().await?;
        if strangers.is_empty() { Ok(()) } else { self.views.restart(&strangers).await }
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.views.models().iter().map(|model| model.name()).collect();
        names.join(", ")
    }
}
