//! The directory, kept up with the log: who is who, what lies where and which policy holds, always at hand.

mod maps;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use seinhuis_domain::directory::Directory;
use seinhuis_eventstore::{Log, Position, Recorded};
use seinhuis_runtime::Pulse;
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;

use crate::fault::{Fault, NotYet};
use maps::Maps;

pub use maps::MapAt;

/// Events of one kind per question.
const PAGE: usize = 1_000;
/// Between two looks at a log that grows all the time. Its own few events are far between in it.
const PAUSE: Duration = Duration::from_millis(20);
/// Between two looks at a log that can't be read.
const TRY_AGAIN: Duration = Duration::from_millis(200);
/// Between two looks at a log of which nothing is heard. Being woken is a hint that may be lost.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The directory as of a position. Clones are the same view.
#[derive(Debug, Clone)]
pub struct DirectoryView(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    log: Log,
    current: ArcSwap<Directory>,
    maps: ArcSwap<Maps>,
    position: watch::Sender<Position>,
    /// Held while catching up: two at once would take the same events in twice.
    turn: Mutex<()>,
    pulse: Pulse,
}

impl DirectoryView {
    /// Loads the directory from `log`.
    pub async fn load(log: Log) -> Result<Self, Fault> {
        let position = watch::Sender::new(Position::START);
        let (current, maps, turn) = (ArcSwap::default(), ArcSwap::default(), Mutex::default());
        let view = Self(Arc::new(Shared { log, current, maps, position, turn, pulse: Pulse::new() }));
        view.catch_up().await?;
        Ok(view)
    }

    /// The directory now. Cheap; ask again rather than keep it.
    pub fn current(&self) -> Arc<Directory> {
        self.0.current.load_full()
    }

    /// The map as it was at `position`, as far as everything up to there is in the directory.
    pub fn map_at(&self, position: Position) -> MapAt {
        self.0.maps.load().at(position)
    }

    /// Beats with each turn of [`DirectoryView::run`] that ends well.
    pub fn pulse(&self) -> Pulse {
        self.0.pulse.clone()
    }

    /// Everything up to here is in it.
    pub fn position(&self) -> Position {
        *self.0.position.borrow()
    }

    /// Sees [`DirectoryView::position`] move. Whether anything in the directory changed then, the directory itself tells.
    pub fn progress(&self) -> watch::Receiver<Position> {
        self.0.position.subscribe()
    }

    /// Returns once everything up to `position` is in it.
    pub async fn reached(&self, position: Position, timeout: Duration) -> Result<(), NotYet> {
        let mut progress = self.0.position.subscribe();
        let reached = tokio::time::timeout(timeout, progress.wait_for(|at| *at >= position)).await.is_ok();
        if reached { Ok(()) } else { Err(NotYet { wanted: position, at: self.position() }) }
    }

    /// Takes in what there is.
    pub async fn catch_up(&self) -> Result<Position, Fault> {
        let _turn = self.0.turn.lock().await;
        let after = self.position();
        // What is read must be whole up to one position. Known durable is the head of before the first question; an
        // answer from beyond it proves that all up to there is durable too, but not that it was so when the other
        // kinds were asked. Those are asked again.
        let mut whole = self.0.log.head();
        let events = loop {
            let events = self.read(after).await?;
            match events.last() {
                Some(last) if last.position > whole => whole = last.position,
                _ => break events,
            }
        };
        if !events.is_empty() {
            let (mut directory, mut maps) =
                (Directory::clone(&self.current()), Maps::clone(&self.0.maps.load()));
            for recorded in &events {
                take(&mut directory, recorded)?;
                maps.push(recorded.position, directory.drawn());
            }
            self.0.maps.store(Arc::new(maps));
            self.0.current.store(Arc::new(directory));
        }
        self.0.position.send_if_modified(|at| std::mem::replace(at, whole.max(after)) < whole);
        Ok(self.position())
    }

    /// Follows the log until `drain` is cancelled. A fault that may pass is logged once, however long it lasts, and tried
    /// again; an event that can't be understood ends it, and the directory of before then stays.
    pub async fn run(self, drain: CancellationToken) -> Result<(), Fault> {
        let mut heads = self.0.log.watch();
        let mut follows = true;
        loop {
            match self.catch_up().await {
                Ok(_) => {
                    self.0.pulse.beat();
                    follows = true;
                }
                Err(fault) if !fault.is_passing() => return Err(fault),
                Err(fault) if std::mem::take(&mut follows) => {
                    tracing::warn!(%fault, "the directory can't follow, trying again");
                }
                Err(_) => {}
            }
            let pause = if follows { PAUSE } else { TRY_AGAIN };
            let news = async {
                heads.past(self.position()).await;
                tokio::time::sleep(pause).await;
            };
            tokio::select! {
                () = drain.cancelled() => return Ok(()),
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = news => {}
            }
        }
    }

    /// The events of all its kinds after `after`, in order of position.
    async fn read(&self, after: Position) -> Result<Vec<Recorded>, Fault> {
        let mut events: Vec<Recorded> = Vec::new();
        for kind in Directory::KINDS {
            let mut from = after;
            loop {
                let page = self.0.log.read_kind(kind, from, PAGE).await.map_err(Fault::Log)?;
                let full = page.len() == PAGE;
                from = page.last().map_or(from, |last| last.position);
                events.extend(page);
                if !full {
                    break;
                }
            }
        }
        events.sort_unstable_by_key(|event| event.position);
        Ok(events)
    }
}

fn take(directory: &mut Directory, recorded: &Recorded) -> Result<(), Fault> {
    let poisoned = |source| Fault::Poisoned {
        models: "directory".to_owned(),
        position: recorded.position,
        name: recorded.name.clone(),
        schema: recorded.schema,
        source,
    };
    let event = recorded.event().map_err(poisoned)?;
    if let Err(fault) = directory.apply(recorded.stream.id(), &event) {
        // A profile and an imported map that don't fit together. The map of before then stays.
        tracing::warn!(position = %recorded.position, %fault, "the areas don't make one map");
    }
    Ok(())
}
