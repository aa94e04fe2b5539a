//! What is public of each event. A decision per event and per field: every field is named here, so that a new one must
//! be decided too.
//!
//! Public are kinds, places, times, organisations, functions of the law such as a rung, and numbers of cases. Never are
//! persons, officials among them, pseudonyms, notes, what a partner calls its signal, and whatever somebody wrote. Nor
//! are ids that were made of such things and aren't needed: who guesses the official or the partner's reference could see
//! from the id of a notice or a signal that he guessed right. So an event is known by its place in the log. The id of a
//! case is needed, and does follow from the reference of its first signal: a reference should name nobody.

mod case;
mod notice;
mod signal;
#[cfg(test)]
pub(crate) mod specs;

use seinhuis_domain::area::AreaCode;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::CaseId;
use seinhuis_eventstore::{Fault, Recorded};
use serde::Serialize;

/// What everybody may know of one event.
#[derive(Debug)]
pub(crate) struct Public<'a> {
    /// The stored name with `-` for `_`: `case.rung-reached`.
    pub(crate) name: &'static str,
    /// Goes up when somebody who reads the form before would be misled.
    pub(crate) version: u32,
    pub(crate) area: &'a AreaCode,
    pub(crate) case: Option<CaseId>,
    pub(crate) data: Data<'a>,
}

/// Its content.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Data<'a> {
    Signal(signal::Signal<'a>),
    Case(case::Case<'a>),
    Notice(notice::Notice<'a>),
}

/// What is public of `event`, which stands in the log as `recorded`; `None` for what is nobody else's business.
pub(crate) fn public<'a>(recorded: &Recorded, event: &'a Event) -> Result<Option<Public<'a>>, Fault> {
    match event {
        Event::Signal(event) => Ok(Some(signal::public(event))),
        Event::Case(event) => Ok(Some(case::public(case_of(recorded)?, event))),
        Event::Notice(event) => Ok(Some(notice::public(event))),
        // How the municipality is set up, and who may get in.
        Event::Profile(_) | Event::Areas(_) | Event::Partner(_) | Event::Person(_) => Ok(None),
        // About a pseudonym and nothing else.
        Event::Subject(_) => Ok(None),
    }
}

fn case_of(recorded: &Recorded) -> Result<CaseId, Fault> {
    recorded.stream.id().parse().map_err(|_| Fault::Corrupt {
        position: recorded.position,
        what: format!("{} holds no id of a case", recorded.stream),
    })
}
