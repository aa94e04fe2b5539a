//! Read models: whether each can go on, and does.

use jiff::SignedDuration;

use crate::doctor::check::{Check, Judged, Judgement, Skipped};
use crate::doctor::facts::{Facts, Followed, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "followers", id: "readable", looks_at: "the read models can be asked", needs: &[Need::Followers, Need::Log], judge: readable },
    Check { group: "followers", id: "stopped", looks_at: "none stands before an event that it can't take in", needs: &[Need::Followers], judge: stopped },
    Check { group: "followers", id: "behind", looks_at: "each follows the log", needs: &[Need::Followers], judge: behind },
    Check { group: "followers", id: "version", looks_at: "each is of this version of the program", needs: &[Need::Followers], judge: version },
];

/// A follower that hears nothing looks again after a second.
const LATE: SignedDuration = SignedDuration::from_mins(5);

fn readable(facts: &Facts) -> Judgement {
    if facts.log.fault().is_some() {
        return Skipped::because("the log can't be read");
    }
    if let Some(why) = facts.followers.fault() {
        return Judged::failure(why, "see to their database or files; they can be made again from the log");
    }
    let made = facts.followers.get()?.iter().filter(|followed| followed.made).count();
    if made == 0 {
        Skipped::because("nobody has made any yet")
    } else {
        Judged::ok(format!("{made} of them"))
    }
}

fn stopped(facts: &Facts) -> Judgement {
    let followed = facts.followers.get()?;
    let mut stopped = followed.iter().filter_map(|one| Some((one.model, one.stopped.as_ref()?)));
    match stopped.next() {
        None => Judged::ok("none does"),
        Some((model, why)) => Judged::failure(
            format!("{model} does, and {} more: {why}", stopped.count()),
            "run the version of the program that wrote it; where it is damage, restore a backup of the log",
        ),
    }
}

fn behind(facts: &Facts) -> Judgement {
    let followed = made(facts)?;
    let late =
        followed.iter().filter(|one| one.since.is_some_and(|since| facts.now.duration_since(since) > LATE));
    match late.max_by_key(|one| one.behind) {
        Some(late) => Judged::warning(
            format!(
                "{} is {} events behind, the first of them more than {} minutes old",
                late.model,
                late.behind,
                LATE.as_secs() / 60
            ),
            "start the role that follows, or see in its log why it doesn't; `seinhuis projections` tells of each",
        ),
        None => Judged::ok("none is more than some minutes behind"),
    }
}

fn version(facts: &Facts) -> Judgement {
    let other: Vec<_> = made(facts)?.iter().filter(|one| one.other_version).map(|one| one.model).collect();
    match other.as_slice() {
        [] => Judged::ok("all of them are"),
        other => Judged::advice(
            format!("another version made {}", other.join(", ")),
            "the hub rebuilds them beside those that are asked; `seinhuis projections` tells how far it is",
        ),
    }
}

/// Those that somebody has made.
fn made(facts: &Facts) -> Result<Vec<&Followed>, crate::doctor::check::Skipped> {
    let made: Vec<_> = facts.followers.get()?.iter().filter(|one| one.made).collect();
    if made.is_empty() { Err(Skipped("nobody has made any yet".to_owned())) } else { Ok(made) }
}
