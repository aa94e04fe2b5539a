//! The Dutch calendar: when a term that starts now is due, and why then.
//!
//! Two families of terms live side by side. *Statutory* terms follow the Algemene termijnenwet (Atw, the General
//! Extension of Time Limits Act); *service* terms are promises counted in calendar days, working days, working
//! hours or elapsed hours. All days are days in Europe/Amsterdam. Three rules hold for every term:
//!
//! * The starting day does not count. A start at 00:00 belongs to the day that begins there.
//! * A term in days or weeks is due at the end of its last day: 24:00, which is 00:00 of the day after.
//! * A term in hours is due to the instant: seconds of the start, if any, are kept and not rounded.

mod before;
mod days;
mod decrees;
mod easter;
mod every;
mod holidays;
mod quiet;
mod reason;
mod share;
mod start;
mod statutory;
mod term;
mod words;
mod working_days;
mod working_hours;
mod zone;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use before::period_before;
pub use days::{DayKind, FIRST_YEAR, LAST_YEAR};
pub use decrees::{FIRST_DECREED, HORIZON};
pub use easter::easter_sunday;
pub use every::Every;
pub use holidays::Holiday;
pub use quiet::{Day, QuietHours};
pub use reason::Reason;
pub use start::{StartError, StartRule, read_moment, read_start};
pub use term::{Term, TermError, TermRule, Unit};
pub use words::{day_in_words_en, day_in_words_nl, in_words_en, in_words_nl, month_in_words_nl};
pub use working_hours::OfficeHours;
pub use zone::{local_date, local_time, render, rendered};

/// Counts terms in the Netherlands, for an office with its own opening hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Calendar {
    hours: OfficeHours,
}

/// When a term is due, and each step that led there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The first instant at which the term is over.
    pub at: Timestamp,
    /// Why then, in the order in which the rules were applied.
    pub reasons: Vec<Reason>,
}

/// A question the calendar refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The start, or the answer, lies outside [`FIRST_YEAR`] to [`LAST_YEAR`].
    #[error("the calendar knows the years {FIRST_YEAR} to {LAST_YEAR}, not {year}")]
    YearOutOfRange {
        /// The first year that was met outside the range.
        year: i16,
    },
    /// An office must close later on the same day than it opens.
    #[error("office hours {opens} to {closes}: closing must come after opening, on the same day")]
    OfficeHours {
        /// When the office would open.
        opens: jiff::civil::Time,
        /// When it would close.
        closes: jiff::civil::Time,
    },
    /// A share of a term is 1 to 100 percent.
    #[error("{percent} % of a term: a share is 1 to 100 %")]
    Share {
        /// What was asked.
        percent: u8,
    },
}

impl Calendar {
    /// A calendar for an office that is open at `hours` on working days.
    pub const fn new(hours: OfficeHours) -> Self {
        Self { hours }
    }

    /// A calendar with the usual opening hours, 09:00 to 17:00.
    pub const fn dutch() -> Self {
        Self::new(OfficeHours::USUAL)
    }

    /// The opening hours this calendar counts with.
    pub const fn office_hours(&self) -> OfficeHours {
        self.hours
    }

    /// When `term`, started at `start`, is due. Takes no memory and about as long as the clock arithmetic itself.
    pub fn due_at(&self, start: Timestamp, term: Term) -> Result<Timestamp, CalendarError> {
        let count = i64::from(term.count());
        let day = days::number(zone::local(start).date())?;
        match term.unit() {
            Unit::Days => zone::end_of(days::date(day + count)?),
            Unit::StatutoryDays | Unit::StatutoryWeeks => {
                zone::end_of(days::date(statutory::count(day, term)?.last)?)
            }
            Unit::WorkingDays => zone::end_of(days::date(working_days::count(day, count)?)?),
            Unit::WorkingHours => working_hours::count(self.hours, start, SignedDuration::from_hours(count)),
            Unit::Hours => zone::later(start, SignedDuration::from_hours(count)),
        }
    }

    /// When `term`, started at `start`, is due, with its reasons.
    pub fn due(&self, start: Timestamp, term: Term) -> Result<Due, CalendarError> {
        let at = self.due_at(start, term)?;
        let mut reasons = Vec::new();
        let day = days::number(zone::local(start).date())?;
        match term.unit() {
            Unit::Days => reasons.push(Reason::StartDayNotCounted { day: days::date(day)? }),
            Unit::StatutoryDays | Unit::StatutoryWeeks => statutory::explain(day, term, &mut reasons)?,
            Unit::WorkingDays => working_days::explain(day, i64::from(term.count()), &mut reasons)?,
            Unit::WorkingHours => working_hours::explain(self.hours, start, at, &mut reasons)?,
            Unit::Hours => reasons.push(Reason::ElapsedHours { hours: term.count() }),
        }
        if term.unit() != Unit::WorkingHours {
            reasons.extend(zone::clock_change(start, at));
        }
        if term.is_in_days() {
            reasons.push(Reason::EndOfDay { day: zone::last_day_before(at) });
        }
        Ok(Due { at, reasons })
    }

    /// When `percent` of the time that `term` counts has passed: the moment for a reminder.
    ///
    /// Elapsed and working hours are divided exactly. Of a term in days it is the end of the day on which that
    /// share, rounded down to whole days, is reached, and never before the end of the first counted day. A
    /// statutory term is divided as extended, so that 100 % is always the due instant itself.
    pub fn at_share(&self, start: Timestamp, term: Term, percent: u8) -> Result<Timestamp, CalendarError> {
        share::at_share(self, start, term, percent)
    }

    /// What kind of day `day` is.
    pub fn day_kind(&self, day: Date) -> Result<DayKind, CalendarError> {
        Ok(days::kind(days::number(day)?))
    }

    /// Is `day` Monday to Friday, and not a day the Atw names or equals?
    pub fn is_working_day(&self, day: Date) -> Result<bool, CalendarError> {
        Ok(self.day_kind(day)? == DayKind::Working)
    }

    /// `at` itself while the office is open, else the next opening. At closing time the office is closed.
    pub fn next_opening(&self, at: Timestamp) -> Result<Timestamp, CalendarError> {
        working_hours::next_opening(self.hours, at)
    }

    /// When the office first opens after the end of `day`.
    pub fn opening_after(&self, day: Date) -> Result<Timestamp, CalendarError> {
        self.next_opening(zone::end_of(day)?)
    }

    /// How long the office was open from `from` until `until`; negative when `until` comes first.
    pub fn working_time_between(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<SignedDuration, CalendarError> {
        working_hours::between(self.hours, from, until)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn due(from: &str, term: &str) -> String {
        let at = Calendar::dutch().due_at(read_start(from).unwrap(), term.parse().unwrap()).unwrap();
        assert_eq!(Calendar::dutch().due(read_start(from).unwrap(), term.parse().unwrap()).unwrap().at, at);
        render(at)
    }

    #[test]
    fn a_term_in_days_ends_at_midnight_after_its_last_day() {
        assert_eq!(due("2026-04-02T10:00", "14d"), "2026-04-17T00:00:00+02:00");
        assert_eq!(due("2026-04-02", "1d"), "2026-04-04T00:00:00+02:00");
        assert_eq!(due("2026-04-02T23:59:59.999", "1d"), "2026-04-04T00:00:00+02:00");
    }

    #[test]
    fn the_starting_day_is_the_day_in_amsterdam() {
        assert_eq!(due("2026-04-02T22:30Z", "1d"), "2026-04-05T00:00:00+02:00");
        assert_eq!(due("2026-04-02T21:30Z", "1d"), "2026-04-04T00:00:00+02:00");
    }

    #[test]
    fn days_cross_a_clock_change_without_losing_midnight() {
        assert_eq!(due("2026-03-28T12:00", "1d"), "2026-03-30T00:00:00+02:00");
        assert_eq!(due("2026-10-24T12:00", "1d"), "2026-10-26T00:00:00+01:00");
    }

    #[test]
    fn elapsed_hours_are_counted_on_the_line_of_instants() {
        assert_eq!(due("2026-03-28T12:00", "36h"), "2026-03-30T01:00:00+02:00");
        assert_eq!(due("2026-10-24T12:00", "36h"), "2026-10-25T23:00:00+01:00");
        assert_eq!(due("2026-04-02T10:00:12.5", "1h"), "2026-04-02T11:00:12.5+02:00");
    }

    #[test]
    fn people_work_on_weekdays_that_are_no_holiday() {
        let works = |day: &str| Calendar::dutch().is_working_day(day.parse().unwrap());
        assert_eq!(works("2026-04-02"), Ok(true));
        assert_eq!(works("2026-04-03"), Ok(false), "Good Friday");
        assert_eq!(works("2026-04-04"), Ok(false), "a Saturday");
    }

    #[test]
    fn outside_its_years_the_calendar_refuses() {
        let calendar = Calendar::dutch();
        let refused = |from: &str, term: &str| {
            calendar.due_at(read_start(from).unwrap(), term.parse().unwrap()).unwrap_err()
        };
        assert_eq!(refused("1969-12-31T10:00", "1h"), CalendarError::YearOutOfRange { year: 1969 });
        for term in ["100000d", "100000sd", "100000sw", "100000wd"] {
            assert!(
                matches!(refused("2026-01-01", term), CalendarError::YearOutOfRange { year } if year > 2200)
            );
        }
        for term in ["1d", "1sd", "1sw", "1wd", "24h", "8wh"] {
            assert_eq!(
                refused("2200-12-31T20:00", term),
                CalendarError::YearOutOfRange { year: 2201 },
                "{term}"
            );
        }
        assert_eq!(due("2200-12-30T20:00", "1d"), "2201-01-01T00:00:00+01:00");
        assert_eq!(due("1969-12-31T23:30Z", "1h"), "1970-01-01T01:30:00+01:00");
    }
}
