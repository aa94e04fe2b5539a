//! The calendar against a slow one written apart, for every day and minute of 2023 to 2028.

#![allow(clippy::unwrap_used)]

#[path = "calendar_against_a_minute_walker/walker.rs"]
mod walker;

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::time;
use proptest::prelude::*;
use seinhuis_domain::calendar::{Calendar, OfficeHours, Term, Unit, read_start, render};
use walker::Walker;

static WALKER: LazyLock<Walker> = LazyLock::new(Walker::new);

/// The days and minutes of 2023 to 2028; terms may run on into 2029.
const DAYS: usize = 2192;
const MINUTES: usize = DAYS * 24 * 60;

fn instant(minute: usize) -> Timestamp {
    Timestamp::from_second(WALKER.epoch_seconds(minute)).unwrap()
}

fn due(minute: usize, count: u32, unit: Unit) -> Timestamp {
    Calendar::dutch().due_at(instant(minute), Term::new(count, unit).unwrap()).unwrap()
}

#[test]
fn the_walker_covers_what_is_claimed() {
    assert_eq!(WALKER.shown(0), "2023-01-01T00:00");
    assert_eq!(WALKER.shown(MINUTES), "2029-01-01T00:00");
    let free = WALKER.days[..DAYS].iter().filter(|day| day.free).count();
    assert!((626..626 + 60).contains(&free), "{free} days without work, 626 of them in weekends");
}

#[test]
fn every_day_has_the_end_the_walker_finds_for_every_term_in_days() {
    for day in 0..DAYS {
        let minutes = WALKER.days[day].begins..WALKER.days[day + 1].begins;
        // The first minute, the last, and one in between that differs from day to day.
        for minute in [minutes.start, minutes.start + day * 37 % minutes.len(), minutes.end - 1] {
            let check = |count: usize, unit: Unit, last: usize| {
                let (found, expected) = (due(minute, count as u32, unit), instant(WALKER.end_of(last)));
                assert_eq!(found, expected, "{} {count}{}", WALKER.written(minute), unit.suffix());
            };
            for count in 1..=20 {
                check(count, Unit::Days, day + count);
                check(count, Unit::StatutoryDays, WALKER.statutory(day, count, false));
                check(count, Unit::WorkingDays, WALKER.working_days(day, count));
            }
            for count in [60, 89, 90, 91, 92, 120] {
                check(count, Unit::StatutoryDays, WALKER.statutory(day, count, count > 90));
            }
            for weeks in 1..=13 {
                check(weeks, Unit::StatutoryWeeks, WALKER.statutory(day, 7 * weeks, weeks > 12));
            }
        }
    }
}

#[test]
fn every_minute_is_read_and_written_as_the_walker_shows_it() {
    for minute in 0..MINUTES {
        let written = WALKER.written(minute);
        assert_eq!(render(instant(minute)), written);
        assert_eq!(read_start(&written).unwrap(), instant(minute), "{written}");
        // Minutes that come twice are read as the first, so the second can't be read from the clock alone.
        let second = minute >= 60 && WALKER.minutes[minute].clock == WALKER.minutes[minute - 60].clock;
        let meant = if second { minute - 60 } else { minute };
        assert_eq!(read_start(&WALKER.shown(minute)).unwrap(), instant(meant), "{written}");
    }
}

#[test]
fn every_minute_has_the_end_the_walker_finds_in_working_hours() {
    let open: Vec<usize> = (0..WALKER.minutes.len()).filter(|m| WALKER.open(*m, 540, 1020)).collect();
    let mut before = 0;
    for minute in 0..MINUTES {
        for hours in [1, 8, 13] {
            let full = open[before + hours * 60 - 1] + 1;
            let found = due(minute, hours as u32, Unit::WorkingHours);
            assert_eq!(found, instant(full), "{} {hours}wh", WALKER.written(minute));
        }
        before += usize::from(open[before] == minute);
    }
}

#[test]
fn every_minute_has_the_end_the_walker_finds_in_elapsed_hours() {
    for minute in 0..MINUTES {
        for hours in [1, 36] {
            assert_eq!(due(minute, hours, Unit::Hours), instant(minute + hours as usize * 60));
        }
    }
}

#[test]
fn around_each_clock_change_every_minute_ends_as_the_walker_walks() {
    let changes: Vec<usize> =
        (1..DAYS).filter(|day| WALKER.days[day + 1].begins - WALKER.days[*day].begins != 24 * 60).collect();
    assert_eq!(changes.len(), 12);
    for sunday in changes {
        for minute in WALKER.days[sunday - 1].begins..WALKER.days[sunday + 2].begins {
            for hours in [1, 5, 24, 36] {
                let found = render(due(minute, hours, Unit::Hours));
                assert_eq!(found, WALKER.written(minute + hours as usize * 60), "{hours}h");
            }
            for hours in [1, 9] {
                let full = WALKER.working_minutes(minute, i64::from(hours) * 60, 540, 1020);
                let found = render(due(minute, hours, Unit::WorkingHours));
                assert_eq!(found, WALKER.written(full), "{} {hours}wh", WALKER.written(minute));
            }
            let day = WALKER.minutes[minute].day;
            let next_day = WALKER.written(WALKER.end_of(day + 1));
            assert_eq!(render(due(minute, 1, Unit::Days)), next_day, "{}", WALKER.written(minute));
        }
    }
}

proptest! {
    #[test]
    fn any_office_hours_count_as_the_walker_walks(
        start in 0..MINUTES,
        count in 1_u32..60,
        (opens, closes) in (0_i64..1439).prop_flat_map(|opens| (Just(opens), opens + 1..1440)),
    ) {
        let clock = |minute: i64| time((minute / 60) as i8, (minute % 60) as i8, 0, 0);
        let calendar = Calendar::new(OfficeHours::new(clock(opens), clock(closes)).unwrap());
        // A short office would take its term past the walker's years.
        let count = count.min((closes - opens) as u32).max(1);
        let full = WALKER.working_minutes(start, i64::from(count) * 60, opens, closes);
        let term = Term::new(count, Unit::WorkingHours).unwrap();
        prop_assert_eq!(render(calendar.due_at(instant(start), term).unwrap()), WALKER.written(full));
        let worked = calendar.working_time_between(instant(start), instant(full)).unwrap();
        prop_assert_eq!(worked.as_secs(), i64::from(count) * 3600);
        let opening = (start..).find(|minute| WALKER.open(*minute, opens, closes)).unwrap();
        prop_assert_eq!(calendar.next_opening(instant(start)).unwrap(), instant(opening));
    }

    #[test]
    fn the_reasons_lead_to_the_same_instant(
        start in 0..MINUTES,
        count in 1_u32..200,
        unit in prop::sample::select(vec![
            Unit::Days, Unit::StatutoryDays, Unit::StatutoryWeeks, Unit::WorkingDays, Unit::WorkingHours, Unit::Hours,
        ]),
    ) {
        let term = Term::new(count, unit).unwrap();
        let due = Calendar::dutch().due(instant(start), term).unwrap();
        prop_assert_eq!(due.at, Calendar::dutch().due_at(instant(start), term).unwrap());
        prop_assert!(!due.reasons.is_empty() && due.reasons.len() < 60, "{:?}", due.reasons);
    }
}
