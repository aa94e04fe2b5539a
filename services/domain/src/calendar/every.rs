//! Moments that lie a day, a week or a month apart on the clock of Amsterdam, for comparing how things stood.

use jiff::{Span, Timestamp};

use super::zone;
use crate::sector::named;
use serde::{Deserialize, Serialize};
use std::fmt;

named! {
    /// How far apart two moments are.
    Every {
        /// A day.
        Day = "day", "dag";
        /// A week.
        Week = "week", "week";
        /// A month.
        Month = "month", "maand";
    }
}

impl Every {
    fn times(self, count: i64) -> Span {
        match self {
            Self::Day => Span::new().days(count),
            Self::Week => Span::new().weeks(count),
            Self::Month => Span::new().months(count),
        }
    }

    /// The moment as far before `at` as two moments are apart; the first a clock can hold where there is none.
    pub fn before(self, at: Timestamp) -> Timestamp {
        let at = at.to_zoned(zone::amsterdam());
        at.checked_sub(self.times(1)).map_or(Timestamp::MIN, |before| before.timestamp())
    }

    /// The moments from `from` on, none after `until`. Each is counted from the first, so that the 31st is not lost in a short
    /// month; at an hour that a clock change skips it is an hour later.
    pub fn moments(self, from: Timestamp, until: Timestamp) -> impl Iterator<Item = Timestamp> {
        let first = from.to_zoned(zone::amsterdam());
        let moment = move |count| first.checked_add(self.times(count)).ok().map(|at| at.timestamp());
        (0..).map_while(moment).take_while(move |at| *at <= until)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn moments(every: Every, from: &str, until: &str) -> Vec<String> {
        let moments = every.moments(from.parse().unwrap(), until.parse().unwrap());
        moments.map(zone::render).collect()
    }

    #[test]
    fn a_month_after_the_31st_is_the_last_day_and_the_month_after_that_the_31st_again() {
        assert_eq!(
            moments(Every::Month, "2026-01-31T11:00:00Z", "2026-03-31T10:00:00Z"),
            ["2026-01-31T12:00:00+01:00", "2026-02-28T12:00:00+01:00", "2026-03-31T12:00:00+02:00"]
        );
    }

    #[test]
    fn a_month_before_the_31st_is_the_last_day_of_a_shorter_one() {
        let before = |every: Every, at: &str| zone::render(every.before(at.parse().unwrap()));
        assert_eq!(before(Every::Month, "2026-03-31T10:00:00Z"), "2026-02-28T12:00:00+01:00");
        assert_eq!(Every::Month.before(Timestamp::MIN), Timestamp::MIN);
    }

    #[test]
    fn a_day_later_is_the_same_hour_also_when_the_clocks_change() {
        assert_eq!(
            moments(Every::Day, "2026-03-28T01:30:00Z", "2026-03-30T12:00:00Z"),
            ["2026-03-28T02:30:00+01:00", "2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00"]
        );
    }

    #[test]
    fn the_last_moment_may_be_the_end_and_an_end_before_the_beginning_has_none() {
        assert_eq!(moments(Every::Week, "2026-06-01T10:00:00Z", "2026-06-15T10:00:00Z").len(), 3);
        assert_eq!(moments(Every::Week, "2026-06-01T10:00:00Z", "2026-06-15T09:59:59Z").len(), 2);
        assert!(moments(Every::Day, "2026-06-01T10:00:00Z", "2026-05-01T10:00:00Z").is_empty());
    }
}
