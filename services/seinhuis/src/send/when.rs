//! How a file writes its times and days.
//!
//! `rfc3339` (the rule without one) needs an offset; `local` is the same on the clock of Amsterdam where the offset is
//! left out; anything with a `%` is a pattern after strftime (`%d-%m-%Y %H:%M`), read on the clock of Amsterdam unless
//! it has an offset (`%z`). Of an hour that comes twice in autumn the first is meant.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::TimeZone;
use seinhuis_domain::calendar::read_start;

static AMSTERDAM: TimeZone = jiff::tz::get!("Europe/Amsterdam");

/// One way to write times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum When {
    /// `2026-04-02T10:00:00+02:00`.
    #[default]
    Rfc3339,
    /// `2026-04-02T10:00`, in Amsterdam.
    Local,
    /// After a pattern.
    Pattern(String),
}

impl When {
    /// Reads the `format` of a map. The error is the rule that it breaks.
    pub(crate) fn named(text: &str) -> Result<Self, String> {
        match text {
            "rfc3339" => Ok(Self::Rfc3339),
            "local" => Ok(Self::Local),
            pattern if pattern.contains('%') => Self::pattern(pattern),
            _ => Err(format!(
                "{text:?} is no format; write \"rfc3339\", \"local\" or a pattern like \"%d-%m-%Y %H:%M\""
            )),
        }
    }

    /// A pattern must be able to read back what it writes.
    fn pattern(pattern: &str) -> Result<Self, String> {
        let sample = jiff::civil::date(2021, 12, 31).at(0, 0, 0, 0);
        let zoned = AMSTERDAM.to_ambiguous_zoned(sample).compatible().map_err(|error| error.to_string())?;
        let written = strtime::format(pattern, &zoned)
            .map_err(|error| format!("{pattern:?} is no pattern: {error}"))?;
        let own = Self::Pattern(pattern.to_owned());
        if own.day(&written) == Ok(sample.date()) {
            Ok(own)
        } else {
            Err(format!("{pattern:?} doesn't tell the whole day: it needs year, month and day"))
        }
    }

    /// Reads an instant. The error is the rule that the text breaks.
    pub(crate) fn instant(&self, text: &str) -> Result<Timestamp, String> {
        match self {
            Self::Rfc3339 => text.parse().map_err(|_| {
                "must be a time after RFC 3339, with its offset: 2026-04-02T10:00:00+02:00".to_owned()
            }),
            Self::Local => read_start(text).map_err(|error| error.rule.to_string()),
            Self::Pattern(pattern) => {
                let read = self.broken_down(pattern, text)?;
                if read.offset().is_some() {
                    return read.to_timestamp().map_err(|_| not_after(pattern));
                }
                let local =
                    self.date_of(&read, pattern)?.to_datetime(read.to_time().unwrap_or(Time::midnight()));
                AMSTERDAM.to_timestamp(local).map_err(|_| not_after(pattern))
            }
        }
    }

    /// Reads a day, such as a day of birth. The error is the rule that the text breaks.
    pub(crate) fn day(&self, text: &str) -> Result<Date, String> {
        match self {
            Self::Rfc3339 | Self::Local => text.parse().map_err(|_| "must be a day: 2001-12-31".to_owned()),
            Self::Pattern(pattern) => self.date_of(&self.broken_down(pattern, text)?, pattern),
        }
    }

    fn broken_down(&self, pattern: &str, text: &str) -> Result<BrokenDownTime, String> {
        BrokenDownTime::parse(pattern, text).map_err(|_| not_after(pattern))
    }

    fn date_of(&self, read: &BrokenDownTime, pattern: &str) -> Result<Date, String> {
        read.to_date().map_err(|_| not_after(pattern))
    }
}

fn not_after(pattern: &str) -> String {
    format!("must be written after {pattern:?}, and exist")
}

#[cfg(test)]
mod specs {
    use super::*;

    fn read(format: &str, text: &str) -> Result<String, String> {
        When::named(format)?.instant(text).map(|at| at.to_string())
    }

    #[test]
    fn a_time_with_an_offset_is_that_instant() {
        assert_eq!(
            read("rfc3339", "2025-04-30T11:56:09.809179+00:00").unwrap(),
            "2025-04-30T11:56:09.809179Z"
        );
        assert_eq!(read("%Y-%m-%d %H:%M %z", "2026-01-02 10:00 -0500").unwrap(), "2026-01-02T15:00:00Z");
    }

    #[test]
    fn a_time_without_an_offset_is_amsterdams_where_the_map_says_so() {
        assert_eq!(read("local", "2026-04-02T10:00").unwrap(), "2026-04-02T08:00:00Z");
        assert_eq!(read("%d-%m-%Y %H:%M", "02-01-2026 10:00").unwrap(), "2026-01-02T09:00:00Z");
        assert_eq!(read("%d-%m-%Y", "02-07-2026").unwrap(), "2026-07-01T22:00:00Z");
        assert!(read("rfc3339", "2026-04-02T10:00").unwrap_err().contains("with its offset"));
    }

    #[test]
    fn a_day_that_does_not_exist_is_refused() {
        assert!(read("%d-%m-%Y %H:%M", "30-02-2026 10:00").unwrap_err().contains("and exist"));
        assert!(read("local", "2026-02-30").is_err());
        assert!(When::Rfc3339.day("2001-02-29").is_err());
    }

    #[test]
    fn the_hour_that_comes_twice_is_read_as_the_first() {
        assert_eq!(read("%d-%m-%Y %H:%M", "25-10-2026 02:30").unwrap(), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn a_pattern_that_cannot_tell_the_day_is_refused() {
        for format in ["%H:%M", "%Y-%m", "%Q", "iso", ""] {
            assert!(When::named(format).is_err(), "{format}");
        }
    }

    #[test]
    fn a_day_of_birth_follows_the_pattern() {
        assert_eq!(
            When::named("%d/%m/%Y").unwrap().day("31/12/2001").unwrap(),
            jiff::civil::date(2001, 12, 31)
        );
    }
}
