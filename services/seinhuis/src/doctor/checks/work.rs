//! What waits to be done for people.

use jiff::{SignedDuration, Timestamp};

use crate::doctor::check::{Check, Judged, Judgement};
use crate::doctor::facts::{Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "work", id: "dead-letters", looks_at: "no notice failed for good", needs: &[Need::Work], judge: dead_letters },
    Check { group: "work", id: "unsent", looks_at: "no notice waits for long", needs: &[Need::Work], judge: unsent },
    Check { group: "work", id: "overdue", looks_at: "no timer is overdue", needs: &[Need::Work], judge: overdue },
    Check { group: "work", id: "nobody-told", looks_at: "every climb was told to somebody", needs: &[Need::Work], judge: nobody_told },
];

/// A mail server that is away for a moment is no matter.
const UNSENT: SignedDuration = SignedDuration::from_mins(30);
/// Timers fire within the second.
const OVERDUE: SignedDuration = SignedDuration::from_mins(5);

fn dead_letters(facts: &Facts) -> Judgement {
    match facts.work.get()?.dead {
        0 => Judged::ok("none did"),
        many => Judged::warning(
            format!("{many} did: those people were not told"),
            "`seinhuis notices dead` gives the reasons; once they are gone, `seinhuis notices replay`",
        ),
    }
}

/// What has waited since then, if that is too long.
fn late(facts: &Facts, since: Option<Timestamp>, most: SignedDuration) -> Option<Timestamp> {
    since.filter(|since| facts.now.duration_since(*since) > most)
}

fn unsent(facts: &Facts) -> Judgement {
    match late(facts, facts.work.get()?.unsent_since, UNSENT) {
        Some(since) => Judged::warning(
            format!("one could have gone out on {since}"),
            "start the role notify, or see in its log why the mail server or the webhook doesn't take it",
        ),
        None => Judged::ok("none does"),
    }
}

fn overdue(facts: &Facts) -> Judgement {
    match late(facts, facts.work.get()?.due_since, OVERDUE) {
        Some(since) => Judged::failure(
            format!("one was due on {since}: a case lies where it should have climbed"),
            "start the role escalation, or see in its log why it doesn't fire (the clocks, the read model)",
        ),
        None => Judged::ok("none is"),
    }
}

fn nobody_told(facts: &Facts) -> Judgement {
    match facts.work.get()?.nobody_told {
        0 => Judged::ok("every one was"),
        many => Judged::warning(
            format!("{many} climbs reached a rung on which nobody stands"),
            "`seinhuis policy check` says where nobody stands; look after those cases by hand",
        ),
    }
}
