//! The auditor finds nothing: no climb withheld at the end, none early, doubled or misdirected, and every plan what the terms say.

use jiff::{SignedDuration, Timestamp};
use seinhuis_auditor::{Audit, Wrong};

use super::History;

pub(super) fn broken(history: &History<'_>) -> Vec<String> {
    let mut audit = Audit::default();
    let mut found = Vec::new();
    let mut latest = Timestamp::MIN;
    let mut look = |audit: &mut Audit, now, at_the_end: bool| {
        for finding in audit.findings(Timestamp::MIN, now) {
            // Late is a matter of whether anybody was there to fire; another law looks at that.
            let counts = at_the_end || !matches!(finding.wrong, Wrong::Withheld { .. });
            let text = format!("auditor: {finding}");
            if counts && !found.contains(&text) {
                found.push(text);
            }
        }
    };
    for stored in history.log {
        // Clocks of several machines: what is later in the log may say an earlier time.
        // And in the middle of a command nobody sees it.
        if stored.is_first {
            look(&mut audit, latest, false);
        }
        latest = latest.max(stored.recorded.recorded_at) + SignedDuration::from_nanos(1);
        if let Err(fault) = audit.take(&stored.recorded, &stored.event) {
            return vec![format!("auditor: {fault}")];
        }
    }
    look(&mut audit, history.last, true);
    found
}
