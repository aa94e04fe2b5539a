//! How long a climb has been overdue: a moment is no alarm.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use seinhuis_domain::ids::CaseId;

use crate::finding::{Finding, Wrong};

/// How long a climb may be overdue before it counts as withheld: the ladder's role may be taken over meanwhile, which takes
/// it 5 s, or be busy with a volley.
const PATIENCE: Duration = Duration::from_secs(20);

/// Since when each overdue climb has been seen, on the machine's clock: the hub's may be a fast one.
#[derive(Debug, Default)]
pub(crate) struct Overdue(BTreeMap<(CaseId, Timestamp), Instant>);

impl Overdue {
    /// Of what is wrong at `now` all but the climbs that haven't been overdue for long. Whatever else happens to their cases
    /// meanwhile gives them no more time.
    pub(crate) fn settled(&mut self, wrong: Vec<Finding>, now: Instant) -> Vec<Finding> {
        let before = std::mem::take(&mut self.0);
        let is_settled = |finding: &Finding| match finding.wrong {
            Wrong::Withheld { due_at } => {
                let climb = (finding.case, due_at);
                let since = before.get(&climb).copied().unwrap_or(now);
                self.0.insert(climb, since);
                now.duration_since(since) >= PATIENCE
            }
            _ => true,
        };
        wrong.into_iter().filter(is_settled).collect()
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_domain::ladder::Rung;
    use seinhuis_eventstore::Position;

    fn finding(position: u64, wrong: Wrong) -> Finding {
        let case = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001".parse().unwrap();
        Finding { case, position: Position(position), wrong }
    }

    fn withheld(position: u64) -> Finding {
        finding(position, Wrong::Withheld { due_at: "2026-03-16T23:00:00Z".parse().unwrap() })
    }

    #[test]
    fn a_climb_is_withheld_once_it_has_been_overdue_for_long_whatever_else_happens_to_its_case() {
        let (mut overdue, began) = (Overdue::default(), Instant::now());
        let after = |seconds| began + Duration::from_secs(seconds);
        assert_eq!(overdue.settled(vec![withheld(3)], began), []);
        // A signal was attached meanwhile.
        assert_eq!(overdue.settled(vec![withheld(7)], after(19)), []);
        assert_eq!(overdue.settled(vec![withheld(7)], after(20)), [withheld(7)]);
    }

    #[test]
    fn a_climb_that_happened_and_another_that_is_overdue_later_begin_anew() {
        let (mut overdue, began) = (Overdue::default(), Instant::now());
        let after = |seconds| began + Duration::from_secs(seconds);
        assert_eq!(overdue.settled(vec![withheld(3)], began), []);
        assert_eq!(overdue.settled(vec![], after(5)), []);
        assert_eq!(overdue.settled(vec![withheld(3)], after(21)), []);
    }

    #[test]
    fn what_else_is_wrong_is_told_at_once() {
        let doubled = finding(3, Wrong::Doubled { rung: Rung::Team });
        let told = Overdue::default().settled(vec![doubled.clone(), withheld(4)], Instant::now());
        assert_eq!(told, [doubled]);
    }
}
