//! Whoever raises the alarm when the hub can't.

use crate::doctor::check::{Check, Judged, Judgement};
use crate::doctor::facts::{Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "alarm", id: "set", looks_at: "somebody outside is told while all is well", needs: &[], judge: set },
    Check { group: "alarm", id: "reachable", looks_at: "he can be connected to (nothing is sent)", needs: &[Need::Sign], judge: reachable },
];

fn set(facts: &Facts) -> Judgement {
    match &facts.around.get()?.config.audit.sign_of_life_file {
        Some(_) => Judged::ok("the file with his address is named"),
        None => Judged::advice(
            "nobody is: a hub that is down tells nobody",
            "let a watchdog outside raise the alarm, and put its address into a file for audit.sign_of_life_file",
        ),
    }
}

fn reachable(facts: &Facts) -> Judgement {
    if let Some(why) = facts.sign.fault() {
        return Judged::failure(
            why,
            "put the address that the watchdog gave into the file; the hub doesn't start like this",
        );
    }
    match facts.sign.get()? {
        Ok(()) => Judged::ok("he can"),
        Err(failure) => Judged::warning(
            failure.to_string(),
            "correct the address, or let the hub's machine out to it: he raises an alarm",
        ),
    }
}
