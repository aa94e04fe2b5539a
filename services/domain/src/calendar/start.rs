//! Reading when a term starts: `2026-04-02T10:00`, with seconds, with an offset or `Z`, or the bare day.
//!
//! Without an offset it is what the clock in Amsterdam shows. A time in the hour that the clock skips in spring is
//! read with the offset of before (02:30 is then what the clock calls 03:30); of the hour that comes twice in
//! autumn the first is meant, in summer time. Write the offset to say otherwise.
//!
//! A moment of the past is read more strictly: it is asked for because something was so *then*, so a time that the clock
//! never showed, or showed twice, is refused.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::zone;

/// A text that is no start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("moment {value:?}: {rule}")]
pub struct StartError {
    /// What was written, at most its first 40 characters.
    pub value: String,
    /// What is wrong with it.
    pub rule: StartRule,
}

/// The rules for writing a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StartRule {
    /// It does not look like one.
    #[error(
        "write 2026-04-02, 2026-04-02T10:00 or 2026-04-02T10:00:00, if need be with +02:00 or Z behind it"
    )]
    Shape,
    /// The day is not in the calendar, as 30 February.
    #[error("there is no such day")]
    Day,
    /// The time is not on the clock: hours are 00 to 23, minutes and seconds 00 to 59.
    #[error("there is no such time of day; the end of a day is 00:00 of the next")]
    Time,
    /// The offset is larger than clocks have.
    #[error("there is no such offset")]
    Offset,
    /// The clock in Amsterdam never showed it.
    #[error(
        "the clock in Amsterdam skips this time, as summer time begins; write a time that there was, or the offset behind it"
    )]
    Skipped,
    /// The clock in Amsterdam showed it twice.
    #[error(
        "the clock in Amsterdam shows this time twice, as summer time ends; write +02:00 behind it for the first or +01:00 for the second"
    )]
    Twice,
}

/// The instant that `text` names, at which a term starts.
pub fn read_start(text: &str) -> Result<Timestamp, StartError> {
    said(text, |local| zone::instant(local).map_err(|_| StartRule::Day))
}

/// The instant that `text` names, at which something was so: written like a start, but never a time that the clock skipped
/// or showed twice.
pub fn read_moment(text: &str) -> Result<Timestamp, StartError> {
    said(text, shown_once)
}

fn said(
    text: &str,
    by_the_clock: impl Fn(DateTime) -> Result<Timestamp, StartRule>,
) -> Result<Timestamp, StartError> {
    read(text, by_the_clock).map_err(|rule| StartError { value: text.chars().take(40).collect(), rule })
}

/// When the clock in Amsterdam shows `local`, if it does so once.
fn shown_once(local: DateTime) -> Result<Timestamp, StartRule> {
    match zone::shown(local) {
        zone::Shown::Once => zone::instant(local).map_err(|_| StartRule::Day),
        zone::Shown::Never => Err(StartRule::Skipped),
        zone::Shown::Twice => Err(StartRule::Twice),
    }
}

fn read(
    text: &str,
    by_the_clock: impl Fn(DateTime) -> Result<Timestamp, StartRule>,
) -> Result<Timestamp, StartRule> {
    let (day, rest) = text.split_at_checked(10).ok_or(StartRule::Shape)?;
    let [year, month, day] = numbers(day, '-', [4, 2, 2])?;
    let day = Date::new(year as i16, month as i8, day as i8).map_err(|_| StartRule::Day)?;
    let Some(rest) = rest.strip_prefix('T') else {
        return if rest.is_empty() {
            by_the_clock(day.to_datetime(Time::midnight()))
        } else {
            Err(StartRule::Shape)
        };
    };
    let (clock, zone) = rest.split_at(rest.find(['Z', '+', '-']).unwrap_or(rest.len()));
    let local = day.to_datetime(read_clock(clock)?);
    match read_offset(zone)? {
        Some(offset) => offset.to_timestamp(local).map_err(|_| StartRule::Day),
        None => by_the_clock(local),
    }
}

fn read_clock(text: &str) -> Result<Time, StartRule> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    let [hour, minute, second] = match (whole.len(), fraction) {
        (5, None) => numbers(whole, ':', [2, 2]).map(|[hour, minute]| [hour, minute, 0])?,
        _ => numbers(whole, ':', [2, 2, 2])?,
    };
    let nanos = fraction.map_or(Ok(0), read_fraction)?;
    Time::new(hour as i8, minute as i8, second as i8, nanos).map_err(|_| StartRule::Time)
}

/// One to nine digits behind the point, in nanoseconds.
fn read_fraction(text: &str) -> Result<i32, StartRule> {
    if !(1..=9).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(StartRule::Shape);
    }
    let digits: i32 = text.parse().map_err(|_| StartRule::Shape)?;
    Ok(digits * 10_i32.pow(9 - text.len() as u32))
}

fn read_offset(text: &str) -> Result<Option<Offset>, StartRule> {
    let (sign, rest) = match text.as_bytes().first() {
        None => return Ok(None),
        Some(b'Z') if text.len() == 1 => return Ok(Some(Offset::UTC)),
        Some(b'+') => (1, &text[1..]),
        Some(b'-') => (-1, &text[1..]),
        Some(_) => return Err(StartRule::Shape),
    };
    let [hours, minutes] = numbers(rest, ':', [2, 2])?;
    if hours > 23 || minutes > 59 {
        return Err(StartRule::Offset);
    }
    let offset = SignedDuration::from_mins(i64::from(sign * (hours * 60 + minutes)));
    Offset::try_from(offset).map(Some).map_err(|_| StartRule::Offset)
}

/// Numbers of exactly these widths, with `separator` between them.
fn numbers<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Result<[i32; N], StartRule> {
    let mut parts = text.split(separator);
    let mut found = [0; N];
    for (number, width) in found.iter_mut().zip(widths) {
        let part =
            parts.next().filter(|part| part.len() == width && part.bytes().all(|b| b.is_ascii_digit()));
        *number = part.and_then(|part| part.parse().ok()).ok_or(StartRule::Shape)?;
    }
    if parts.next().is_none() { Ok(found) } else { Err(StartRule::Shape) }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn utc(text: &str) -> String {
        read_start(text).unwrap().to_string()
    }

    #[test]
    fn without_an_offset_it_is_the_clock_in_amsterdam() {
        assert_eq!(utc("2026-04-02T10:00"), "2026-04-02T08:00:00Z");
        assert_eq!(utc("2026-01-02T10:00:30"), "2026-01-02T09:00:30Z");
        assert_eq!(utc("2026-04-02"), "2026-04-01T22:00:00Z");
    }

    #[test]
    fn an_offset_is_obeyed() {
        assert_eq!(utc("2026-04-02T10:00Z"), "2026-04-02T10:00:00Z");
        assert_eq!(utc("2026-04-02T10:00:00.125+02:00"), "2026-04-02T08:00:00.125Z");
        assert_eq!(utc("2026-04-02T10:00-03:30"), "2026-04-02T13:30:00Z");
        assert_eq!(utc("2026-04-02T10:00+23:59"), "2026-04-01T10:01:00Z");
    }

    #[test]
    fn a_skipped_time_goes_on_and_a_double_one_is_the_first() {
        assert_eq!(utc("2026-03-29T02:30"), "2026-03-29T01:30:00Z");
        assert_eq!(utc("2026-10-25T02:30"), "2026-10-25T00:30:00Z");
        assert_eq!(utc("2026-10-25T02:30+01:00"), "2026-10-25T01:30:00Z");
    }

    #[test]
    fn a_moment_is_never_a_time_that_the_clock_skips_or_shows_twice() {
        for text in
            ["2026-03-29", "2026-03-29T01:59:59", "2026-03-29T03:00", "2026-10-25T03:00", "2026-10-25T01:59"]
        {
            assert_eq!(read_moment(text), read_start(text));
        }
        for (text, rule) in [
            ("2026-03-29T02:00", StartRule::Skipped),
            ("2026-03-29T02:59:59.9", StartRule::Skipped),
            ("2026-10-25T02:00", StartRule::Twice),
            ("2026-10-25T02:59:59", StartRule::Twice),
            ("2026-02-30", StartRule::Day),
        ] {
            assert_eq!(read_moment(text), Err(StartError { value: text.to_owned(), rule }));
        }
        let with_offset = |text| read_moment(text).unwrap().to_string();
        assert_eq!(with_offset("2026-10-25T02:30+02:00"), "2026-10-25T00:30:00Z");
        assert_eq!(with_offset("2026-10-25T02:30+01:00"), "2026-10-25T01:30:00Z");
    }

    #[test]
    fn each_slip_of_the_pen_is_named() {
        for (rule, texts) in [
            (
                StartRule::Shape,
                &[
                    "",
                    "now",
                    "02-04-2026",
                    "2026-4-2",
                    "2026-04-02 10:00",
                    "2026-04-02T",
                    "2026-04-02T10",
                    "2026-04-02T1000",
                    "2026-04-02T10:00z",
                    "2026-04-02T10:00Z ",
                    "2026-04-02T10:00+0200",
                    "2026-04-02T10:00+02",
                    "2026-04-02T10:00.5",
                    "2026-04-02T10:00:00.",
                    "2026-04-02T10:00:00.1234567890",
                    "2026-04-02T10:00+02:00[Europe/Amsterdam]",
                    "2026-04-0é",
                    "+026-04-02",
                ][..],
            ),
            (StartRule::Day, &["2026-02-30", "2025-02-29T10:00", "2026-13-01", "2026-00-10"][..]),
            (StartRule::Time, &["2026-04-02T24:00", "2026-04-02T10:60", "2026-04-02T23:59:60"][..]),
            (StartRule::Offset, &["2026-04-02T10:00+24:00", "2026-04-02T10:00+02:60"][..]),
        ] {
            for text in texts {
                assert_eq!(read_start(text), Err(StartError { value: (*text).to_owned(), rule }));
            }
        }
    }

    #[test]
    fn any_four_digit_year_reads_without_a_panic() {
        for year in 0..=9999 {
            for rest in ["-01-01", "-12-31T23:59:59.999999999", "-12-31T23:59-23:59", "-01-01T00:00+23:59"] {
                let _ = read_start(&format!("{year:04}{rest}"));
            }
        }
        assert!(read_start("0000-01-01").is_ok());
    }
}
