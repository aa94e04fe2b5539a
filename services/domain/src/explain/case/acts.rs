//! What people did to a case, in words: officials by function, partners by name, notes never read out.

use jiff::Timestamp;

use super::super::{Explanation, words};
use crate::case::Act;
use crate::directory::Directory;
use crate::feedback::{FeedbackDue, Outcome};
use crate::ids::PartnerId;
use crate::ladder::Rung;

pub(super) fn lead_assigned(lead: &PartnerId, act: &Act, who: &Directory) -> Explanation {
    let lead = words::partner(lead, who);
    acted(act, who, |x| {
        (format!("{lead} krijgt de leiding van {x}"), format!("{lead} is given the lead by {x}"))
    })
}

pub(super) fn acknowledged(rung: Rung, act: &Act, who: &Directory) -> Explanation {
    let (on_nl, on_en) = match rung {
        Rung::Workfloor => ("op de werkvloer", "on the workfloor"),
        Rung::Team => ("in het team", "in the team"),
        Rung::Regisseur => ("bij de regisseur", "at the regisseur's"),
        Rung::College => ("bij het college", "at the college's"),
    };
    acted(act, who, |x| {
        (format!("{x} neemt de zaak in behandeling {on_nl}"), format!("{x} picks the case up {on_en}"))
    })
}

pub(super) fn handed_over(
    from: Option<&PartnerId>,
    to: &PartnerId,
    act: &Act,
    who: &Directory,
) -> Explanation {
    let to = words::partner(to, who);
    let from = from.map(|from| words::partner(from, who));
    let from_nl = from.as_ref().map_or_else(String::new, |from| format!(" van {from}"));
    let from_en = from.as_ref().map_or_else(String::new, |from| format!(" from {from}"));
    acted(act, who, |x| {
        (
            format!("{x} draagt de zaak over{from_nl} aan {to}; {to} krijgt de hele termijn om op te pakken"),
            format!("{x} hands the case over{from_en} to {to}; {to} gets the whole term to pick it up"),
        )
    })
}

pub(super) fn refused(partner: &PartnerId, act: &Act, who: &Directory) -> Explanation {
    let partner = words::partner(partner, who);
    acted(act, who, |x| {
        if x == partner {
            (format!("{x} weigert de zaak"), format!("{x} refuses the case"))
        } else {
            (
                format!("{partner} weigert de zaak, zo meldt {x}"),
                format!("{partner} refuses the case, {x} reports"),
            )
        }
    })
}

pub(super) fn paused(until: Timestamp, act: &Act, who: &Directory) -> Explanation {
    let until = words::moment(until);
    acted(act, who, |x| {
        (
            format!(
                "{x} pauzeert de zaak tot {}: tot dan klimt zij door geen termijn, en wat liep telt vanaf dan opnieuw",
                until.dutch
            ),
            format!(
                "{x} pauses the case until {}: until then it climbs by no term, and what ran counts anew from there",
                until.english
            ),
        )
    })
}

pub(super) fn resumed(act: &Act, who: &Directory) -> Explanation {
    acted(act, who, |x| {
        (
            format!("{x} beëindigt de pauze: wat liep telt vanaf nu opnieuw"),
            format!("{x} ends the pause: what ran counts anew from now"),
        )
    })
}

pub(super) fn snoozed(
    until: Timestamp,
    next_at: Option<Timestamp>,
    act: &Act,
    who: &Directory,
) -> Explanation {
    let until = words::moment(until);
    let after = match next_at {
        Some(_) => words::pair("", ""),
        None => words::pair("; de zaak klimt eerder", "; the case climbs before that"),
    };
    acted(act, who, |x| {
        (
            format!("{x} stelt de herinnering uit tot {}{}", until.dutch, after.dutch),
            format!("{x} puts the reminder off until {}{}", until.english, after.english),
        )
    })
}

pub(super) fn policy_migrated(from: u32, to: u32, act: &Act, who: &Directory) -> Explanation {
    acted(act, who, |x| {
        (
            format!("{x} brengt de zaak van beleid versie {from} onder versie {to}, dat nu geldt"),
            format!("{x} brings the case from policy version {from} under version {to}, which is in force"),
        )
    })
}

pub(super) fn lowered(rung: Rung, cycle: u32, act: &Act, who: &Directory) -> Explanation {
    let (to, round) = (words::rung(rung), cycle + 1);
    acted(act, who, |x| {
        (
            format!("{x} schaalt de zaak af naar {}; ronde {round} begint", to.dutch),
            format!("{x} brings the case down to {}; round {round} begins", to.english),
        )
    })
}

pub(super) fn decided(lead: &PartnerId, act: &Act, who: &Directory) -> Explanation {
    let lead = words::partner(lead, who);
    acted(act, who, |x| {
        (
            format!("{x} beslist dat {lead} de leiding heeft; de partners zijn daaraan gebonden"),
            format!("{x} decides that {lead} leads; the partners are bound by it"),
        )
    })
}

pub(super) fn feedback_given(outcome: Outcome, act: &Act, who: &Directory) -> Explanation {
    acted(act, who, |x| {
        (
            format!("{x} koppelt terug aan wie meldde: {}", outcome.dutch()),
            format!("{x} gives feedback to those who reported: {}", outcome.english()),
        )
    })
}

pub(super) fn resolved(due: Option<FeedbackDue>, act: &Act, who: &Directory) -> Explanation {
    let closed = acted(act, who, |x| (format!("{x} sluit de zaak af"), format!("{x} closes the case")));
    let Some(FeedbackDue { due_at, term }) = due else { return closed };
    let (by, term) = (words::moment(due_at), words::term(term));
    Explanation::new(
        format!("{}; wie meldde hoort ervan vóór {}: termijn {}", closed.dutch, by.dutch, term.dutch),
        format!(
            "{}; those who reported hear of it before {}: term of {}",
            closed.english, by.english, term.english
        ),
    )
}

pub(super) fn reopened(cycle: u32, act: &Act, who: &Directory) -> Explanation {
    let round = cycle + 1;
    acted(act, who, |x| {
        (
            format!("{x} heropent de zaak; ronde {round} begint op de werkvloer"),
            format!("{x} opens the case again; round {round} begins on the workfloor"),
        )
    })
}

/// What a person did, with a word that he left a note.
fn acted(act: &Act, who: &Directory, tell: impl Fn(&str) -> (String, String)) -> Explanation {
    let (dutch, english) = tell(&words::actor(act, who));
    let note = words::with_note(act);
    Explanation::new(dutch + &note.dutch, english + &note.english)
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::given::{Given, MONDAY, act, noted, partner};

    fn by(function: &str) -> Act {
        act(function, MONDAY)
    }

    fn pair(told: &Explanation) -> (&str, &str) {
        (&told.dutch, &told.english)
    }

    #[test]
    fn every_act_names_who_did_what() {
        let given = Given::nothing();
        let who = given.who();
        let (wonion, sensire) = (partner("wonion"), partner("sensire"));
        for (told, dutch, english) in [
            (
                lead_assigned(&sensire, &by("coordinator-ulft"), who),
                "Sensire krijgt de leiding van coordinator-ulft",
                "Sensire is given the lead by coordinator-ulft",
            ),
            (
                handed_over(Some(&wonion), &sensire, &by("consulent-wonion"), who),
                "consulent-wonion draagt de zaak over van Wonion aan Sensire; Sensire krijgt de hele termijn om op te pakken",
                "consulent-wonion hands the case over from Wonion to Sensire; Sensire gets the whole term to pick it up",
            ),
            (
                handed_over(None, &sensire, &by("wijkagent"), who),
                "wijkagent draagt de zaak over aan Sensire; Sensire krijgt de hele termijn om op te pakken",
                "wijkagent hands the case over to Sensire; Sensire gets the whole term to pick it up",
            ),
            (
                lowered(Rung::Team, 1, &by("regisseur-ulft"), who),
                "regisseur-ulft schaalt de zaak af naar het team; ronde 2 begint",
                "regisseur-ulft brings the case down to the team; round 2 begins",
            ),
            (
                decided(&sensire, &by("regisseur-ulft"), who),
                "regisseur-ulft beslist dat Sensire de leiding heeft; de partners zijn daaraan gebonden",
                "regisseur-ulft decides that Sensire leads; the partners are bound by it",
            ),
            (
                resolved(None, &by("consulent-wonion"), who),
                "consulent-wonion sluit de zaak af",
                "consulent-wonion closes the case",
            ),
            (
                reopened(2, &by("regisseur-ulft"), who),
                "regisseur-ulft heropent de zaak; ronde 3 begint op de werkvloer",
                "regisseur-ulft opens the case again; round 3 begins on the workfloor",
            ),
        ] {
            assert_eq!(pair(&told), (dutch, english));
        }
    }

    #[test]
    fn closing_says_by_when_who_reported_hears_of_it() {
        let due =
            FeedbackDue { due_at: "2026-03-16T23:00:00Z".parse().unwrap(), term: "5wd".parse().unwrap() };
        let told = resolved(Some(due), &by("x"), Given::nothing().who());
        assert_eq!(
            pair(&told),
            (
                "x sluit de zaak af; wie meldde hoort ervan vóór maandag 16 maart 2026 om 24.00 uur: termijn 5 werkdagen (5wd)",
                "x closes the case; those who reported hear of it before Monday 16 March 2026 at 24:00: term of 5 working days (5wd)",
            )
        );
    }

    #[test]
    fn feedback_says_the_outcome_and_mentions_the_text() {
        let told = feedback_given(Outcome::NoGround, &noted(by("x")), Given::nothing().who());
        assert_eq!(
            pair(&told),
            (
                "x koppelt terug aan wie meldde: geen aanleiding om iets te doen (met toelichting)",
                "x gives feedback to those who reported: no ground for doing anything (with a note)",
            )
        );
    }

    #[test]
    fn picking_up_says_on_which_rung() {
        let told = Rung::ALL.iter().map(|rung| acknowledged(*rung, &by("x"), Given::nothing().who()).dutch);
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                "x neemt de zaak in behandeling op de werkvloer",
                "x neemt de zaak in behandeling in het team",
                "x neemt de zaak in behandeling bij de regisseur",
                "x neemt de zaak in behandeling bij het college",
            ]
        );
    }

    #[test]
    fn a_partner_that_refuses_itself_is_named_once() {
        let given = Given::nothing();
        let itself = Act { by: "partner:wonion".into(), ..by("x") };
        let told = refused(&partner("wonion"), &itself, given.who());
        assert_eq!(pair(&told), ("Wonion weigert de zaak", "Wonion refuses the case"));
        let told = refused(&partner("wonion"), &by("coordinator-ulft"), given.who());
        assert_eq!(told.dutch, "Wonion weigert de zaak, zo meldt coordinator-ulft");
    }

    #[test]
    fn a_note_is_mentioned_and_not_read_out() {
        let told = resolved(None, &noted(by("x")), Given::nothing().who());
        assert_eq!(pair(&told), ("x sluit de zaak af (met toelichting)", "x closes the case (with a note)"));
    }
}
