//! The events that are measured with: reported signals as the hub stores them, every run with streams of its own.

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_eventstore::{Append, NewEvent, StreamId};

/// Makes events. The same seed makes the same ones.
pub(crate) struct Maker {
    random: fastrand::Rng,
    areas: Vec<AreaCode>,
}

impl Maker {
    pub(crate) fn new(seed: u64) -> Self {
        let codes = (0..24).map(|n| format!("WK1509{n:02}"));
        let areas = codes.filter_map(|code| AreaCode::new(code).ok()).collect();
        Self { random: fastrand::Rng::with_seed(seed), areas }
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.random.usize(..bound)
    }

    /// A stream as a signal's is named: its id is a hash, so it falls anywhere in the index.
    pub(crate) fn stream(&mut self) -> StreamId {
        StreamId::new("signal", &self.uuid())
    }

    /// `count` appends of `events` each, every one to a stream of its own.
    pub(crate) fn appends(&mut self, count: usize, events: usize) -> Vec<Append> {
        (0..count)
            .map(|_| {
                let events = (0..events).map(|_| self.event()).collect();
                Append { stream: self.stream(), expected_version: 0, events }
            })
            .collect()
    }

    /// A reported signal: about 320 bytes of payload, nothing sealed.
    pub(crate) fn event(&mut self) -> NewEvent {
        let area = self.random.choice(&self.areas).cloned();
        let code = area.as_ref().map_or("", AreaCode::as_str);
        let reference = self.random.u32(..);
        let (household, place, subject) = (self.uuid(), self.uuid(), self.uuid());
        let payload = format!(
            r#"{{"partner":"wonion","reference":"2026-{reference:010}","kind":"housing.soc.gel","occurred_at":"2026-03-09T08:15:00Z","area":"{code}","urgency":"normal","channel":"phone","subjects":["{subject}"],"household":"{household}","place":"{place}"}}"#
        );
        NewEvent {
            name: "signal.reported".into(),
            schema: 1,
            recorded_at: Timestamp::from_microsecond(
                1_773_000_000_000_000 + self.random.i64(..86_400_000_000),
            )
            .unwrap_or_default(),
            area,
            actor: "partner:wonion".into(),
            trace: None,
            payload: payload.into_bytes(),
            sealed: None,
        }
    }

    fn uuid(&mut self) -> String {
        uuid::Uuid::from_u128(self.random.u128(..)).to_string()
    }
}

/// The mean length of the payloads.
pub(crate) fn payload_bytes(seed: u64) -> f64 {
    let mut maker = Maker::new(seed);
    (0..1_000).map(|_| maker.event().payload.len()).sum::<usize>() as f64 / 1_000.0
}
