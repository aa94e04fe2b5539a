//! A share of a term: when to remind someone before it is due.

use jiff::{SignedDuration, Timestamp};

use super::{Calendar, CalendarError, Term, Unit, days, statutory, working_days, working_hours, zone};

/// When `percent` of what `term` counts has passed; see [`Calendar::at_share`].
pub(super) fn at_share(
    calendar: &Calendar,
    start: Timestamp,
    term: Term,
    percent: u8,
) -> Result<Timestamp, CalendarError> {
    if !(1..=100).contains(&percent) {
        return Err(CalendarError::Share { percent });
    }
    let count = i64::from(term.count());
    let day = days::number(zone::local(start).date())?;
    // An hour is 3600 s, so one percent of it is 36 s exactly.
    let hours = SignedDuration::from_secs(count * 36 * i64::from(percent));
    let days_of = |length: i64| (length * i64::from(percent) / 100).max(1);
    match term.unit() {
        Unit::Hours => zone::later(start, hours),
        Unit::WorkingHours => working_hours::count(calendar.office_hours(), start, hours),
        Unit::Days => zone::end_of(days::date(day + days_of(count))?),
        Unit::WorkingDays => zone::end_of(days::date(working_days::count(day, days_of(count))?)?),
        Unit::StatutoryDays | Unit::StatutoryWeeks => {
            let length = statutory::count(day, term)?.last - day;
            zone::end_of(days::date(day + days_of(length))?)
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::calendar::{read_start, render};

    fn at(from: &str, term: &str, percent: u8) -> String {
        let calendar = Calendar::dutch();
        render(calendar.at_share(read_start(from).unwrap(), term.parse().unwrap(), percent).unwrap())
    }

    #[test]
    fn hours_are_divided_exactly() {
        assert_eq!(at("2026-06-10T10:00", "36h", 80), "2026-06-11T14:48:00+02:00");
        assert_eq!(at("2026-06-10T10:00", "8wh", 80), "2026-06-10T16:24:00+02:00");
        assert_eq!(at("2026-06-10T10:00", "1wh", 1), "2026-06-10T10:00:36+02:00");
    }

    #[test]
    fn days_are_rounded_down_but_never_to_none() {
        assert_eq!(at("2026-06-10T10:00", "14d", 80), "2026-06-22T00:00:00+02:00");
        assert_eq!(at("2026-06-10T10:00", "5wd", 80), "2026-06-17T00:00:00+02:00");
        assert_eq!(at("2026-06-12T10:00", "1wd", 80), "2026-06-16T00:00:00+02:00");
        assert_eq!(at("2026-04-02T10:00", "3sd", 80), "2026-04-07T00:00:00+02:00");
    }

    #[test]
    fn the_whole_share_is_the_due_instant() {
        let calendar = Calendar::dutch();
        for day in 0..365 {
            let start = read_start("2026-01-01T10:17:05").unwrap() + SignedDuration::from_hours(24 * day);
            for term in ["1d", "3sd", "10sd", "91sd", "6sw", "13sw", "5wd", "8wh", "3wh", "36h"] {
                let term: Term = term.parse().unwrap();
                let due = calendar.due_at(start, term).unwrap();
                assert_eq!(calendar.at_share(start, term, 100), Ok(due), "{start} {term}");
                assert!(calendar.at_share(start, term, 80).unwrap() <= due, "{start} {term}");
            }
        }
    }

    #[test]
    fn nothing_and_more_than_all_are_refused() {
        let (start, term) = (read_start("2026-01-01").unwrap(), "5wd".parse().unwrap());
        for percent in [0, 101] {
            assert_eq!(
                Calendar::dutch().at_share(start, term, percent),
                Err(CalendarError::Share { percent })
            );
        }
    }
}
