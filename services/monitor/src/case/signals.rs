//! The signals of a case, as their streams tell them.

use cqrs_es::Aggregate;
use futures::stream::{self, StreamExt, TryStreamExt};
use seinhuis_domain::ids::SignalId;
use seinhuis_domain::signal::{Signal, SignalEvent, SignalFacts};
use seinhuis_eventstore::{Fault, Log, Recorded, StreamId};

use super::rows::CaseRows;

/// Streams read at a time.
const AT_A_TIME: usize = 8;

/// One signal: its row, and what it says.
#[derive(Debug)]
pub(super) struct SignalRow {
    pub(super) id: SignalId,
    pub(super) row: Recorded,
    pub(super) facts: SignalFacts,
}

/// The signals that `case` took in, in order of position.
pub(super) async fn of(log: &Log, case: &CaseRows) -> Result<Vec<SignalRow>, Fault> {
    let reads = stream::iter(case.signals()).map(|id| read(log, id));
    let found: Vec<Option<SignalRow>> = reads.buffered(AT_A_TIME).try_collect().await?;
    let mut signals: Vec<SignalRow> = found.into_iter().flatten().collect();
    signals.sort_by_key(|signal| signal.row.position);
    Ok(signals)
}

async fn read(log: &Log, id: SignalId) -> Result<Option<SignalRow>, Fault> {
    let rows = log.read_stream(&StreamId::new(Signal::TYPE, &id.to_string())).await?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let SignalEvent::SignalReported(facts) = row.decode()?;
    Ok(Some(SignalRow { id, row, facts: *facts }))
}
