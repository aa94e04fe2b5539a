//! Roles under leases, where several processes share a log.

use std::time::Duration;

use seinhuis_eventstore::Holding;

use crate::doctor::check::{Check, Judged, Judgement, Skipped};
use crate::doctor::facts::{Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "roles", id: "held", looks_at: "somebody does what each role does", needs: &[Need::Leases], judge: held },
    Check { group: "roles", id: "steady", looks_at: "no lease goes from hand to hand", needs: &[Need::Leases], judge: steady },
];

fn held(facts: &Facts) -> Judgement {
    let leases = facts.leases.get()?;
    // One that is just passing on is free for a moment: it counts as free when it was so both times.
    let free = |lease: &&Holding| {
        let before = leases.before.iter().find(|before| before.name == lease.name);
        lease.left == Duration::ZERO && before.is_some_and(|before| before.left == Duration::ZERO)
    };
    let (free, held): (Vec<_>, Vec<_>) = leases.after.iter().partition(free);
    let names: Vec<_> = free.iter().map(|lease| lease.name.as_str()).collect();
    match (held.len(), names.as_slice()) {
        (0, _) => Skipped::because("no process is at work"),
        (held, []) => Judged::ok(format!("{held} roles are at work")),
        (_, names) => Judged::failure(
            format!("nobody does {}, and others are at work", names.join(", ")),
            "start a process with that role; `seinhuis pipeline` tells who has which",
        ),
    }
}

fn steady(facts: &Facts) -> Judgement {
    let leases = facts.leases.get()?;
    let moved = leases.after.iter().find_map(|lease| {
        let before = leases.before.iter().find(|before| before.name == lease.name)?;
        (lease.epoch > before.epoch + 1).then_some((lease, lease.epoch - before.epoch))
    });
    match moved {
        Some((lease, times)) => Judged::warning(
            format!(
                "{} went over {times} times in {:?}; {} has it now",
                lease.name, leases.between, lease.holder
            ),
            "its holders are starved or end at once: see in their logs why, and give the machine room",
        ),
        None => Judged::ok("none went over more than once while it was looked at"),
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::doctor::facts::{Leases, Seen};
    use jiff::Timestamp;

    fn lease(name: &str, epoch: u64, left: u64) -> Holding {
        let until = Timestamp::UNIX_EPOCH;
        Holding { name: name.into(), holder: "a".into(), epoch, until, left: Duration::from_secs(left) }
    }

    fn judged(judge: fn(&Facts) -> Judgement, before: Vec<Holding>, after: Vec<Holding>) -> &'static str {
        let leases = Seen::There(Leases { before, after, between: Duration::from_secs(1) });
        judge(&Facts { leases, ..Facts::default() }).map_or("skipped", |judged| judged.verdict.word())
    }

    #[test]
    fn a_role_that_nobody_has_is_missed_while_others_are_at_work() {
        let (free, held) = (lease("notify", 3, 0), lease("casework", 1, 2));
        assert_eq!(
            judged(self::held, vec![free.clone(), held.clone()], vec![free.clone(), held.clone()]),
            "failure"
        );
        assert_eq!(judged(self::held, vec![free.clone()], vec![free.clone()]), "skipped");
        assert_eq!(judged(self::held, vec![free, held.clone()], vec![lease("notify", 4, 2), held]), "ok");
    }

    #[test]
    fn one_handover_is_let_be_and_two_within_a_look_are_not() {
        assert_eq!(judged(steady, vec![lease("proof", 3, 1)], vec![lease("proof", 4, 3)]), "ok");
        assert_eq!(judged(steady, vec![lease("proof", 3, 1)], vec![lease("proof", 5, 3)]), "warning");
    }
}
