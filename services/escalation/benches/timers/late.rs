//! How late climbs are: from the instant for which each was planned until it is on disk and can be read.

use std::time::Duration;

use jiff::Timestamp;
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ladder::Rung;
use seinhuis_eventstore::{Log, Position};
use seinhuis_runtime::Clock;

/// Events per page.
const PAGE: usize = 4_096;

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Late {
    /// How late each was, with where it led; the shortest first.
    pub(crate) all: Vec<(Duration, Rung)>,
    /// Those that happened before they were due.
    pub(crate) early: usize,
}

/// Watches `log` from `at` on, until it has seen so many climbs by timer.
pub(crate) async fn watched(log: Log, mut at: Position, climbs: usize) -> Late {
    let (clock, mut head, mut late) = (Clock::system(), log.watch(), Late::default());
    while late.all.len() < climbs {
        head.past(at).await;
        let events = log.read(at, PAGE).await.unwrap().events;
        let now = clock.now();
        for recorded in events {
            at = recorded.position;
            if let Event::Case(CaseEvent::RungReached(climb)) = recorded.event().unwrap()
                && let Some(planned_at) = climb.planned_at
            {
                late.early += usize::from(climb.at < planned_at);
                late.all.push((since(planned_at, now), climb.rung));
            }
        }
    }
    late.all.sort_unstable();
    late
}

fn since(planned_at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(planned_at)).unwrap_or_default()
}

impl Late {
    /// What so many in a thousand stay within, of climbs to `rung` or to any.
    pub(crate) fn within(&self, per_mille: usize, rung: Option<Rung>) -> Duration {
        let of: Vec<_> = self.all.iter().filter(|(_, to)| rung.is_none_or(|rung| *to == rung)).collect();
        of[(of.len() * per_mille / 1_000).min(of.len() - 1)].0
    }

    /// How many stay within each of these bounds and not within the one before, as in `1 ms: 17, 2 ms: 201`.
    pub(crate) fn histogram(&self) -> String {
        const BOUNDS: [u64; 12] = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000, 5_000, 15_000];
        let (mut line, mut before) = (Vec::new(), 0);
        for bound in BOUNDS {
            let within = self.all.partition_point(|(late, _)| *late <= Duration::from_millis(bound));
            if within > before {
                line.push(format!("≤ {bound} ms: {}", within - before));
            }
            before = within;
        }
        if before < self.all.len() {
            line.push(format!("later: {}", self.all.len() - before));
        }
        line.join(", ")
    }
}
