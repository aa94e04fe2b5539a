//! A climb in words: why, when it was planned and when it happened, who is told, and what comes after it.

use jiff::{SignedDuration, Timestamp};

use super::super::{Explanation, step, told, words};
use crate::case::RungReached;
use crate::directory::Directory;

pub(super) fn explain(reached: &RungReached, who: &Directory) -> Explanation {
    let (to, why, when) = (words::rung(reached.rung), cause(reached, who), times(reached));
    let told = if reached.passed { passed() } else { told::explain(&reached.tell, &reached.told_because) };
    let after = match &reached.next {
        Some(next) => step::explain(next, who),
        None => words::pair("hoger kan niet", "there is nothing above"),
    };
    Explanation::new(
        format!(
            "Zaak ligt bij {}: {}; {}; {}; hierna: {}",
            to.dutch, why.dutch, when.dutch, told.dutch, after.dutch
        ),
        format!(
            "The case is with {}: {}; {}; {}; after this: {}",
            to.english, why.english, when.english, told.english, after.english
        ),
    )
}

/// Why nobody is told of a climb that the case went past.
fn passed() -> Explanation {
    words::pair(
        "niemand krijgt bericht, want toen Seinhuis na een stilstand weer werkte was ook de termijn hier voorbij",
        "nobody is told, since the term here had ended as well when Seinhuis worked again after a standstill",
    )
}

/// A person by function, where one raised it; else the rule that did.
fn cause(reached: &RungReached, who: &Directory) -> Explanation {
    match &reached.act {
        Some(act) => {
            let (x, note) = (words::actor(act, who), words::with_note(act));
            Explanation::new(
                format!("{x} schaalt de zaak op{}", note.dutch),
                format!("{x} raises the case{}", note.english),
            )
        }
        None => words::pair(reached.cause.dutch(), reached.cause.english()),
    }
}

fn times(reached: &RungReached) -> Explanation {
    match reached.planned_at {
        Some(planned_at) => planned(planned_at, reached.at),
        None => {
            let at = words::moment(reached.at);
            Explanation::new(format!("op {}", at.dutch), format!("on {}", at.english))
        }
    }
}

/// Planned against actual. Within a minute is on time: people read minutes.
pub(super) fn planned(planned_at: Timestamp, at: Timestamp) -> Explanation {
    let late = at.duration_since(planned_at);
    let (planned, at) = (words::moment(planned_at), words::moment(at));
    if late < SignedDuration::from_mins(1) {
        Explanation::new(
            format!("gepland voor {} en op tijd gebeurd", planned.dutch),
            format!("planned for {} and done on time", planned.english),
        )
    } else {
        Explanation::new(
            format!("gepland voor {}, gebeurd op {}", planned.dutch, at.dutch),
            format!("planned for {}, done on {}", planned.english, at.english),
        )
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::Act;
    use crate::case::given::{MONDAY, act, at, noted, step, ulft};
    use crate::ids::PersonId;
    use crate::ladder::{Cause, Rung};

    const DUE: &str = "2026-03-16T23:00:00Z";

    fn reached(rung: Rung, cause: Cause, when: &str) -> RungReached {
        RungReached {
            area: ulft(),
            rung,
            cycle: 0,
            policy_version: 1,
            cause,
            planned_at: None,
            at: at(when),
            passed: false,
            tell: vec![PersonId::new("regisseur-ulft").unwrap()],
            told_because: vec![],
            next: None,
            act: None,
        }
    }

    fn told(reached: &RungReached) -> Explanation {
        explain(reached, &Directory::default())
    }

    #[test]
    fn a_timer_that_fired_on_time_says_so_and_what_comes_next() {
        let next = step(Rung::College, "2026-03-18T11:00:00Z", "36h", DUE, Cause::NotPickedUp);
        let climb = RungReached {
            planned_at: Some(at(DUE)),
            next: Some(next),
            ..reached(Rung::Regisseur, Cause::NotPickedUp, "2026-03-16T23:00:59Z")
        };
        assert_eq!(
            told(&climb).dutch,
            "Zaak ligt bij de regisseur: niemand heeft de zaak op tijd opgepakt; \
             gepland voor maandag 16 maart 2026 om 24.00 uur en op tijd gebeurd; regisseur-ulft krijgt bericht; \
             hierna: klimt naar het college als niemand de zaak oppakt vóór woensdag 18 maart 2026 om 12.00 uur: \
             termijn 36 uur (36h), geteld vanaf maandag 16 maart 2026 om 24.00 uur"
        );
    }

    #[test]
    fn a_late_timer_says_when_it_should_have_been() {
        let climb = RungReached {
            planned_at: Some(at(DUE)),
            ..reached(Rung::College, Cause::NoProgress, "2026-03-17T08:12:00Z")
        };
        let told = told(&climb);
        assert_eq!(
            told.dutch,
            "Zaak ligt bij het college: de zaak is opgepakt, maar er is te lang geen voortgang; \
             gepland voor maandag 16 maart 2026 om 24.00 uur, gebeurd op dinsdag 17 maart 2026 om 09.12 uur; \
             regisseur-ulft krijgt bericht; hierna: hoger kan niet"
        );
        assert_eq!(
            told.english,
            "The case is with the college: the case was picked up, but saw no progress for too long; \
             planned for Monday 16 March 2026 at 24:00, done on Tuesday 17 March 2026 at 09:12; \
             regisseur-ulft is told; after this: there is nothing above"
        );
    }

    #[test]
    fn a_climb_that_the_case_went_past_says_that_the_hub_stood_still() {
        let next = step(Rung::College, "2026-03-18T11:00:00Z", "36h", DUE, Cause::NotPickedUp);
        let climb = RungReached {
            planned_at: Some(at(DUE)),
            next: Some(next),
            passed: true,
            tell: vec![],
            ..reached(Rung::Regisseur, Cause::NotPickedUp, "2026-04-01T08:00:00Z")
        };
        let told = told(&climb);
        assert!(
            told.dutch.contains(
                "gebeurd op woensdag 1 april 2026 om 10.00 uur; niemand krijgt bericht, want toen Seinhuis na een \
                 stilstand weer werkte was ook de termijn hier voorbij; hierna: klimt naar het college"
            ),
            "{told:?}"
        );
        assert!(told.english.contains("; nobody is told, since the term here had ended as well"), "{told:?}");
    }

    #[test]
    fn an_alarm_has_a_time_but_no_plan() {
        let told = told(&reached(Rung::Regisseur, Cause::PingPong, MONDAY)).dutch;
        assert!(
            told.starts_with(
                "Zaak ligt bij de regisseur: de zaak is te vaak overgedragen (pingpong); \
                 op maandag 9 maart 2026 om 10.30 uur; regisseur-ulft krijgt bericht"
            ),
            "{told}"
        );
    }

    #[test]
    fn a_person_who_raised_it_is_named_by_function_and_his_note_is_not_read_out() {
        let by =
            |act: Act| told(&RungReached { act: Some(act), ..reached(Rung::Team, Cause::ByHand, MONDAY) });
        assert!(by(act("wijkagent", MONDAY)).dutch.contains(": wijkagent schaalt de zaak op; op maandag"));
        let noted = by(noted(act("wijkagent", MONDAY)));
        assert!(noted.dutch.contains(": wijkagent schaalt de zaak op (met toelichting); op maandag"));
        assert!(noted.english.contains(": wijkagent raises the case (with a note); on Monday"));
    }
}
