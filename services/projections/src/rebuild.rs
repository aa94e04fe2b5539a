//! Rebuild: read models made from the start of the log beside those that are asked, which stay as they are until the new
//! ones take their place. The log is read once for all of them, folded in memory and written in bulk; what memory can't hold
//! goes to the tables beside and is gone on with from there, also by who comes after a crash. It sends nothing.

mod lane;
mod part;
mod places;
mod progress;
mod read;

use std::time::Duration;

use futures::future::try_join_all;
use seinhuis_eventstore::{Log, Position, Trouble};
use tokio::sync::watch;

use crate::fault::{Fault, NotYet};
use crate::model::Model;
use crate::views::Views;
use part::Part;

pub use places::{InPlaces, NoSuchModel, Place, Places};
pub use progress::{Pace, Progress, Stage};

/// Bytes of rows that are held in memory, about, unless it is said otherwise. A hub may have five rebuilds at once.
const MEMORY: usize = 64 << 20;
/// Events per page. Larger ones are no faster and take room.
const PAGE: usize = 4_096;
/// So many events are left to the swap: they are taken in within a moment.
const FEW: u64 = 256;
/// Between two tries to swap while somebody reads the tables that are to go.
const PAUSE: Duration = Duration::from_millis(100);
/// A log of fewer events is followed as fast as it is rebuilt.
const LONG: u64 = 20_000;

/// What a rebuild made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// The model.
    pub model: Model,
    /// Up to where it had taken the log in when it took the other's place.
    pub position: Position,
    /// How long nobody could read either of them.
    pub swap: Duration,
}

/// A rebuild to be done. Of two of the same models the one that began later goes on.
#[derive(Debug)]
pub struct Rebuild {
    log: Log,
    parts: Vec<(Views, Vec<Model>)>,
    until: Position,
    memory: usize,
    lanes: usize,
    page: usize,
    progress: watch::Sender<Progress>,
}

impl Rebuild {
    /// A rebuild from `log` of nothing as yet, up to its head.
    pub fn from(log: Log) -> Self {
        Self {
            log,
            parts: vec![],
            until: Position(u64::MAX),
            memory: MEMORY,
            lanes: 2,
            page: PAGE,
            progress: watch::Sender::default(),
        }
    }

    /// With these `models` of `views`, all of which share one reading of the log. Models without tables have nothing to
    /// be rebuilt.
    #[must_use]
    pub fn with(mut self, views: &Views, models: &[Model]) -> Self {
        let models: Vec<Model> = models.iter().copied().filter(|model| !model.tables().is_empty()).collect();
        models.iter().for_each(|model| views.must_hold(*model));
        if !models.is_empty() {
            self.parts.push((views.clone(), models));
        }
        self
    }

    /// Up to `until` only, or up to where the models are that are asked now.
    #[must_use]
    pub fn until(self, until: Position) -> Self {
        Self { until, ..self }
    }

    /// With about so many bytes of rows in memory.
    #[must_use]
    pub fn with_memory(self, bytes: usize) -> Self {
        Self { memory: bytes, ..self }
    }

    /// With the models of a place folded in up to `lanes` tasks.
    #[must_use]
    pub fn with_lanes(self, lanes: usize) -> Self {
        Self { lanes: lanes.max(1), ..self }
    }

    /// With pages of up to `events` events.
    #[must_use]
    pub fn with_page(self, events: usize) -> Self {
        Self { page: events.max(1), ..self }
    }

    /// Sees how far it is.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Does it. Cut off anywhere, it leaves the models that are asked as they were, or has replaced them. Before an event
    /// that can't be understood it stops, with what came before in place, if that isn't less than there was.
    pub async fn run(mut self) -> Result<Vec<Rebuilt>, Fault> {
        let mut parts = Vec::new();
        for (views, models) in std::mem::take(&mut self.parts) {
            parts.push(Part::claim(views, models, self.lanes, &self.log).await?);
        }
        let poison = self.catch_up(&mut parts).await?;
        let mut rebuilt = Vec::new();
        for part in parts {
            if part.at > Position::START {
                rebuilt.extend(self.swapped(part).await?);
            }
        }
        self.progress.send_modify(|progress| progress.stage = Stage::Done);
        poison.map_or(Ok(rebuilt), Err)
    }

    /// Takes in all there is but a few, and writes it beside. Gives the event that stands in the way, if there is one.
    async fn catch_up(&self, parts: &mut [Part]) -> Result<Option<Fault>, Fault> {
        loop {
            let target = self.log.look().await.map_err(Fault::Log)?.min(self.until);
            let poison = self.fold(parts, target).await?;
            self.progress.send_modify(|progress| progress.stage = Stage::Writing);
            try_join_all(parts.iter_mut().map(Part::write_all)).await?;
            let left = self.log.look().await.map_err(Fault::Log)?.min(self.until).0.saturating_sub(target.0);
            if poison.is_some() || left <= FEW {
                return Ok(poison);
            }
        }
    }

    /// Has all parts take the log in up to `target`, or up to an event that can't be understood.
    async fn fold(&self, parts: &mut [Part], target: Position) -> Result<Option<Fault>, Fault> {
        let Some(from) = parts.iter().map(|part| part.at).min() else { return Ok(None) };
        let models: Vec<Model> = parts.iter().flat_map(Part::models).collect();
        let mut pages = read::pages(self.log.clone(), from, target, self.page, models);
        self.progress.send_modify(|progress| progress.begins(from, target));
        while let Some(page) = pages.next().await {
            let (page, poison) = page.map_err(Fault::Log)?;
            for part in parts.iter_mut() {
                part.begin(&page);
            }
            for part in parts.iter_mut() {
                part.taken().await?;
            }
            if let Some(last) = page.last() {
                self.progress.send_modify(|progress| progress.at = last.position());
            }
            if poison.is_some() {
                return Ok(poison);
            }
            if parts.iter().map(Part::bytes).sum::<usize>() > self.memory {
                try_join_all(parts.iter_mut().map(Part::write)).await?;
            }
        }
        Ok(None)
    }

    /// Swaps a part, as soon as nobody stands in the way.
    async fn swapped(&self, mut part: Part) -> Result<Vec<Rebuilt>, Fault> {
        self.progress.send_modify(|progress| progress.stage = Stage::Swapping);
        let mut is_news = true;
        loop {
            match part.swap(&self.log).await {
                Ok(Ok(rebuilt)) => {
                    part.drop_left().await;
                    return Ok(rebuilt);
                }
                // Those that are asked have gone on meanwhile.
                Ok(Err(asked)) => {
                    if let Some(fault) = self.fold(std::slice::from_mut(&mut part), asked).await? {
                        return Err(fault);
                    }
                    // A log that ends before them is another one: theirs is no more.
                    if part.at < asked {
                        return Err(NotYet { wanted: asked, at: part.at }.into());
                    }
                    part.write_all().await?;
                }
                // A claim of somebody else is none of these: to take it back would keep both from ending.
                Err(fault) if is_over_soon(&fault) => {
                    if std::mem::take(&mut is_news) {
                        tracing::warn!(%fault, "rebuilt models wait for their place");
                    }
                    tokio::time::sleep(PAUSE).await;
                    // What memory held for the last moment went with the try.
                    part = part.again(self.lanes, &self.log).await?;
                }
                Err(fault) => return Err(fault),
            }
        }
    }
}

/// Whether a swap that met this is tried again at once: somebody reads the tables, or a connection broke.
fn is_over_soon(fault: &Fault) -> bool {
    matches!(fault, Fault::Unavailable { trouble: Trouble::Locked | Trouble::OutOfReach, .. })
}

/// The rebuild of those of `views` that are better rebuilt than followed: made by another version of the program, or not
/// begun in a long log. None where there are none.
pub(crate) async fn wanted(log: &Log, views: &Views, until: Position) -> Result<Option<Rebuild>, Fault> {
    let head = log.look().await.map_err(Fault::Log)?.min(until);
    let models = views.wanting(head >= Position(LONG)).await?;
    if models.is_empty() {
        return Ok(None);
    }
    let names: Vec<&str> = models.iter().map(|model| model.name()).collect();
    tracing::info!(models = names.join(", "), %head, "read models are rebuilt");
    Ok(Some(Rebuild::from(log.clone()).with(views, &models).until(until)))
}

/// Does it, and says in the log of the process what took its place.
pub(crate) async fn done(rebuild: Rebuild) -> Result<(), Fault> {
    for Rebuilt { model, position, swap } in rebuild.run().await? {
        tracing::info!(%model, %position, swap_ms = swap.as_secs_f64() * 1e3, "a rebuilt read model is in place");
    }
    Ok(())
}
