//! Why things went as they did, one plain sentence per event (INV-12). Pure: the same log gives the same sentences.
//!
//! Dutch first, at B1 level, English beside it. Nothing personal: persons are functions, residents are not named,
//! notes and what partners call their signals stay out.

use serde::Serialize;

use crate::directory::Directory;
use crate::event::Event;

mod case;
mod notice;
mod signal;
mod step;
mod subject;
mod told;
mod words;

pub use case::explain_case;
pub use notice::explain_notice;
pub use signal::explain_signal;
pub use subject::explain_subject;

/// What happened and why, in two languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// As officials and residents read it.
    pub dutch: String,
    /// The same in English.
    pub english: String,
}

/// Explains a signal, a case, a notice or a subject; other events say nothing about a case.
pub fn explain(event: &Event, who: &Directory) -> Option<Explanation> {
    match event {
        Event::Signal(event) => Some(explain_signal(event, who)),
        Event::Case(event) => Some(explain_case(event, who)),
        Event::Notice(event) => Some(explain_notice(event, who)),
        Event::Subject(event) => Some(explain_subject(event)),
        Event::Profile(_) | Event::Areas(_) | Event::Partner(_) | Event::Person(_) => None,
    }
}

impl Explanation {
    fn new(dutch: String, english: String) -> Self {
        Self { dutch, english }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::example;
    use crate::profile::ProfileEvent;
    use crate::signal::SignalEvent;

    #[test]
    fn what_happens_to_a_signal_has_its_sentence() {
        let facts = Box::new(example::signal("wonion", "1", "housing.soc.gel"));
        let reported = SignalEvent::SignalReported(facts);
        let who = Directory::default();
        let explained = explain(&Event::Signal(reported.clone()), &who);
        assert_eq!(explained, Some(explain_signal(&reported, &who)));
    }

    #[test]
    fn what_is_no_step_in_a_case_has_no_explanation() {
        let who = Directory::default();
        let profile = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(example::profile()) };
        assert_eq!(explain(&Event::Profile(profile), &who), None);
    }
}
