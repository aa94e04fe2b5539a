//! Every day the calendar knows, laid out once: its kind, and how many working days came before it.
//!
//! A day is a number here, counted from 1 January 1970. With the count of working days beside each day, "the
//! n-th working day after" is two lookups, however long the term.

use std::sync::LazyLock;

use jiff::SignedDuration;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::{CalendarError, Holiday, holidays::holidays};

/// The first year the calendar answers for.
pub const FIRST_YEAR: i16 = 1970;

/// The last year the calendar answers for.
pub const LAST_YEAR: i16 = 2200;

const EPOCH: Date = Date::constant(FIRST_YEAR, 1, 1);

/// What a day is to a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// Monday to Friday, and not a holiday.
    Working,
    /// Saturday or Sunday, and not a holiday.
    Weekend,
    /// A holiday, on whatever day of the week.
    Holiday(Holiday),
}

/// The number of `day`; a refusal when it is outside the known years.
pub(super) fn number(day: Date) -> Result<i64, CalendarError> {
    if (FIRST_YEAR..=LAST_YEAR).contains(&day.year()) {
        Ok(day.duration_since(EPOCH).as_secs() / 86_400)
    } else {
        Err(CalendarError::YearOutOfRange { year: day.year() })
    }
}

/// The day with this number, which may lie outside the known years: then it is refused.
pub(super) fn date(number: i64) -> Result<Date, CalendarError> {
    let day = EPOCH.saturating_add(SignedDuration::from_hours(24 * number));
    if (FIRST_YEAR..=LAST_YEAR).contains(&day.year()) {
        Ok(day)
    } else {
        Err(CalendarError::YearOutOfRange { year: day.year() })
    }
}

/// What kind of day a known day is.
pub(super) fn kind(number: i64) -> DayKind {
    TABLE.kinds[known(number)]
}

/// The `count`-th working day after a known day.
pub(super) fn working_day_after(number: i64, count: i64) -> Result<i64, CalendarError> {
    nth_working_day(working_days_until(number) + count)
}

/// The first working day that is not before a known day.
pub(super) fn working_day_from(number: i64) -> Result<i64, CalendarError> {
    if kind(number) == DayKind::Working { Ok(number) } else { working_day_after(number, 1) }
}

/// How many working days there are up to and including a known day, from the first day of the table.
pub(super) fn working_days_until(number: i64) -> i64 {
    i64::from(TABLE.until[known(number)])
}

/// The day until and including which there are `nth` working days; the first is 1.
pub(super) fn nth_working_day(nth: i64) -> Result<i64, CalendarError> {
    let found = usize::try_from(nth - 1).ok().and_then(|index| TABLE.working.get(index));
    found.map(|number| i64::from(*number)).ok_or(CalendarError::YearOutOfRange { year: LAST_YEAR + 1 })
}

struct Table {
    kinds: Vec<DayKind>,
    until: Vec<u32>,
    working: Vec<u32>,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::build);

impl Table {
    fn build() -> Self {
        let mut kinds: Vec<DayKind> = EPOCH
            .series(jiff::Span::new().days(1))
            .take_while(|day| day.year() <= LAST_YEAR)
            .map(weekly)
            .collect();
        for (day, holiday) in (FIRST_YEAR..=LAST_YEAR).flat_map(holidays) {
            if let Ok(number) = number(day) {
                kinds[known(number)] = DayKind::Holiday(holiday);
            }
        }
        let (mut until, mut working) = (Vec::with_capacity(kinds.len()), Vec::new());
        for (number, kind) in (0..).zip(&kinds) {
            if *kind == DayKind::Working {
                working.push(number);
            }
            until.push(working.len() as u32);
        }
        Self { kinds, until, working }
    }
}

fn weekly(day: Date) -> DayKind {
    match day.weekday() {
        Weekday::Saturday | Weekday::Sunday => DayKind::Weekend,
        _ => DayKind::Working,
    }
}

/// Day numbers come from [`number`] and [`date`], which refuse unknown days: a negative one is a bug here.
fn known(number: i64) -> usize {
    assert!(number >= 0, "day {number} is before the first known day");
    number as usize
}

#[cfg(test)]
mod specs {
    use super::*;

    fn kind_on(text: &str) -> DayKind {
        kind(number(text.parse().unwrap()).unwrap())
    }

    #[test]
    fn a_day_and_its_number_name_each_other() {
        let mut day = EPOCH;
        for expected in 0.. {
            if day.year() > LAST_YEAR {
                assert_eq!(number(day), Err(CalendarError::YearOutOfRange { year: 2201 }));
                assert_eq!(date(expected), Err(CalendarError::YearOutOfRange { year: 2201 }));
                break;
            }
            assert_eq!((number(day), date(expected)), (Ok(expected), Ok(day)));
            day = day.tomorrow().unwrap();
        }
        assert_eq!(date(-1), Err(CalendarError::YearOutOfRange { year: 1969 }));
    }

    #[test]
    fn a_holiday_is_named_also_in_a_weekend() {
        assert_eq!(kind_on("2026-04-02"), DayKind::Working);
        assert_eq!(kind_on("2026-04-03"), DayKind::Holiday(Holiday::GoodFriday));
        assert_eq!(kind_on("2026-04-04"), DayKind::Weekend);
        assert_eq!(kind_on("2024-05-05"), DayKind::Holiday(Holiday::LiberationDay));
        assert_eq!(kind_on("2027-05-07"), DayKind::Holiday(Holiday::Decreed));
        assert_eq!(kind_on("2016-05-05"), DayKind::Holiday(Holiday::LiberationDay));
    }

    #[test]
    fn the_table_finds_the_working_days_that_a_walk_finds() {
        let first = number("2023-01-01".parse().unwrap()).unwrap();
        let mut walked = first;
        for count in 1..2000 {
            walked += 1;
            while kind(walked) != DayKind::Working {
                walked += 1;
            }
            assert_eq!(working_day_after(first, count), Ok(walked));
            assert_eq!(working_day_from(walked), Ok(walked));
        }
    }

    #[test]
    fn no_working_day_is_found_past_the_last_year() {
        let last = number("2200-12-31".parse().unwrap()).unwrap();
        assert_eq!(working_day_after(last, 1), Err(CalendarError::YearOutOfRange { year: 2201 }));
    }
}
