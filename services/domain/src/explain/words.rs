//! The names and phrases that explanations are made of.

use jiff::Timestamp;

use super::Explanation;
use crate::area::AreaCode;
use crate::calendar::{Term, Unit, in_words_en, in_words_nl};
use crate::case::Act;
use crate::directory::Directory;
use crate::ids::{PartnerId, TeamId};
use crate::ladder::Rung;

/// What people call a partner; its short name if nobody says.
pub(super) fn partner(id: &PartnerId, who: &Directory) -> String {
    let in_profile = who.in_force().and_then(|(_, a)| a.profile.partners.iter().find(|p| p.id == *id));
    let registered = || who.partners().find(|(known, _)| *known == id).map(|(_, record)| record.name.clone());
    in_profile.map(|p| p.name.clone()).or_else(registered).unwrap_or_else(|| id.to_string())
}

/// What people call a team.
pub(super) fn team(id: &TeamId, who: &Directory) -> String {
    let team = who.in_force().and_then(|(_, a)| a.profile.teams.iter().find(|t| t.id == *id));
    team.map_or_else(|| id.to_string(), |t| t.name.clone())
}

/// What people call an area.
pub(super) fn area(code: &AreaCode, who: &Directory) -> String {
    who.areas().get(code).map_or_else(|| code.to_string(), |area| area.name.clone())
}

/// Who acted: an official by function, a partner by name.
pub(super) fn actor(act: &Act, who: &Directory) -> String {
    match act.by.split_once(':') {
        Some(("person", function)) => function.to_owned(),
        Some(("partner", id)) => PartnerId::new(id).map_or_else(|_| id.to_owned(), |id| partner(&id, who)),
        _ => act.by.clone(),
    }
}

/// That there is a note, never what it says.
pub(super) fn with_note(act: &Act) -> Explanation {
    match act.note {
        Some(_) => pair(" (met toelichting)", " (with a note)"),
        None => pair("", ""),
    }
}

/// A rung as a place to go to.
pub(super) fn rung(rung: Rung) -> Explanation {
    match rung {
        Rung::Workfloor => pair("de werkvloer", "the workfloor"),
        Rung::Team => pair("het team", "the team"),
        Rung::Regisseur => pair("de regisseur", "the regisseur"),
        Rung::College => pair("het college", "the college"),
    }
}

/// An instant.
pub(super) fn moment(at: Timestamp) -> Explanation {
    Explanation::new(in_words_nl(at), in_words_en(at))
}

/// A term in words, with the way profiles write it.
pub(super) fn term(term: Term) -> Explanation {
    let one = term.count() == 1;
    let (dutch, english) = match term.unit() {
        Unit::Days => (if one { "kalenderdag" } else { "kalenderdagen" }, "calendar day"),
        Unit::StatutoryDays => (if one { "wettelijke dag" } else { "wettelijke dagen" }, "statutory day"),
        Unit::StatutoryWeeks => (if one { "wettelijke week" } else { "wettelijke weken" }, "statutory week"),
        Unit::WorkingDays => (if one { "werkdag" } else { "werkdagen" }, "working day"),
        Unit::WorkingHours => (if one { "werkuur" } else { "werkuren" }, "working hour"),
        Unit::Hours => ("uur", "hour"),
    };
    let (count, plural) = (term.count(), if one { "" } else { "s" });
    Explanation::new(format!("{count} {dutch} ({term})"), format!("{count} {english}{plural} ({term})"))
}

/// A list as it is said: `a, b en c`.
pub(super) fn list<T: ToString>(items: impl IntoIterator<Item = T>, and: &str) -> String {
    let mut items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    match items.pop() {
        None => String::new(),
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} {and} {last}", items.join(", ")),
    }
}

/// A fixed phrase.
pub(super) fn pair(dutch: &str, english: &str) -> Explanation {
    Explanation::new(dutch.to_owned(), english.to_owned())
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::event::Event;
    use crate::partner::PartnerEvent;
    use crate::sector::Sector;

    #[test]
    fn terms_are_said_in_words_one_and_many() {
        for (text, dutch, english) in [
            ("1d", "1 kalenderdag (1d)", "1 calendar day (1d)"),
            ("14d", "14 kalenderdagen (14d)", "14 calendar days (14d)"),
            ("3sd", "3 wettelijke dagen (3sd)", "3 statutory days (3sd)"),
            ("1sw", "1 wettelijke week (1sw)", "1 statutory week (1sw)"),
            ("6sw", "6 wettelijke weken (6sw)", "6 statutory weeks (6sw)"),
            ("1wd", "1 werkdag (1wd)", "1 working day (1wd)"),
            ("8wh", "8 werkuren (8wh)", "8 working hours (8wh)"),
            ("36h", "36 uur (36h)", "36 hours (36h)"),
        ] {
            assert_eq!(term(text.parse().unwrap()), pair(dutch, english));
        }
    }

    #[test]
    fn a_list_is_said_with_one_and() {
        assert_eq!(list::<&str>([], "en"), "");
        assert_eq!(list(["a"], "en"), "a");
        assert_eq!(list(["a", "b", "c"], "en"), "a, b en c");
    }

    #[test]
    fn a_partner_outside_the_profile_goes_by_the_name_it_was_registered_under() {
        let mut who = Directory::default();
        for (short, name) in [("assen", "Actium"), ("wonion", "Wonion")] {
            let id = PartnerId::new(short).unwrap();
            let (name, sector, oin) = (name.to_owned(), Sector::Housing, None);
            let registered = PartnerEvent::PartnerRegistered { id, name, sector, oin };
            who.apply(short, &Event::Partner(registered)).unwrap();
        }
        assert_eq!(partner(&PartnerId::new("wonion").unwrap(), &who), "Wonion");
    }

    #[test]
    fn who_is_not_in_any_profile_goes_by_its_short_name() {
        let who = Directory::default();
        assert_eq!(partner(&PartnerId::new("wonion").unwrap(), &who), "wonion");
        assert_eq!(team(&TeamId::new("wijkteam-ulft").unwrap(), &who), "wijkteam-ulft");
        assert_eq!(area(&AreaCode::new("WK150900").unwrap(), &who), "WK150900");
        let act = Act { by: "escalation".into(), at: Timestamp::UNIX_EPOCH, note: None };
        assert_eq!(actor(&act, &who), "escalation");
    }
}
