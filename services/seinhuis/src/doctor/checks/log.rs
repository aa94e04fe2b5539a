//! The log itself.

use seinhuis_eventstore::inspect::Schema;

use crate::doctor::check::{Check, Judged, Judgement, Skipped};
use crate::doctor::facts::{Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "log", id: "readable", looks_at: "the log can be read", needs: &[Need::Log], judge: readable },
    Check { group: "log", id: "schema", looks_at: "its schema is the one of this program", needs: &[Need::Log], judge: schema },
    Check { group: "log", id: "guards", looks_at: "the database itself refuses to rewrite it", needs: &[Need::Log], judge: guards },
    Check { group: "log", id: "head", looks_at: "it ends where its head says", needs: &[Need::Log], judge: head },
];

fn readable(facts: &Facts) -> Judgement {
    if let Some(why) = facts.log.fault() {
        return Judged::failure(
            why,
            "see to the database or the file first: without its log a hub does nothing",
        );
    }
    let log = facts.log.get()?;
    match &log.damage {
        Some(damage) => {
            Judged::failure(damage, "keep the files, and restore a backup; `seinhuis verify` tells more")
        }
        None if log.schema == Schema::NotMade => {
            Judged::advice("there is none yet", "the hub makes it when it starts")
        }
        None => Judged::ok(format!("{} events", log.last)),
    }
}

fn schema(facts: &Facts) -> Judgement {
    judged(facts.log.get()?.schema)
}

/// What there is to say of a schema, whatever has it.
pub(super) fn judged(schema: Schema) -> Judgement {
    match schema {
        Schema::NotMade => Skipped::because("it isn't made yet"),
        Schema::Fits => Judged::ok("it is the one of this program"),
        Schema::Older { done, known } => Judged::advice(
            format!("it has had {done} of the {known} steps known here"),
            "the hub takes them when it starts; make a backup before",
        ),
        Schema::Newer { done, known } => Judged::failure(
            format!("it has had {done} steps and needs a program that knows them; this one knows {known}"),
            "start the later version of the program, which has been here",
        ),
    }
}

fn guards(facts: &Facts) -> Judgement {
    let log = facts.log.get()?;
    match log.missing_guards.as_slice() {
        _ if log.schema == Schema::NotMade || log.damage.is_some() => {
            Skipped::because("there is no log to guard")
        }
        [] => Judged::ok("every guard stands"),
        gone => Judged::failure(
            format!("{} isn't what it should be: events could be changed unseen", gone.join(", ")),
            "`seinhuis verify` tells whether anything was; put the guard back from a backup's schema",
        ),
    }
}

fn head(facts: &Facts) -> Judgement {
    let log = facts.log.get()?;
    match () {
        () if log.schema == Schema::NotMade || log.damage.is_some() => {
            Skipped::because("there is no log to measure")
        }
        () if log.head == log.last => Judged::ok(format!("at {}", log.head)),
        () => Judged::failure(
            format!("its head says {}, and the last event is {}", log.head, log.last),
            "somebody has meddled with it: `seinhuis verify`, and restore a backup",
        ),
    }
}
