//! A reminder in words: who is reminded of what, when that was planned and when it happened.

use super::super::{Explanation, step, told, words};
use super::climb;
use crate::case::Reminded;
use crate::directory::Directory;

pub(super) fn explain(reminded: &Reminded, who: &Directory) -> Explanation {
    let when = climb::planned(reminded.planned_at, reminded.at);
    let (told, step) =
        (told::explain(&reminded.tell, &reminded.told_because), step::explain(&reminded.step, who));
    let again = reminded.next_at.map_or_else(
        || words::pair("", ""),
        |at| {
            let at = words::moment(at);
            Explanation::new(format!("; opnieuw op {}", at.dutch), format!("; again on {}", at.english))
        },
    );
    let nth = reminded.nth;
    Explanation::new(
        format!("Herinnering {nth}: {}; {}{}; de zaak {}", told.dutch, when.dutch, again.dutch, step.dutch),
        format!(
            "Reminder {nth}: {}; {}{}; the case {}",
            told.english, when.english, again.english, step.english
        ),
    )
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::given::{MONDAY, at, step, ulft};
    use crate::ids::PersonId;
    use crate::ladder::{Cause, Rung};

    #[test]
    fn a_reminder_says_who_is_reminded_of_what_and_when_he_is_again() {
        let reminded = Reminded {
            area: ulft(),
            rung: Rung::Team,
            cycle: 0,
            policy_version: 1,
            nth: 1,
            step: step(Rung::Regisseur, "2026-03-10T21:30:00Z", "36h", MONDAY, Cause::NotPickedUp),
            planned_at: at("2026-03-10T14:18:00Z"),
            at: at("2026-03-10T14:18:01Z"),
            tell: vec![PersonId::new("coordinator-ulft").unwrap()],
            told_because: vec![],
            next_at: Some(at("2026-03-10T18:18:00Z")),
        };
        let told = explain(&reminded, &Directory::default());
        assert_eq!(
            told.dutch,
            "Herinnering 1: coordinator-ulft krijgt bericht; gepland voor dinsdag 10 maart 2026 om 15.18 uur en op tijd \
             gebeurd; opnieuw op dinsdag 10 maart 2026 om 19.18 uur; de zaak klimt naar de regisseur als niemand de zaak \
             oppakt vóór dinsdag 10 maart 2026 om 22.30 uur: termijn 36 uur (36h), geteld vanaf maandag 9 maart 2026 om \
             10.30 uur"
        );
        assert!(told.english.starts_with(
            "Reminder 1: coordinator-ulft is told; planned for Tuesday 10 March 2026 at 15:18 and done on time; again on"
        ));
    }
}
