//! Working days: Monday to Friday, without the days that the Atw names or equals.
//!
//! The n-th working day after the starting day is the last one, whatever kind of day the start is on.

use super::days::{self, DayKind};
use super::{CalendarError, Reason, decrees};

/// How many passed-over days are told one by one; the rest is told as a number.
const TOLD: usize = 40;

/// The last day of `count` working days after day `start`.
pub(super) fn count(start: i64, count: i64) -> Result<i64, CalendarError> {
    days::working_day_after(start, count)
}

/// Tell how the count went.
pub(super) fn explain(start: i64, term: i64, reasons: &mut Vec<Reason>) -> Result<(), CalendarError> {
    reasons.push(Reason::StartDayNotCounted { day: days::date(start)? });
    passed_over(start + 1, count(start, term)?, reasons)
}

/// Tell which of the days from `first` until and not including `last` were passed over.
pub(super) fn passed_over(first: i64, last: i64, reasons: &mut Vec<Reason>) -> Result<(), CalendarError> {
    let mut others = (first..last).filter(|number| days::kind(*number) != DayKind::Working);
    for number in others.by_ref().take(TOLD) {
        reasons.push(Reason::DayPassedOver { day: days::date(number)?, because: days::kind(number) });
    }
    let rest = others.count();
    if rest > 0 {
        reasons.push(Reason::MoreDaysPassedOver { days: rest as u32, until: days::date(last)? });
    }
    let (first, last) = (days::date(first)?.year(), days::date(last)?.year());
    reasons.extend(decrees::year_without_decree(first, last).map(|year| Reason::YearWithoutDecree { year }));
    Ok(())
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::calendar::Holiday;
    use jiff::civil::date;

    fn last_day(from: &str, count: i64) -> String {
        let start = days::number(from.parse().unwrap()).unwrap();
        days::date(super::count(start, count).unwrap()).unwrap().to_string()
    }

    #[test]
    fn weekends_and_holidays_do_not_count() {
        assert_eq!(last_day("2026-04-02", 1), "2026-04-07");
        assert_eq!(last_day("2026-04-02", 5), "2026-04-13");
        assert_eq!(last_day("2026-06-08", 5), "2026-06-15");
    }

    #[test]
    fn a_start_in_the_weekend_begins_with_monday() {
        assert_eq!(last_day("2026-06-13", 1), "2026-06-15");
        assert_eq!(last_day("2026-06-14", 1), "2026-06-15");
    }

    #[test]
    fn decreed_days_do_not_count() {
        assert_eq!(last_day("2026-05-13", 1), "2026-05-18");
        assert_eq!(last_day("2025-12-31", 1), "2026-01-05");
    }

    #[test]
    fn each_day_passed_over_is_told_with_its_cause() {
        let mut reasons = Vec::new();
        explain(days::number(date(2026, 5, 13)).unwrap(), 1, &mut reasons).unwrap();
        let over = |day, because| Reason::DayPassedOver { day: date(2026, 5, day), because };
        assert_eq!(
            reasons,
            [
                Reason::StartDayNotCounted { day: date(2026, 5, 13) },
                over(14, DayKind::Holiday(Holiday::AscensionDay)),
                over(15, DayKind::Holiday(Holiday::Decreed)),
                over(16, DayKind::Weekend),
                over(17, DayKind::Weekend),
            ]
        );
    }

    #[test]
    fn a_start_in_the_weekend_is_not_told_of_twice() {
        let mut reasons = Vec::new();
        explain(days::number(date(2026, 6, 13)).unwrap(), 1, &mut reasons).unwrap();
        let june = |day| date(2026, 6, day);
        let over = Reason::DayPassedOver { day: june(14), because: DayKind::Weekend };
        assert_eq!(reasons, [Reason::StartDayNotCounted { day: june(13) }, over]);
    }

    #[test]
    fn a_long_count_tells_the_rest_as_a_number() {
        let (start, mut reasons) = (days::number(date(2023, 1, 2)).unwrap(), Vec::new());
        explain(start, 1000, &mut reasons).unwrap();
        let Some(Reason::MoreDaysPassedOver { days, .. }) = reasons.pop() else { panic!("{reasons:?}") };
        let last = count(start, 1000).unwrap();
        assert_eq!(i64::from(days) + TOLD as i64, last - start - 1000);
    }
}
