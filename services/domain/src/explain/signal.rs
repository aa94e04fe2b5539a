//! A signal in words: who reported what, where, and when it happened.

use super::{Explanation, words};
use crate::directory::Directory;
use crate::sector::Urgency;
use crate::signal::SignalEvent;

/// Explains what a partner reported. Neither the content nor the partner's own reference is told.
pub fn explain_signal(event: &SignalEvent, who: &Directory) -> Explanation {
    let SignalEvent::SignalReported(facts) = event;
    let (dutch, english) = match facts.urgency {
        Urgency::Normal => ("Signaal", "Signal"),
        Urgency::Urgent => ("Spoedsignaal", "Urgent signal"),
    };
    let (partner, area) = (words::partner(&facts.partner, who), words::area(&facts.area, who));
    let (kind, at) = (facts.kind, words::moment(facts.occurred_at));
    Explanation::new(
        format!(
            "{dutch} van {partner} ({}) over {} in {area}; het gebeurde op {}",
            kind.sector().dutch(),
            kind.dutch(),
            at.dutch
        ),
        format!(
            "{english} of {partner} ({}) about {} in {area}; it happened on {}",
            kind.sector(),
            kind.english(),
            at.english
        ),
    )
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::event::Event;
    use crate::example;
    use crate::profile::ProfileEvent;

    fn who() -> Directory {
        let mut who = Directory::default();
        let adopted = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(example::profile()) };
        who.apply("profile", &Event::Profile(adopted)).unwrap();
        who
    }

    #[test]
    fn a_signal_says_who_reports_what_and_where() {
        let facts = Box::new(example::signal("wonion", "dhr. Jansen", "housing.soc.gel"));
        let told = explain_signal(&SignalEvent::SignalReported(facts), &who());
        assert_eq!(
            told.dutch,
            "Signaal van Wonion (woningcorporatie) over geluidsoverlast in Ulft; \
             het gebeurde op maandag 9 maart 2026 om 10.30 uur"
        );
        assert_eq!(
            told.english,
            "Signal of Wonion (housing) about noise in Ulft; it happened on Monday 9 March 2026 at 10:30"
        );
    }

    #[test]
    fn an_urgent_signal_says_so_and_what_the_partner_calls_it_stays_out() {
        let mut facts = Box::new(example::signal("politie", "dhr. Jansen", "police.e33"));
        facts.urgency = Urgency::Urgent;
        let told = explain_signal(&SignalEvent::SignalReported(facts), &who());
        assert!(told.dutch.starts_with("Spoedsignaal van Politie (politie) over verward"), "{}", told.dutch);
        assert!(told.english.starts_with("Urgent signal of Politie"), "{}", told.english);
        assert!(!told.dutch.contains("Jansen") && !told.english.contains("Jansen"));
    }
}
