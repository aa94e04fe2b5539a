//! Who is told, in words: for whom he stands in, and until when his notice is held.

use super::{Explanation, words};
use crate::calendar::{day_in_words_en, day_in_words_nl};
use crate::ids::PersonId;
use crate::tell::{Addressee, Away, Duty, Hold, HoldCause};

/// All who are told. `because` is empty for facts that were written before it was said.
pub(super) fn explain(tell: &[PersonId], because: &[Addressee]) -> Explanation {
    let plain = |told: &Addressee| told.duty == Duty::OnDuty && told.hold.is_none();
    if because.iter().all(plain) {
        return together(tell);
    }
    let each: Vec<Explanation> = because.iter().map(alone).collect();
    let joined = |of: fn(&Explanation) -> &str| each.iter().map(of).collect::<Vec<_>>().join("; ");
    Explanation::new(joined(|told| &told.dutch), joined(|told| &told.english))
}

/// In proper grammar.
fn together(tell: &[PersonId]) -> Explanation {
    match tell {
        [] => words::pair("niemand krijgt bericht", "nobody is told"),
        [one] => Explanation::new(format!("{one} krijgt bericht"), format!("{one} is told")),
        several => Explanation::new(
            format!("{} krijgen bericht", words::list(several, "en")),
            format!("{} are told", words::list(several, "and")),
        ),
    }
}

fn alone(told: &Addressee) -> Explanation {
    let Addressee { person, duty, hold } = told;
    let because = match duty {
        Duty::OnDuty | Duty::NobodyOnDuty { .. } => words::pair("", ""),
        Duty::Deputy { away } => phrase(" als vervanger van", " as deputy of", away),
        Duty::Fallback { away } if away.is_empty() => words::pair(
            " als achtervang, want voor deze trede is niemand aangewezen",
            " as the fallback, for nobody is named for this rung",
        ),
        Duty::Fallback { away } => phrase(" als achtervang voor", " as the fallback for", away),
    };
    let held = hold.as_ref().map_or_else(|| words::pair("", ""), |hold| held(told, hold));
    Explanation::new(
        format!("{person} krijgt bericht{}{}", because.dutch, held.dutch),
        format!("{person} is told{}{}", because.english, held.english),
    )
}

fn phrase(dutch: &str, english: &str, away: &[Away]) -> Explanation {
    let gone = gone(away);
    Explanation::new(format!("{dutch} {}", gone.dutch), format!("{english} {}", gone.english))
}

fn held(told: &Addressee, hold: &Hold) -> Explanation {
    let until = words::moment(hold.until);
    let causes: Vec<Explanation> = hold.because.iter().map(|cause| held_for(*cause, told)).collect();
    Explanation::new(
        format!(
            ", aangehouden tot {}: {}",
            until.dutch,
            words::list(causes.iter().map(|cause| &cause.dutch), "en")
        ),
        format!(
            ", held until {}: {}",
            until.english,
            words::list(causes.iter().map(|cause| &cause.english), "and")
        ),
    )
}

fn held_for(cause: HoldCause, told: &Addressee) -> Explanation {
    match (cause, &told.duty) {
        (HoldCause::NobodyOnDuty, Duty::NobodyOnDuty { away }) => {
            phrase("niemand is aanwezig, want afwezig zijn", "nobody is on duty, away are", away)
        }
        (HoldCause::NobodyOnDuty, _) => words::pair("niemand is aanwezig", "nobody is on duty"),
        (HoldCause::OutsideOfficeHours, _) => words::pair("het kantoor is dicht", "the office is closed"),
        (HoldCause::QuietHours, _) => Explanation::new(
            format!("stille uren van {}", told.person),
            format!("quiet hours of {}", told.person),
        ),
    }
}

fn gone(away: &[Away]) -> Explanation {
    let dutch = away
        .iter()
        .map(|gone| format!("{} (afwezig tot en met {})", gone.person, day_in_words_nl(gone.until)));
    let english =
        away.iter().map(|gone| format!("{} (away until {})", gone.person, day_in_words_en(gone.until)));
    Explanation::new(words::list(dutch, "en"), words::list(english, "and"))
}

#[cfg(test)]
mod specs {
    use super::*;
    use jiff::civil::date;

    fn id(name: &str) -> PersonId {
        PersonId::new(name).unwrap()
    }

    fn away(name: &str, until: i8) -> Away {
        Away { person: id(name), until: date(2026, 3, until) }
    }

    fn told(duty: Duty, hold: Option<Hold>) -> Explanation {
        explain(&[id("a")], &[Addressee { person: id("a"), duty, hold }])
    }

    #[test]
    fn several_people_and_nobody_are_told_in_proper_grammar() {
        assert_eq!(explain(&[id("a"), id("b")], &[]).dutch, "a en b krijgen bericht");
        assert_eq!(explain(&[], &[]).dutch, "niemand krijgt bericht");
        assert_eq!(told(Duty::OnDuty, None), words::pair("a krijgt bericht", "a is told"));
    }

    #[test]
    fn a_deputy_is_told_as_one() {
        let deputy = told(Duty::Deputy { away: vec![away("b", 13), away("c", 11)] }, None);
        assert_eq!(
            deputy.dutch,
            "a krijgt bericht als vervanger van b (afwezig tot en met vrijdag 13 maart 2026) en c (afwezig tot en met \
             woensdag 11 maart 2026)"
        );
        assert!(
            deputy.english.starts_with("a is told as deputy of b (away until Friday 13 March 2026) and c")
        );
    }

    #[test]
    fn the_fallback_is_told_as_one() {
        let nobody_named = told(Duty::Fallback { away: vec![] }, None).dutch;
        assert_eq!(
            nobody_named,
            "a krijgt bericht als achtervang, want voor deze trede is niemand aangewezen"
        );
        let away = told(Duty::Fallback { away: vec![away("b", 13)] }, None).english;
        assert_eq!(away, "a is told as the fallback for b (away until Friday 13 March 2026)");
    }

    #[test]
    fn quiet_hours_are_said_with_whose_they_are() {
        let until = "2026-03-16T08:00:00Z".parse().unwrap();
        let because = vec![HoldCause::OutsideOfficeHours, HoldCause::QuietHours];
        let held = told(Duty::OnDuty, Some(Hold { until, because }));
        assert_eq!(
            held.dutch,
            "a krijgt bericht, aangehouden tot maandag 16 maart 2026 om 09.00 uur: het kantoor is dicht en stille uren van a"
        );
        assert_eq!(
            held.english,
            "a is told, held until Monday 16 March 2026 at 09:00: the office is closed and quiet hours of a"
        );
    }

    #[test]
    fn a_notice_that_is_held_says_until_when_and_why() {
        let until = "2026-03-16T08:00:00Z".parse().unwrap();
        let hold = Some(Hold { until, because: vec![HoldCause::NobodyOnDuty] });
        let held = told(Duty::NobodyOnDuty { away: vec![away("a", 13)] }, hold);
        assert_eq!(
            held.dutch,
            "a krijgt bericht, aangehouden tot maandag 16 maart 2026 om 09.00 uur: niemand is aanwezig, want afwezig zijn \
             a (afwezig tot en met vrijdag 13 maart 2026)"
        );
        assert_eq!(
            held.english,
            "a is told, held until Monday 16 March 2026 at 09:00: nobody is on duty, away are a (away until Friday 13 \
             March 2026)"
        );
    }
}
