//! A notice in words: who was told about which case, and how that went.

use super::{Explanation, words};
use crate::directory::Directory;
use crate::notice::{Channel, NoticeEvent};

/// Explains what became of telling one person.
pub fn explain_notice(event: &NoticeEvent, who: &Directory) -> Explanation {
    let facts = event.facts();
    let (person, number) = (&facts.person, facts.case.number());
    let (area, rung) = (words::area(&facts.area, who), words::rung(facts.rung));
    let (channel, attempts) = match event {
        NoticeEvent::NoticeDelivered { channel, attempts, .. }
        | NoticeEvent::NoticeFailed { channel, attempts, .. } => (channel, attempts),
        NoticeEvent::NoticeWithdrawn { because, .. } => {
            return Explanation::new(
                format!(
                    "{person} krijgt geen bericht meer dat zaak {number} in {area} bij {} ligt: {}",
                    rung.dutch,
                    because.dutch()
                ),
                format!(
                    "{person} is no longer told that case {number} in {area} is with {}: {}",
                    rung.english,
                    because.english()
                ),
            );
        }
        NoticeEvent::NoticeReplayed { .. } => {
            return Explanation::new(
                format!(
                    "{person} krijgt opnieuw bericht, omdat het eerder niet lukte: zaak {number} in {area} ligt bij {}",
                    rung.dutch
                ),
                format!(
                    "{person} is told anew, since that failed before: case {number} in {area} is with {}",
                    rung.english
                ),
            );
        }
    };
    let (by_nl, by_en) = match channel {
        Channel::Mail => ("per e-mail", "by mail"),
        Channel::File => ("als bestand", "as a file"),
        Channel::Webhook => ("via een webhook", "by webhook"),
    };
    let (tries_nl, tries_en) = match attempts {
        1 => ("1 poging".to_owned(), "1 attempt".to_owned()),
        more => (format!("{more} pogingen"), format!("{more} attempts")),
    };
    let (what_nl, none_nl, what_en) = match facts.reminder {
        None => ("bericht", "geen bericht", "told"),
        Some(_) => ("een herinnering", "geen herinnering", "reminded"),
    };
    match event {
        NoticeEvent::NoticeFailed { reason, .. } => Explanation::new(
            format!(
                "{person} kon {none_nl} krijgen {by_nl} dat zaak {number} in {area} bij {} ligt; {tries_nl}: {reason}",
                rung.dutch
            ),
            format!(
                "{person} could not be {what_en} {by_en} that case {number} in {area} is with {}; {tries_en}: {reason}",
                rung.english
            ),
        ),
        _ => Explanation::new(
            format!(
                "{person} kreeg {what_nl} {by_nl}: zaak {number} in {area} ligt bij {}; {tries_nl}",
                rung.dutch
            ),
            format!(
                "{person} was {what_en} {by_en}: case {number} in {area} is with {}; {tries_en}",
                rung.english
            ),
        ),
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::area::AreaCode;
    use crate::ids::{NoticeId, PersonId};
    use crate::ladder::Rung;
    use crate::notice::NoticeFacts;

    fn facts() -> NoticeFacts {
        let person = PersonId::new("regisseur-ulft").unwrap();
        NoticeFacts {
            notice: NoticeId::of("any", &person),
            case: "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001".parse().unwrap(),
            area: AreaCode::new("WK150900").unwrap(),
            rung: Rung::Regisseur,
            person,
            reminder: None,
        }
    }

    #[test]
    fn a_delivery_says_who_was_told_of_which_case() {
        let (facts, number) = (facts(), facts().case.number());
        let event = NoticeEvent::NoticeDelivered { facts, channel: Channel::Mail, attempts: 1 };
        let told = explain_notice(&event, &Directory::default());
        let dutch = format!(
            "regisseur-ulft kreeg bericht per e-mail: zaak {number} in WK150900 ligt bij de regisseur; 1 poging"
        );
        assert_eq!(told.dutch, dutch);
        let english = format!(
            "regisseur-ulft was told by mail: case {number} in WK150900 is with the regisseur; 1 attempt"
        );
        assert_eq!(told.english, english);
    }

    #[test]
    fn a_reminder_is_called_one() {
        let facts = NoticeFacts { reminder: Some(1), ..facts() };
        let event = NoticeEvent::NoticeDelivered { facts, channel: Channel::Mail, attempts: 1 };
        let told = explain_notice(&event, &Directory::default());
        assert!(told.dutch.starts_with("regisseur-ulft kreeg een herinnering per e-mail: zaak"), "{told:?}");
        assert!(told.english.starts_with("regisseur-ulft was reminded by mail: case"), "{told:?}");
    }

    #[test]
    fn a_failure_says_why() {
        let (facts, number) = (facts(), facts().case.number());
        let reason = "the disk is full".to_owned();
        let event = NoticeEvent::NoticeFailed { facts, channel: Channel::File, attempts: 8, reason };
        let told = explain_notice(&event, &Directory::default());
        assert_eq!(
            told.dutch,
            format!(
                "regisseur-ulft kon geen bericht krijgen als bestand dat zaak {number} in WK150900 bij de regisseur \
                 ligt; 8 pogingen: the disk is full"
            )
        );
        assert!(told.english.ends_with("is with the regisseur; 8 attempts: the disk is full"));
    }

    #[test]
    fn one_that_is_withdrawn_says_what_made_it_moot() {
        let event =
            NoticeEvent::NoticeWithdrawn { facts: facts(), because: crate::notice::Moot::CaseResolved };
        let told = explain_notice(&event, &Directory::default());
        assert!(told.dutch.starts_with("regisseur-ulft krijgt geen bericht meer dat zaak"), "{told:?}");
        assert!(told.dutch.ends_with("bij de regisseur ligt: de zaak is afgehandeld"), "{told:?}");
        assert!(told.english.ends_with("is with the regisseur: the case is done"), "{told:?}");
    }

    #[test]
    fn one_that_is_tried_again_says_that_it_failed_before() {
        let told = explain_notice(&NoticeEvent::NoticeReplayed { facts: facts() }, &Directory::default());
        assert!(
            told.dutch
                .starts_with("regisseur-ulft krijgt opnieuw bericht, omdat het eerder niet lukte: zaak")
        );
        assert!(told.english.starts_with("regisseur-ulft is told anew, since that failed before: case"));
    }
}
