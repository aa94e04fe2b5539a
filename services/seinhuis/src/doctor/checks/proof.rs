//! What proves the log: the key that signs it, and the checkpoints.

use jiff::SignedDuration;
use seinhuis_eventstore::proof::Checkpoint;

use super::log::judged;
use crate::doctor::check::{Check, Judged, Judgement, Skipped};
use crate::doctor::facts::{Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "proof", id: "key", looks_at: "the signing key is there", needs: &[Need::Proof, Need::Log], judge: key },
    Check { group: "proof", id: "verifier", looks_at: "the verifier key of the settings is the signing key's", needs: &[Need::Proof], judge: verifier },
    Check { group: "proof", id: "signature", looks_at: "the last checkpoint is signed by it", needs: &[Need::Proof], judge: signature },
    Check { group: "proof", id: "age", looks_at: "the log is signed up to now", needs: &[Need::Proof], judge: age },
    Check { group: "proof", id: "ahead", looks_at: "nothing was signed that the log lacks", needs: &[Need::Proof], judge: ahead },
    Check { group: "proof", id: "schema", looks_at: "the proof book's schema is the one of this program", needs: &[Need::Proof], judge: schema },
];

/// A hub signs every second. Whoever signs nothing for so long doesn't.
const LATE: SignedDuration = SignedDuration::from_mins(10);

fn key(facts: &Facts) -> Judgement {
    if facts.log.fault().is_some() {
        return Skipped::because("the log can't be read");
    }
    if let Some(why) = facts.proof.fault() {
        return Judged::failure(why, "see to what it names: without it the log isn't signed");
    }
    let proof = facts.proof.get()?;
    match (&proof.own, &proof.latest) {
        (Some(own), _) => Judged::ok(format!("it signs as {}", own.name())),
        // Another machine may have it; a process that only checks is given the verifier key.
        (None, Some(_)) if facts.around.get()?.config.proof.verifier_key.is_some() => {
            Judged::ok("it isn't here, and the verifier key is set")
        }
        (None, Some(_)) => Judged::failure(
            "it is gone, and something was signed with it: the hub would make another one that nobody knows",
            "put the signing key back in its place (proof.key_file); without it, publish the new key and say why",
        ),
        (None, None) => Skipped::because("nothing was signed yet: it is made at first use"),
    }
}

fn verifier(facts: &Facts) -> Judgement {
    let Some(set) = &facts.around.get()?.config.proof.verifier_key else {
        return Skipped::because("proof.verifier_key is not set");
    };
    match &facts.proof.get()?.own {
        None => Skipped::because("the signing key isn't here"),
        Some(own) if own == set => Judged::ok("it is"),
        Some(own) => Judged::failure(
            format!("proof.verifier_key is another one than {own}"),
            "set what `seinhuis proof key` prints where the log is signed",
        ),
    }
}

fn signature(facts: &Facts) -> Judgement {
    let (proof, config) = (facts.proof.get()?, &facts.around.get()?.config.proof);
    let Some((size, note)) = &proof.latest else { return Skipped::because("nothing was signed yet") };
    let Some(key) = config.verifier_key.as_ref().or(proof.own.as_ref()) else {
        return Skipped::because("there is no key to check it with");
    };
    match Checkpoint::open(note, key) {
        Ok(checkpoint) if checkpoint.size == *size => Judged::ok(format!("the one at {size} is")),
        Ok(checkpoint) => Judged::failure(
            format!("the one that is kept at {size} is of {} events", checkpoint.size),
            "somebody has meddled with the proof book: `seinhuis verify`, and restore a backup",
        ),
        Err(refused) => Judged::failure(
            format!("the one at {size}: {refused}"),
            "put back the signing key and the proof.origin that the log was signed with",
        ),
    }
}

fn age(facts: &Facts) -> Judgement {
    let proof = facts.proof.get()?;
    let signed = proof.latest.as_ref().map_or(0, |(size, _)| *size);
    match proof.unsigned_since {
        Some(since) if facts.now.duration_since(since) > LATE => Judged::warning(
            format!("{} events are not signed, the first of {since}", proof.head.saturating_sub(signed)),
            "start a process with the role proof, or see in its log why it stopped",
        ),
        _ => Judged::ok(format!("up to {signed} of {}", proof.head)),
    }
}

fn ahead(facts: &Facts) -> Judgement {
    let proof = facts.proof.get()?;
    match &proof.latest {
        None => Skipped::because("nothing was signed yet"),
        Some((size, _)) if *size > proof.head => Judged::failure(
            format!("{size} events were signed, and the log ends at {}", proof.head),
            "an old copy of the log was put in place: restore a newer one, and keep the proof book",
        ),
        Some(_) => Judged::ok("everything that was signed is there"),
    }
}

fn schema(facts: &Facts) -> Judgement {
    judged(facts.proof.get()?.schema)
}
