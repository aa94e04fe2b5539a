//! Quiet hours: when somebody is not to be told, on the clock in Amsterdam.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::{CalendarError, zone};
use crate::sector::named;

named! {
    /// A day of the week.
    Day {
        /// Monday.
        Monday = "monday", "maandag";
        /// Tuesday.
        Tuesday = "tuesday", "dinsdag";
        /// Wednesday.
        Wednesday = "wednesday", "woensdag";
        /// Thursday.
        Thursday = "thursday", "donderdag";
        /// Friday.
        Friday = "friday", "vrijdag";
        /// Saturday.
        Saturday = "saturday", "zaterdag";
        /// Sunday.
        Sunday = "sunday", "zondag";
    }
}

impl Day {
    fn of(date: Date) -> Self {
        Self::ALL[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())]
    }
}

/// Hours in which somebody is not to be told: from one time until another, on the days on which they begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// The days on which they begin; empty: every day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Day>,
    /// When they begin; midnight where it isn't said.
    #[serde(default)]
    pub from: Time,
    /// When they end: on the next day where that is not later than `from`. Midnight, the end of the day, where it isn't
    /// said.
    #[serde(default)]
    pub until: Time,
}

impl QuietHours {
    /// When the quiet hours end that it is at `at`; none when it isn't.
    pub fn end(&self, at: Timestamp) -> Result<Option<Timestamp>, CalendarError> {
        let today = zone::local_date(at);
        // What begins late lasts into the next day.
        for day in [today.yesterday().unwrap_or(today), today] {
            if !self.days.is_empty() && !self.days.contains(&Day::of(day)) {
                continue;
            }
            let last = if self.until <= self.from { day.tomorrow().unwrap_or(day) } else { day };
            // Compared as instants: of an hour that comes twice in autumn the clock alone can't tell which it is.
            let begins = zone::instant(day.to_datetime(self.from))?;
            let ends = zone::instant(last.to_datetime(self.until))?;
            if begins <= at && at < ends {
                return Ok(Some(ends));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::calendar::{read_start, render};
    use jiff::civil::time;

    fn end(days: &[Day], from: i8, until: i8, at: &str) -> Option<String> {
        let [from, until] = [from, until].map(|hour| time(hour, 0, 0, 0));
        let quiet = QuietHours { days: days.to_vec(), from, until };
        quiet.end(read_start(at).unwrap()).unwrap().map(render)
    }

    fn some(at: &str) -> Option<String> {
        Some(at.to_owned())
    }

    #[test]
    fn a_night_lasts_until_the_next_morning() {
        assert_eq!(end(&[], 18, 8, "2026-03-10T17:59"), None);
        assert_eq!(end(&[], 18, 8, "2026-03-10T18:00"), some("2026-03-11T08:00:00+01:00"));
        assert_eq!(end(&[], 18, 8, "2026-03-11T07:59"), some("2026-03-11T08:00:00+01:00"));
        assert_eq!(end(&[], 18, 8, "2026-03-11T08:00"), None);
    }

    #[test]
    fn days_are_those_on_which_it_begins() {
        let weekend = [Day::Saturday, Day::Sunday];
        assert_eq!(end(&weekend, 0, 0, "2026-03-13T23:59"), None);
        assert_eq!(end(&weekend, 0, 0, "2026-03-14T00:00"), some("2026-03-15T00:00:00+01:00"));
        assert_eq!(end(&weekend, 0, 0, "2026-03-15T12:00"), some("2026-03-16T00:00:00+01:00"));
        assert_eq!(end(&weekend, 0, 0, "2026-03-16T00:00"), None);
        assert_eq!(end(&[Day::Friday], 18, 8, "2026-03-14T07:00"), some("2026-03-14T08:00:00+01:00"));
        assert_eq!(end(&[Day::Friday], 18, 8, "2026-03-13T07:00"), None);
    }

    #[test]
    fn a_night_in_which_the_clock_changes_ends_by_the_clock() {
        assert_eq!(end(&[], 22, 7, "2026-03-28T23:00"), some("2026-03-29T07:00:00+02:00"));
        assert_eq!(end(&[], 22, 7, "2026-10-24T23:00"), some("2026-10-25T07:00:00+01:00"));
        // The hour that comes twice: quiet hours that end in it end the first time.
        let second = "2026-10-25T01:15:00Z".parse().unwrap();
        let quiet = QuietHours { days: vec![], from: time(22, 0, 0, 0), until: time(2, 30, 0, 0) };
        assert_eq!(quiet.end(second), Ok(None));
    }

    #[test]
    fn written_as_little_as_possible_it_is_a_whole_day() {
        let whole: QuietHours = serde_json::from_str(r#"{"days":["sunday"]}"#).unwrap();
        assert_eq!(
            (whole.days.as_slice(), whole.from, whole.until),
            (&[Day::Sunday][..], Time::midnight(), Time::midnight())
        );
    }
}
