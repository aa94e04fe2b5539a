//! The municipality of a seed: terms, people with their hours and absences, and when its weeks begin. Drawn so that clocks
//! change and holidays fall in it more often than they would by chance.

use jiff::civil::{Date, date, time};
use jiff::{Timestamp, ToSpan};
use seinhuis_domain::calendar::{Day, QuietHours, Term};
use seinhuis_domain::example;
use seinhuis_domain::policy::{Ladder, Reminders, RungTerms};
use seinhuis_domain::profile::{Absence, PersonEntry, Profile, check};

use crate::draw::Draw;

/// Around these a clock changes or holidays lie close together.
const AROUND: [(i8, i8); 5] = [(3, 18), (4, 20), (5, 1), (10, 14), (12, 14)];
const TERMS: [&str; 14] =
    ["5wd", "10wd", "2wd", "1wd", "8wh", "16wh", "4wh", "3d", "14d", "36h", "6h", "1sw", "6sd", "2sw"];

/// When the weeks of a seed begin.
pub(crate) fn start(draw: &mut Draw) -> Timestamp {
    let year = i16::try_from(draw.number(2023, 2040)).unwrap_or(2026);
    let (month, day) = draw.one(&AROUND);
    let day = date(year, month, day).saturating_add(draw.number(0, 12).days());
    let midnight = day.to_datetime(time(0, 0, 0, 0)).to_zoned(jiff::tz::TimeZone::UTC);
    let from = midnight.map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp());
    draw.instant(from, from + jiff::SignedDuration::from_hours(24))
}

/// A profile that holds together.
pub(crate) fn profile(draw: &mut Draw, first_day: Date) -> Profile {
    let mut profile = example::profile();
    profile.policy.ladder = ladder(draw);
    profile.fallback = draw.chance(50).then(|| profile.people[2].id.clone());
    let names: Vec<_> = profile.people.iter().map(|person| person.id.clone()).collect();
    for person in &mut profile.people {
        if draw.chance(40) {
            let deputy = draw.one(&names);
            person.deputy = Some(deputy).filter(|deputy| *deputy != person.id);
        }
        hours_and_absences(draw, person, first_day);
    }
    let checked = check(&profile);
    assert_eq!(checked, Ok(()), "a drawn profile holds together");
    profile
}

fn ladder(draw: &mut Draw) -> Ladder {
    let mut ladder = example::profile().policy.ladder;
    for rung in [&mut ladder.workfloor, &mut ladder.team, &mut ladder.regisseur] {
        *rung = RungTerms {
            pick_up: term(draw),
            pick_up_urgent: term(draw),
            progress: term(draw),
            hold_until_working_hours: draw.chance(40),
        };
    }
    (ladder.no_lead, ladder.lead_silent) = (term(draw), term(draw));
    ladder.lead_silent_climb = draw.chance(30).then(|| term(draw));
    ladder.urgent_breaks_quiet = draw.chance(50);
    ladder.reminders = draw.chance(70).then(|| Reminders {
        at_percent: draw.one(&[50, 80]),
        again_every: draw.one(&[None, Some("2h"), Some("1d"), Some("4wh"), Some("1wd")]).map(parsed),
        at_most: draw.one(&[1, 2, 3]),
    });
    ladder
}

fn hours_and_absences(draw: &mut Draw, person: &mut PersonEntry, first_day: Date) {
    if draw.chance(40) {
        let (from, until) = draw.one(&[(18, 8), (22, 7), (0, 6)]);
        let night = QuietHours { days: vec![], from: time(from, 0, 0, 0), until: time(until, 0, 0, 0) };
        person.quiet.push(night);
    }
    if draw.chance(20) {
        person.quiet.push(QuietHours {
            days: vec![Day::Saturday, Day::Sunday],
            from: time(0, 0, 0, 0),
            until: time(0, 0, 0, 0),
        });
    }
    while draw.chance(35) {
        let from = first_day.saturating_add(draw.number(0, 50).days());
        person.absences.push(Absence { from, until: from.saturating_add(draw.number(0, 13).days()) });
    }
}

fn term(draw: &mut Draw) -> Term {
    parsed(draw.one(&TERMS))
}

fn parsed(text: &str) -> Term {
    text.parse().expect("a term as it is written")
}
