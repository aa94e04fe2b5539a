//! As long as somebody fires timers, each climb comes on time: within half a minute of its moment, of the plan it follows, or of
//! when somebody began to.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;

use super::History;

/// Clocks are up to 10 s behind, and a busy log may take 3 s for each climb.
const SOON: SignedDuration = SignedDuration::from_secs(30);

pub(super) fn broken(history: &History<'_>) -> Vec<String> {
    let mut planned: HashMap<&str, Timestamp> = HashMap::new();
    let mut found = Vec::new();
    for stored in history.log {
        let Event::Case(event) = &stored.event else { continue };
        let case = stored.recorded.stream.id();
        if let CaseEvent::RungReached(climb) = event
            && let (Some(due_at), Some(steady)) = (climb.planned_at, stored.steady_since)
        {
            let known = planned.get(case).copied().unwrap_or(due_at);
            let begun = due_at.max(known).max(steady);
            if stored.at > begun + SOON {
                found.push(format!("case {case} climbed at {}, and could have from {begun} on", stored.at));
            }
        }
        if event.plan().is_some() {
            planned.insert(case, stored.at);
        }
    }
    found
}
