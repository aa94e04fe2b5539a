//! A planned climb in words: where to, unless what, by when, and how that deadline was counted.

use super::{Explanation, words};
use crate::calendar::Due;
use crate::directory::Directory;
use crate::ladder::{Cause, PlannedStep, counted_from};

/// The sentence, beginning with a small letter.
pub(super) fn explain(step: &PlannedStep, who: &Directory) -> Explanation {
    let (to, due) = (words::rung(step.to), words::moment(step.due_at));
    let (term, from) = (words::term(step.term), words::moment(step.from));
    let (unless_nl, unless_en) = unless(step.cause);
    let mut dutch = format!(
        "klimt naar {} als {unless_nl} vóór {}: termijn {}, geteld vanaf {}",
        to.dutch, due.dutch, term.dutch, from.dutch
    );
    let mut english = format!(
        "climbs to {} if {unless_en} before {}: term of {}, counted from {}",
        to.english, due.english, term.english, from.english
    );
    for reason in counted(step, who).map(|due| due.reasons).unwrap_or_default() {
        dutch += &format!("; {}", reason.dutch());
        english += &format!("; {reason}");
    }
    if let Some(at) = step.remind_at.map(words::moment) {
        dutch += &format!("; eerste herinnering op {}", at.dutch);
        english += &format!("; first reminder on {}", at.english);
    }
    Explanation::new(dutch, english)
}

/// What has not happened by then. Only terms are planned; alarms and people do not announce themselves.
fn unless(cause: Cause) -> (&'static str, &'static str) {
    match cause {
        Cause::NotPickedUp => ("niemand de zaak oppakt", "nobody picks the case up"),
        Cause::NoProgress => ("er geen uitkomst is", "nothing has come of it"),
        Cause::LeadSilent => ("niets van de trekker gehoord wordt", "nothing is heard of the lead"),
        Cause::NoLead => ("geen partner de leiding neemt", "no partner takes the lead"),
        Cause::BetweenTwoStools | Cause::PingPong | Cause::MoreGoingOn | Cause::ByHand => {
            ("niemand iets doet", "nobody acts")
        }
    }
}

/// The count as the case's own policy made it: office hours differ between versions of a profile, so the newest
/// version that gives the deadline that was written down is the one to explain it by.
fn counted(step: &PlannedStep, who: &Directory) -> Option<Due> {
    let (newest, _) = who.in_force()?;
    let due =
        |version| who.adopted(version)?.calendar.due(counted_from(step.from, step.term), step.term).ok();
    (1..=newest).rev().filter_map(due).find(|due| due.at == step.due_at)
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::calendar::OfficeHours;
    use crate::event::Event;
    use crate::example;
    use crate::ladder::Rung;
    use crate::profile::ProfileEvent;

    fn adopt(who: &mut Directory, version: u32, opens: i8) {
        let mut profile = example::profile();
        let (opens, closes) = (jiff::civil::time(opens, 0, 0, 0), jiff::civil::time(17, 0, 0, 0));
        profile.policy.office_hours = OfficeHours::new(opens, closes).unwrap();
        let adopted = ProfileEvent::ProfileAdopted { version, profile: Box::new(profile) };
        who.apply("profile", &Event::Profile(adopted)).unwrap();
    }

    fn step(to: Rung, cause: Cause, term: &str, from: &str, due_at: &str) -> PlannedStep {
        let [from, due_at] = [from, due_at].map(|at| at.parse().unwrap());
        PlannedStep { to, due_at, term: term.parse().unwrap(), from, cause, remind_at: None }
    }

    #[test]
    fn a_term_over_a_weekend_is_told_with_the_days_it_passed_over() {
        let mut who = Directory::default();
        adopt(&mut who, 1, 9);
        let step =
            step(Rung::Team, Cause::NotPickedUp, "2wd", "2026-03-12T09:30:00Z", "2026-03-16T23:00:00Z");
        let told = explain(&step, &who);
        assert_eq!(
            told.dutch,
            "klimt naar het team als niemand de zaak oppakt vóór maandag 16 maart 2026 om 24.00 uur: \
             termijn 2 werkdagen (2wd), geteld vanaf donderdag 12 maart 2026 om 10.30 uur; \
             de dag van aanvang telt niet mee: donderdag 12 maart 2026; \
             overgeslagen: zaterdag 14 maart 2026 (weekend); \
             overgeslagen: zondag 15 maart 2026 (weekend); \
             de termijn loopt tot het einde van maandag 16 maart 2026, 24.00 uur"
        );
        assert!(told.english.starts_with(
            "climbs to the team if nobody picks the case up before Monday 16 March 2026 at 24:00: \
             term of 2 working days (2wd), counted from Thursday 12 March 2026 at 10:30; "
        ));
    }

    #[test]
    fn each_term_says_what_would_stop_it() {
        let who = Directory::default();
        let told = |to, cause| {
            explain(&step(to, cause, "36h", "2026-03-09T09:30:00Z", "2026-03-10T21:30:00Z"), &who).dutch
        };
        let tail = "vóór dinsdag 10 maart 2026 om 22.30 uur: termijn 36 uur (36h), geteld vanaf maandag 9 maart 2026 om 10.30 uur";
        let no_lead = told(Rung::Regisseur, Cause::NoLead);
        assert_eq!(no_lead, format!("klimt naar de regisseur als geen partner de leiding neemt {tail}"));
        let no_progress = told(Rung::College, Cause::NoProgress);
        assert_eq!(no_progress, format!("klimt naar het college als er geen uitkomst is {tail}"));
    }

    #[test]
    fn a_climb_that_is_reminded_of_says_when_first() {
        let step =
            step(Rung::Team, Cause::NotPickedUp, "36h", "2026-03-09T09:30:00Z", "2026-03-10T21:30:00Z");
        let step = PlannedStep { remind_at: Some("2026-03-10T14:18:00Z".parse().unwrap()), ..step };
        let told = explain(&step, &Directory::default());
        assert!(
            told.dutch.ends_with("; eerste herinnering op dinsdag 10 maart 2026 om 15.18 uur"),
            "{told:?}"
        );
        assert!(told.english.ends_with("; first reminder on Tuesday 10 March 2026 at 15:18"), "{told:?}");
    }

    #[test]
    fn a_deadline_is_explained_by_the_office_hours_it_was_counted_with() {
        let mut who = Directory::default();
        adopt(&mut who, 1, 9);
        adopt(&mut who, 2, 8);
        // Monday 16.30, two working hours: 30 minutes today, 90 from nine o'clock.
        let nine =
            step(Rung::Team, Cause::NotPickedUp, "2wh", "2026-03-09T15:30:00Z", "2026-03-10T09:30:00Z");
        assert!(explain(&nine, &who).dutch.contains("van 09.00 tot 17.00 uur"));
        let eight =
            step(Rung::Team, Cause::NotPickedUp, "2wh", "2026-03-09T15:30:00Z", "2026-03-10T08:30:00Z");
        assert!(explain(&eight, &who).dutch.contains("van 08.00 tot 17.00 uur"));
    }

    #[test]
    fn a_deadline_no_known_calendar_gives_is_told_without_reasons() {
        let mut who = Directory::default();
        adopt(&mut who, 1, 9);
        let odd = step(Rung::Team, Cause::NotPickedUp, "2wd", "2026-03-12T09:30:00Z", "2026-03-13T23:00:00Z");
        assert!(explain(&odd, &who).dutch.ends_with("geteld vanaf donderdag 12 maart 2026 om 10.30 uur"));
    }
}
