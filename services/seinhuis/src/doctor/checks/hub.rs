//! What a serving process says of itself.

use crate::doctor::check::{Check, Judged, Judgement, Skipped};
use crate::doctor::facts::{Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "hub", id: "serving", looks_at: "the process that serves is well", needs: &[Need::Hub], judge: serving },
    Check { group: "hub", id: "roles", looks_at: "none of its roles has stopped", needs: &[Need::Hub], judge: roles },
    Check { group: "hub", id: "auditor", looks_at: "its auditor finds the ladder sound", needs: &[Need::Hub], judge: auditor },
];

fn serving(facts: &Facts) -> Judgement {
    if facts.hub.get()?.serves {
        return Judged::ok("it serves");
    }
    Judged::failure(
        "it doesn't serve",
        "see in its log what it waits for: the log, or an end that was asked for",
    )
}

fn roles(facts: &Facts) -> Judgement {
    let hub = facts.hub.get()?;
    match hub.sick.as_slice() {
        _ if !hub.serves => Skipped::because("the whole of it doesn't serve"),
        [] => Judged::ok("all that it has are at work or stand by"),
        sick => Judged::failure(
            format!("{} met what can't be got past", sick.join(", ")),
            "see in its log what it was; after that is mended, start the process again",
        ),
    }
}

fn auditor(facts: &Facts) -> Judgement {
    let hub = facts.hub.get()?;
    match hub.sound {
        _ if !hub.serves => Skipped::because("the whole of it doesn't serve"),
        None => Skipped::because("it has no auditor: that is in processes with the role monitor"),
        Some(true) => Judged::ok("it does"),
        Some(false) => Judged::failure(
            "it doesn't, or hasn't looked yet",
            "`seinhuis audit` says of which case, and what: a climb withheld, early, doubled or told to the wrong people",
        ),
    }
}
