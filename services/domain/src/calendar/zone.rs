//! The clock of Europe/Amsterdam: from instants to the day and hour that people see, and back.
//!
//! The zone is compiled in, so that two machines can't disagree about it.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{CalendarError, Reason, days};

static AMSTERDAM: TimeZone = jiff::tz::get!("Europe/Amsterdam");

/// The zone itself.
pub(super) fn amsterdam() -> TimeZone {
    AMSTERDAM.clone()
}

/// `at` in RFC 3339, with the offset that holds in Amsterdam then: `2026-04-09T00:00:00+02:00`.
pub fn render(at: Timestamp) -> String {
    rendered(at).to_string()
}

/// What [`render`] writes, to be written into something larger.
pub fn rendered(at: Timestamp) -> impl fmt::Display {
    at.display_with_offset(AMSTERDAM.to_offset(at))
}

/// The time of day in the Netherlands.
pub fn local_time(at: Timestamp) -> Time {
    local(at).time()
}

/// The day it is in the Netherlands.
pub fn local_date(at: Timestamp) -> Date {
    local(at).date()
}

/// What the clock in Amsterdam shows at `at`.
pub(super) fn local(at: Timestamp) -> DateTime {
    AMSTERDAM.to_datetime(at)
}

/// When the clock in Amsterdam shows `local`. A time in the hour that is skipped in spring is read with the
/// offset of before (02:30 is what the clock calls 03:30); of an hour that comes twice in autumn, the first.
pub(super) fn instant(local: DateTime) -> Result<Timestamp, CalendarError> {
    AMSTERDAM.to_timestamp(local).map_err(|_| CalendarError::YearOutOfRange { year: local.year() })
}

/// How often the clock in Amsterdam shows a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// In the hour that is skipped in spring.
    Never,
    /// As nearly always.
    Once,
    /// In the hour that comes twice in autumn.
    Twice,
}

/// How often it shows `local`.
pub(super) fn shown(local: DateTime) -> Shown {
    match AMSTERDAM.to_ambiguous_timestamp(local).offset() {
        jiff::tz::AmbiguousOffset::Gap { .. } => Shown::Never,
        jiff::tz::AmbiguousOffset::Unambiguous { .. } => Shown::Once,
        jiff::tz::AmbiguousOffset::Fold { .. } => Shown::Twice,
    }
}

/// The end of `day`, 24:00: the first instant of the day after.
pub(super) fn end_of(day: Date) -> Result<Timestamp, CalendarError> {
    instant(day.saturating_add(SignedDuration::from_hours(24)).to_datetime(Time::midnight()))
}

/// The day that `at` ends, or is in: 00:00 counts as the 24:00 of the day before.
pub(super) fn last_day_before(at: Timestamp) -> Date {
    local(at.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(at)).date()
}

/// `elapsed` later, whatever the clocks do.
pub(super) fn later(start: Timestamp, elapsed: SignedDuration) -> Result<Timestamp, CalendarError> {
    let at = start
        .checked_add(elapsed)
        .map_err(|_| CalendarError::YearOutOfRange { year: days::LAST_YEAR + 1 })?;
    days::number(last_day_before(at)).map(|_| at)
}

/// The clock change that makes the offset at `until` differ from that at `from`, if it does.
pub(super) fn clock_change(from: Timestamp, until: Timestamp) -> Option<Reason> {
    let (before, after) = (AMSTERDAM.to_offset(from), AMSTERDAM.to_offset(until));
    let up_to = until.checked_add(SignedDuration::from_secs(1)).ok()?;
    let change = AMSTERDAM.preceding(up_to).next().filter(|_| before != after)?;
    Some(Reason::ClockChange { day: local(change.timestamp()).date(), forward: after > before })
}

/// Which of two the clock shows: some, when the same local time comes twice; true for the first, in summer time.
pub(super) fn first_of_two(at: Timestamp) -> Option<bool> {
    match AMSTERDAM.to_ambiguous_timestamp(local(at)).offset() {
        jiff::tz::AmbiguousOffset::Fold { before, .. } => Some(AMSTERDAM.to_offset(at) == before),
        _ => None,
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use jiff::civil::{Weekday, date};

    #[test]
    fn an_instant_is_written_with_the_offset_of_its_season() {
        let written = |text: &str| render(text.parse().unwrap());
        assert_eq!(written("2026-04-08T22:00:00Z"), "2026-04-09T00:00:00+02:00");
        assert_eq!(written("2026-12-31T23:00:00Z"), "2027-01-01T00:00:00+01:00");
        assert_eq!(written("2026-01-01T00:00:00.25Z"), "2026-01-01T01:00:00.25+01:00");
    }

    #[test]
    fn an_instant_has_a_day_and_a_time_in_amsterdam() {
        let at = "2026-06-30T22:15:00Z".parse().unwrap();
        assert_eq!((local_date(at), local_time(at)), (date(2026, 7, 1), jiff::civil::time(0, 15, 0, 0)));
    }

    #[test]
    fn every_midnight_exists_once() {
        let mut day = date(days::FIRST_YEAR, 1, 1);
        while day.year() <= days::LAST_YEAR {
            let midnight = day.to_datetime(Time::midnight());
            assert!(!AMSTERDAM.to_ambiguous_timestamp(midnight).is_ambiguous(), "{day}");
            day = day.tomorrow().unwrap();
        }
    }

    /// On this rests that a working day's office hours are all equally long.
    #[test]
    fn the_clock_only_changes_on_sundays() {
        let from = instant(date(days::FIRST_YEAR, 1, 1).to_datetime(Time::midnight())).unwrap();
        let until = end_of(date(days::LAST_YEAR, 12, 31)).unwrap();
        let changes: Vec<_> =
            AMSTERDAM.following(from).map(|c| c.timestamp()).take_while(|at| *at < until).collect();
        assert!(changes.len() > 400, "{}", changes.len());
        for change in changes {
            assert_eq!(local(change).date().weekday(), Weekday::Sunday, "{change}");
        }
    }

    #[test]
    fn a_clock_change_is_told_when_the_offset_differs() {
        let change = |from: &str, until: &str| clock_change(from.parse().unwrap(), until.parse().unwrap());
        let spring = Reason::ClockChange { day: date(2026, 3, 29), forward: true };
        assert_eq!(change("2026-03-28T12:00Z", "2026-03-29T01:00Z"), Some(spring));
        assert_eq!(change("2026-03-28T12:00Z", "2026-03-29T00:59Z"), None);
        assert_eq!(change("2026-03-28T12:00Z", "2026-12-29T00:59Z"), None);
        let autumn = Reason::ClockChange { day: date(2026, 10, 25), forward: false };
        assert_eq!(change("2026-07-01T12:00Z", "2026-12-29T00:59Z"), Some(autumn));
    }
}
