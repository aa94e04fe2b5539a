//! Tokens: whoever has none that counts is refused at the gate.

use jiff::SignedDuration;

use crate::doctor::check::{Check, Judged, Judgement};
use crate::doctor::facts::{Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "people", id: "partner-tokens", looks_at: "no partner's token ends soon", needs: &[Need::Directory], judge: partners },
    Check { group: "people", id: "official-tokens", looks_at: "no official's token ends soon", needs: &[Need::Directory], judge: officials },
];

/// Whoever has less than this left is to be told.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

fn partners(facts: &Facts) -> Judgement {
    tokens(
        facts,
        "partner",
        "`seinhuis partner add ID` gives another token; the earlier one counts until it ends",
    )
}

fn officials(facts: &Facts) -> Judgement {
    tokens(
        facts,
        "person",
        "`seinhuis person add ID` gives another token; the earlier one counts until it ends",
    )
}

fn tokens(facts: &Facts, kind: &str, remedy: &'static str) -> Judgement {
    let tokens = facts.directory.get()?.directory.last_tokens();
    let of_kind = tokens.iter().filter_map(|(actor, until)| {
        let (own, id) = actor.split_once(':')?;
        (own == kind).then_some((id, *until))
    });
    let mut soon: Vec<_> =
        of_kind.clone().filter(|(_, until)| until.duration_since(facts.now) < SOON).collect();
    soon.sort_by_key(|(_, until)| *until);
    match soon.as_slice() {
        [] => Judged::ok(format!("{} have one that counts for a month or more", of_kind.count())),
        [(id, until), ..] if *until <= facts.now => Judged::warning(
            format!("{} end soon or have ended; that of {id} has, {until}", soon.len()),
            remedy,
        ),
        [(id, until), ..] => {
            Judged::warning(format!("{} end soon; that of {id} on {until}", soon.len()), remedy)
        }
    }
}
