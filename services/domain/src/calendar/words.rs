//! Deadlines in words, as people read them.
//!
//! An end of a day is said as that day: what is due at 00:00 on Thursday is due Wednesday at 24:00.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::zone;

const DAYS_NL: [&str; 7] = ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"];
const DAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS_NL: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A deadline in Dutch: `woensdag 8 april 2026 om 24.00 uur`. In whole minutes, rounded down.
pub fn in_words_nl(at: Timestamp) -> String {
    let (day, hour, minute) = as_read(at);
    let season = match zone::first_of_two(at) {
        Some(true) => " (zomertijd)",
        Some(false) => " (wintertijd)",
        None => "",
    };
    format!("{} om {hour:02}.{minute:02} uur{season}", day_in_words_nl(day))
}

/// A deadline in English: `Wednesday 8 April 2026 at 24:00`. In whole minutes, rounded down.
pub fn in_words_en(at: Timestamp) -> String {
    let (day, hour, minute) = as_read(at);
    let season = match zone::first_of_two(at) {
        Some(true) => " (summer time)",
        Some(false) => " (winter time)",
        None => "",
    };
    format!("{} at {hour:02}:{minute:02}{season}", day_in_words_en(day))
}

/// The name of a month in Dutch, which is 1 for January.
///
/// # Panics
/// When it is no month.
pub fn month_in_words_nl(month: i8) -> &'static str {
    MONTHS_NL[month as usize - 1]
}

/// A day in Dutch: `woensdag 8 april 2026`.
pub fn day_in_words_nl(day: Date) -> String {
    in_words(day, &DAYS_NL, &MONTHS_NL)
}

/// A day in English: `Wednesday 8 April 2026`.
pub fn day_in_words_en(day: Date) -> String {
    in_words(day, &DAYS_EN, &MONTHS_EN)
}

fn in_words(day: Date, days: &[&str; 7], months: &[&str; 12]) -> String {
    let weekday = days[day.weekday().to_monday_zero_offset() as usize];
    let month = months[day.month() as usize - 1];
    format!("{weekday} {} {month} {}", day.day(), day.year())
}

/// The day, hour (24 at the end of a day) and minute that are read for `at`.
fn as_read(at: Timestamp) -> (Date, i8, i8) {
    let local = zone::local(at);
    if local.time() == Time::midnight() {
        (zone::last_day_before(at), 24, 0)
    } else {
        (local.date(), local.hour(), local.minute())
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::calendar::read_start;

    #[test]
    fn the_end_of_a_day_is_read_as_that_day() {
        let at = read_start("2026-04-09").unwrap();
        assert_eq!(in_words_nl(at), "woensdag 8 april 2026 om 24.00 uur");
        assert_eq!(in_words_en(at), "Wednesday 8 April 2026 at 24:00");
        assert_eq!(in_words_nl(read_start("2026-01-01").unwrap()), "woensdag 31 december 2025 om 24.00 uur");
    }

    #[test]
    fn an_hour_is_read_to_the_minute() {
        let at = read_start("2026-04-09T14:30:59").unwrap();
        assert_eq!(in_words_nl(at), "donderdag 9 april 2026 om 14.30 uur");
        assert_eq!(in_words_en(at), "Thursday 9 April 2026 at 14:30");
        let late = read_start("2026-04-09T00:00:30").unwrap();
        assert_eq!(in_words_nl(late), "donderdag 9 april 2026 om 00.00 uur");
    }

    #[test]
    fn an_hour_that_comes_twice_names_its_season() {
        let first = read_start("2026-10-25T02:30+02:00").unwrap();
        let second = read_start("2026-10-25T02:30+01:00").unwrap();
        assert_eq!(in_words_nl(first), "zondag 25 oktober 2026 om 02.30 uur (zomertijd)");
        assert_eq!(in_words_nl(second), "zondag 25 oktober 2026 om 02.30 uur (wintertijd)");
        assert_eq!(in_words_en(second), "Sunday 25 October 2026 at 02:30 (winter time)");
    }

    #[test]
    fn every_weekday_and_month_has_its_name() {
        let day = |text: &str| day_in_words_nl(text.parse().unwrap());
        assert_eq!(day("2026-06-15"), "maandag 15 juni 2026");
        assert_eq!(day("2026-02-01"), "zondag 1 februari 2026");
        assert_eq!(day_in_words_en("2028-05-05".parse().unwrap()), "Friday 5 May 2028");
        assert_eq!((month_in_words_nl(1), month_in_words_nl(12)), ("januari", "december"));
    }
}
