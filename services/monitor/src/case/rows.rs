//! A case as its stream tells it.

use cqrs_es::Aggregate;
use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::{Case, CaseEvent, CaseState};
use seinhuis_domain::ids::{CaseId, SignalId};
use seinhuis_eventstore::{Fault, Log, Position, Recorded, StreamId};

/// A case that was opened, with every row of its stream.
#[derive(Debug)]
pub(super) struct CaseRows {
    pub(super) id: CaseId,
    pub(super) stream: StreamId,
    rows: Vec<(Recorded, CaseEvent)>,
    case: Case,
}

impl CaseRows {
    /// Reads the stream; `None` when nothing was opened under this id.
    pub(super) async fn read(log: &Log, id: CaseId) -> Result<Option<Self>, Fault> {
        let stream = StreamId::new(Case::TYPE, &id.to_string());
        let mut rows = Vec::new();
        let mut case = Case::default();
        for row in log.read_stream(&stream).await? {
            let event: CaseEvent = row.decode()?;
            case.apply(event.clone());
            rows.push((row, event));
        }
        Ok(case.state().is_some().then_some(Self { id, stream, rows, case }))
    }

    /// Where it stands.
    pub(super) fn state(&self) -> &CaseState {
        match self.case.state() {
            Some(state) => state,
            None => unreachable!("rows are kept of opened cases only"),
        }
    }

    /// Where it is.
    pub(super) fn area(&self) -> &AreaCode {
        &self.state().area
    }

    /// The case itself, to decide with.
    pub(super) fn case(&self) -> Case {
        self.case.clone()
    }

    /// Its rows with what they say, in order.
    pub(super) fn rows(&self) -> impl DoubleEndedIterator<Item = &(Recorded, CaseEvent)> {
        self.rows.iter()
    }

    /// The number of its events.
    pub(super) fn version(&self) -> u64 {
        self.rows.last().map_or(0, |(row, _)| row.version)
    }

    /// Where its last event stands.
    pub(super) fn position(&self) -> Position {
        self.rows.last().map_or(Position::START, |(row, _)| row.position)
    }

    /// When its last event was recorded.
    pub(super) fn recorded_at(&self) -> Timestamp {
        self.rows.last().map_or(Timestamp::UNIX_EPOCH, |(row, _)| row.recorded_at)
    }

    /// Its signals, in the order in which it took them in.
    pub(super) fn signals(&self) -> impl Iterator<Item = SignalId> + '_ {
        self.rows.iter().filter_map(|(_, event)| match event {
            CaseEvent::CaseOpened(opened) => Some(opened.signal),
            CaseEvent::SignalAttached { signal, .. } => Some(*signal),
            _ => None,
        })
    }
}
