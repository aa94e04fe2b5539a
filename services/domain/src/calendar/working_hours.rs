//! Working hours: time counts only while the office is open, on working days.
//!
//! A start while the office is closed begins at the next opening. A count that is full exactly at closing time is
//! due at that closing, not at the next opening. The clock changes on Sundays only, so every working day is open
//! equally long and a long count is one division.

use jiff::civil::{DateTime, Time};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::days::{self, DayKind};
use super::{CalendarError, Reason, working_days, zone};

/// When an office is open on a working day, on the clock in Amsterdam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct OfficeHours {
    opens: Time,
    closes: Time,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    opens: Time,
    closes: Time,
}

impl OfficeHours {
    /// 09:00 to 17:00.
    pub const USUAL: Self = Self { opens: Time::constant(9, 0, 0, 0), closes: Time::constant(17, 0, 0, 0) };

    /// Open from `opens` until `closes`, which must be later on the same day.
    pub fn new(opens: Time, closes: Time) -> Result<Self, CalendarError> {
        if opens < closes {
            Ok(Self { opens, closes })
        } else {
            Err(CalendarError::OfficeHours { opens, closes })
        }
    }

    /// When the office opens.
    pub const fn opens(self) -> Time {
        self.opens
    }

    /// When it closes.
    pub const fn closes(self) -> Time {
        self.closes
    }

    fn length(self) -> i64 {
        nanos(self.closes.duration_since(self.opens))
    }

    fn open_until(self, time: Time) -> i64 {
        nanos(time.duration_since(self.opens)).clamp(0, self.length())
    }
}

impl Default for OfficeHours {
    fn default() -> Self {
        Self::USUAL
    }
}

impl TryFrom<Unchecked> for OfficeHours {
    type Error = CalendarError;

    fn try_from(hours: Unchecked) -> Result<Self, CalendarError> {
        Self::new(hours.opens, hours.closes)
    }
}

/// When the office has been open for `open` (more than nothing) since `start`.
pub(super) fn count(
    hours: OfficeHours,
    start: Timestamp,
    open: SignedDuration,
) -> Result<Timestamp, CalendarError> {
    let (day, used) = opening(hours, zone::local(start))?;
    let total = used + nanos(open);
    // Minus one: what ends exactly at closing belongs to the day that closes.
    let further = (total - 1) / hours.length();
    let last = days::nth_working_day(days::working_days_until(day) + further)?;
    at_open(hours, last, total - further * hours.length())
}

/// `at` while the office is open, else the next opening.
pub(super) fn next_opening(hours: OfficeHours, at: Timestamp) -> Result<Timestamp, CalendarError> {
    let (day, used) = opening(hours, zone::local(at))?;
    if used > 0 { Ok(at) } else { at_open(hours, day, 0) }
}

/// How long the office was open between two instants; negative when the second is first.
pub(super) fn between(
    hours: OfficeHours,
    from: Timestamp,
    until: Timestamp,
) -> Result<SignedDuration, CalendarError> {
    let open_before = |at: Timestamp| {
        let local = zone::local(at);
        let day = days::number(local.date())?;
        let today = days::kind(day) == DayKind::Working;
        let whole_days = days::working_days_until(day) - i64::from(today);
        let used = if today { hours.open_until(local.time()) } else { 0 };
        Ok(whole_days * hours.length() + used)
    };
    Ok(SignedDuration::from_nanos(open_before(until)? - open_before(from)?))
}

/// Tell how the count from `start` to `due` went.
pub(super) fn explain(
    hours: OfficeHours,
    start: Timestamp,
    due: Timestamp,
    reasons: &mut Vec<Reason>,
) -> Result<(), CalendarError> {
    let (local_start, local_due) = (zone::local(start), zone::local(due));
    let (began, used) = opening(hours, local_start)?;
    reasons.push(Reason::OpenHoursCount { opens: hours.opens, closes: hours.closes });
    let first = days::number(local_start.date())?;
    working_days::passed_over(first, days::number(local_due.date())?, reasons)?;
    if used == 0 && local_start.time() != hours.opens {
        reasons.push(Reason::BeginsAtOpening { day: days::date(began)?, opens: hours.opens });
    }
    if local_due.time() == hours.closes {
        reasons.push(Reason::FullAtClosing { day: local_due.date(), closes: hours.closes });
    }
    Ok(())
}

/// The working day on which counting begins, and how long (nanoseconds) that day was already open.
fn opening(hours: OfficeHours, local: DateTime) -> Result<(i64, i64), CalendarError> {
    let day = days::number(local.date())?;
    if days::kind(day) == DayKind::Working && local.time() < hours.closes {
        Ok((day, hours.open_until(local.time())))
    } else {
        Ok((days::working_day_after(day, 1)?, 0))
    }
}

/// The instant on a working day at which the office has been open for this many nanoseconds.
fn at_open(hours: OfficeHours, day: i64, open: i64) -> Result<Timestamp, CalendarError> {
    let opens = days::date(day)?.to_datetime(hours.opens);
    zone::instant(opens.saturating_add(SignedDuration::from_nanos(open)))
}

/// Nanoseconds that fit: 231 years of open office, or the largest term in hours, are well below 2^63.
fn nanos(duration: SignedDuration) -> i64 {
    duration.as_secs() * 1_000_000_000 + i64::from(duration.subsec_nanos())
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::calendar::{Calendar, read_start, render};
    use jiff::civil::{date, time};

    fn due(from: &str, hours: i64) -> String {
        render(
            count(OfficeHours::USUAL, read_start(from).unwrap(), SignedDuration::from_hours(hours)).unwrap(),
        )
    }

    #[test]
    fn what_does_not_fit_today_goes_on_tomorrow() {
        assert_eq!(due("2026-06-10T10:00", 4), "2026-06-10T14:00:00+02:00");
        assert_eq!(due("2026-06-10T10:00", 8), "2026-06-11T10:00:00+02:00");
        assert_eq!(due("2026-06-12T16:59:30", 1), "2026-06-15T09:59:30+02:00");
        assert_eq!(due("2026-06-10T16:59:59.5", 16), "2026-06-12T16:59:59.5+02:00");
    }

    #[test]
    fn a_count_that_is_full_at_closing_is_due_at_closing() {
        assert_eq!(due("2026-06-10T09:00", 8), "2026-06-10T17:00:00+02:00");
        assert_eq!(due("2026-06-10T16:00", 1), "2026-06-10T17:00:00+02:00");
        assert_eq!(due("2026-06-12T09:00", 16), "2026-06-15T17:00:00+02:00");
    }

    #[test]
    fn a_start_while_closed_begins_at_the_next_opening() {
        assert_eq!(due("2026-06-10T06:30", 1), "2026-06-10T10:00:00+02:00");
        assert_eq!(due("2026-06-10T17:00", 1), "2026-06-11T10:00:00+02:00");
        assert_eq!(due("2026-04-02T18:00", 8), "2026-04-07T17:00:00+02:00");
        assert_eq!(due("2026-10-25T02:30", 1), "2026-10-26T10:00:00+01:00");
    }

    #[test]
    fn the_profile_sets_the_hours() {
        let hours = OfficeHours::new(time(8, 30, 0, 0), time(12, 15, 0, 0)).unwrap();
        let at =
            |from, n| render(count(hours, read_start(from).unwrap(), SignedDuration::from_hours(n)).unwrap());
        assert_eq!(at("2026-06-10T08:00", 4), "2026-06-11T08:45:00+02:00");
        assert_eq!(at("2026-06-10T12:15", 15), "2026-06-16T12:15:00+02:00");
    }

    #[test]
    fn an_office_closes_after_it_opens() {
        let nine = time(9, 0, 0, 0);
        assert_eq!(
            OfficeHours::new(nine, nine),
            Err(CalendarError::OfficeHours { opens: nine, closes: nine })
        );
        let read = |json| serde_json::from_str::<OfficeHours>(json);
        assert_eq!(read(r#"{"opens":"09:00","closes":"17:00"}"#).unwrap(), OfficeHours::USUAL);
        assert!(read(r#"{"opens":"17:00","closes":"09:00"}"#).is_err());
        assert!(read(r#"{"opens":"09:00","closes":"17:00","lunch":"12:00"}"#).is_err());
    }

    #[test]
    fn the_next_opening_is_now_while_open() {
        let next = |from| render(Calendar::dutch().next_opening(read_start(from).unwrap()).unwrap());
        assert_eq!(next("2026-06-10T10:00"), "2026-06-10T10:00:00+02:00");
        assert_eq!(next("2026-06-10T09:00"), "2026-06-10T09:00:00+02:00");
        assert_eq!(next("2026-06-10T08:59"), "2026-06-10T09:00:00+02:00");
        assert_eq!(next("2026-06-12T17:00"), "2026-06-15T09:00:00+02:00");
    }

    #[test]
    fn age_in_working_time_counts_open_hours_only() {
        let age = |from, until| {
            let calendar = Calendar::dutch();
            calendar.working_time_between(read_start(from).unwrap(), read_start(until).unwrap()).unwrap()
        };
        assert_eq!(age("2026-06-12T16:00", "2026-06-15T10:30"), SignedDuration::from_mins(150));
        assert_eq!(age("2026-06-15T10:30", "2026-06-12T16:00"), SignedDuration::from_mins(-150));
        assert_eq!(age("2026-06-13", "2026-06-14T23:00"), SignedDuration::ZERO);
        assert_eq!(age("2026-06-12T16:00", "2026-06-13T12:00"), SignedDuration::from_mins(60));
        assert_eq!(age("2026-04-02", "2026-04-09"), SignedDuration::from_hours(24));
    }

    #[test]
    fn a_start_while_the_office_is_open_or_opens_is_told_no_beginning() {
        for (start, due) in
            [("2026-06-10T11:00", "2026-06-10T14:00"), ("2026-06-10T09:00", "2026-06-10T12:00")]
        {
            let mut reasons = Vec::new();
            let [start, due] = [start, due].map(|text| read_start(text).unwrap());
            explain(OfficeHours::USUAL, start, due, &mut reasons).unwrap();
            assert_eq!(reasons.len(), 1, "{reasons:?}");
        }
    }

    #[test]
    fn the_reasons_tell_closed_days_and_a_full_day() {
        let due =
            Calendar::dutch().due(read_start("2026-06-12T18:00").unwrap(), "8wh".parse().unwrap()).unwrap();
        let hours = OfficeHours::USUAL;
        assert_eq!(
            due.reasons,
            [
                Reason::OpenHoursCount { opens: hours.opens, closes: hours.closes },
                Reason::DayPassedOver { day: date(2026, 6, 13), because: DayKind::Weekend },
                Reason::DayPassedOver { day: date(2026, 6, 14), because: DayKind::Weekend },
                Reason::BeginsAtOpening { day: date(2026, 6, 15), opens: hours.opens },
                Reason::FullAtClosing { day: date(2026, 6, 15), closes: hours.closes },
            ]
        );
    }
}
