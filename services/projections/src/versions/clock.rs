//! From an instant to a position: up to where the log was when the hub's clock showed that instant.
//!
//! Several processes record, and their clocks differ by a little: an event may bear an earlier instant than the one before it.
//! So the hub's clock is taken to stand at the latest instant recorded so far. It never goes back, and once what was
//! recorded by an instant is in the log, that instant has one position for good.

use jiff::Timestamp;
use seinhuis_eventstore::{Log, Position, Recorded};

use crate::backend::Draft;
use crate::cell::cells;
use crate::entry::Entry;
use crate::fault::Fault;
use crate::model::Model;
use crate::table::{Merge, Table};
use crate::views::Views;

/// Positions to a tick.
const EVERY: u64 = 256;

/// The latest instant recorded up to the end of each tick, or of what there is of the last one.
pub(super) const TICK: Table = Table {
    name: "versions_tick",
    generation: 0,
    columns: &[("tick", "INTEGER NOT NULL"), ("latest", "INTEGER NOT NULL")],
    key: 1,
    merge: Merge::Replace,
    indexes: &[("latest", "(latest, tick)")],
};

fn tick_of(position: Position) -> u64 {
    position.0.saturating_sub(1) / EVERY
}

pub(super) async fn apply(page: &[Entry], draft: &mut Draft<'_>) -> Result<(), Fault> {
    let Some(first) = page.first() else { return Ok(()) };
    let before = tick_of(Position(first.position().0 - 1));
    let mut latest = Timestamp::MIN;
    for mut row in draft.load(&TICK, cells![before]).await? {
        row.int()?;
        latest = row.instant()?;
    }
    let mut rows = Vec::new();
    for tick in page.chunk_by(|one, next| tick_of(one.position()) == tick_of(next.position())) {
        latest = tick.iter().map(|entry| entry.recorded.recorded_at).fold(latest, Timestamp::max);
        rows.extend(tick.first().map(|entry| cells![tick_of(entry.position()), latest]));
    }
    draft.put(&TICK, rows).await
}

impl Views {
    /// The last position that `log` had reached at `instant`; zero before its first event. After the last event it is the
    /// last that was taken in here.
    pub async fn position_at(&self, log: &Log, instant: Timestamp) -> Result<Position, Fault> {
        let sql = "SELECT tick, latest FROM versions_tick WHERE latest <= $1 ORDER BY latest DESC, tick DESC LIMIT 1";
        // Asked first: whatever the ticks say was taken in since then counts for nothing here.
        let here = self.position();
        let (mut at, mut latest) = (Position::START, Timestamp::MIN);
        if let Some(mut row) = self.ask(Model::Versions, sql, cells![instant]).await?.into_iter().next() {
            let end = (row.whole::<u64>()? + 1) * EVERY;
            (at, latest) = (Position(end).min(here), row.instant()?);
        }
        let room = here.0.saturating_sub(at.0).min(EVERY) as usize;
        let next = if room == 0 { vec![] } else { log.read(at, room).await.map_err(Fault::Log)?.events };
        for Recorded { position, recorded_at, .. } in next {
            latest = latest.max(recorded_at);
            if latest > instant {
                break;
            }
            at = position;
        }
        Ok(at)
    }
}
