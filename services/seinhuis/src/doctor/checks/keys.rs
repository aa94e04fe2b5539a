//! The keys of persons, households and places.

use seinhuis_eventstore::Fault;
use seinhuis_eventstore::inspect::Schema;

use super::log::judged;
use crate::doctor::check::{Check, Judged, Judgement, Skipped};
use crate::doctor::facts::{Facts, Need, in_one_line};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "keys", id: "readable", looks_at: "the key store can be read", needs: &[Need::Keys], judge: readable },
    Check { group: "keys", id: "schema", looks_at: "its schema is the one of this program", needs: &[Need::Keys], judge: schema },
    Check { group: "keys", id: "master", looks_at: "the master key opens it", needs: &[Need::Keys], judge: master },
    Check { group: "keys", id: "rotation", looks_at: "no rotation of the master key was left unfinished", needs: &[Need::Keys, Need::Files], judge: rotation },
    Check { group: "keys", id: "retired", looks_at: "no retired master key lies about", needs: &[Need::Files], judge: retired },
    Check { group: "keys", id: "place", looks_at: "the master key doesn't lie beside what it opens", needs: &[Need::Files], judge: place },
];

fn readable(facts: &Facts) -> Judgement {
    match facts.keys.fault() {
        Some(why) => {
            Judged::failure(why, "see to the database or the file: without it nothing personal can be read")
        }
        None if facts.keys.get()?.schema == Schema::NotMade => Skipped::because("there is none yet"),
        None => Judged::ok("it can be read"),
    }
}

fn schema(facts: &Facts) -> Judgement {
    judged(facts.keys.get()?.schema)
}

fn master(facts: &Facts) -> Judgement {
    let keys = facts.keys.get()?;
    match &keys.closed {
        _ if keys.masters == 0 => Skipped::because("there are no keys yet"),
        None => Judged::ok(format!("it opens the {} keys that were tried", keys.tried)),
        Some(fault @ Fault::WrongMasterKey { .. }) => Judged::failure(
            in_one_line(fault),
            "put the key with the second id there, or name its file in keys.master_file; the hub refuses this one",
        ),
        Some(fault) => Judged::failure(in_one_line(fault), "`seinhuis keys check` tells of every key"),
    }
}

fn rotation(facts: &Facts) -> Judgement {
    let (masters, next) = (facts.keys.get()?.masters, facts.files.get()?.next_master);
    if next || masters > 1 {
        return Judged::warning(
            "a rotation has begun and not ended: keys are under two master keys, or the next one lies ready",
            "run `seinhuis keys rotate --new FILE` again with the same file, or take `<master file>.next` away",
        );
    }
    Judged::ok("none is under way")
}

fn retired(facts: &Facts) -> Judgement {
    match facts.files.get()?.retired_masters {
        0 => Judged::ok("there is none"),
        many => Judged::advice(
            format!("{many} beside the one that counts"),
            "destroy each with the last backup of the key store that needs it",
        ),
    }
}

fn place(facts: &Facts) -> Judgement {
    if facts.files.get()?.master_beside {
        return Judged::advice(
            "it lies in the data folder: who has a copy of that reads everything",
            "move it out of reach of the folder's backups, and name it in keys.master_file",
        );
    }
    Judged::ok("it lies elsewhere")
}
