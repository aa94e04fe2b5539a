//! Statutory terms: what the Algemene termijnenwet (Atw) does to their end.
//!
//! * Art. 1: a term that ends on a Saturday, Sunday or holiday runs on to and including the next other day.
//! * Art. 2: a term of at least three days is extended, if need be, to hold at least two such other days. A term
//!   in weeks is always at least three days.
//! * Art. 3: which days are holidays; Good Friday and the decreed days are equalled for the whole law.
//! * Art. 4: none of this holds for a term of more than 90 days or more than twelve weeks (nor for one in hours,
//!   which has a unit of its own here, nor for one counted backwards, which a term never is).

use super::days::{self, DayKind};
use super::{CalendarError, Reason, Term, Unit, decrees};

/// What art. 4 leaves to the Atw.
const MOST_DAYS: u32 = 90;
const MOST_WEEKS: u32 = 12;

/// From how many days on art. 2 asks for two days that are no weekend or holiday.
const ARTICLE_2_FROM: i64 = 3;

/// How a statutory term came to its last day. All are day numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counted {
    /// Where plain counting ends.
    pub(super) counted: i64,
    /// Where art. 1 puts that end.
    pub(super) article_1: i64,
    /// Where art. 2 puts it: the last day of the term.
    pub(super) last: i64,
}

/// Count a statutory term that starts on day `start`.
pub(super) fn count(start: i64, term: Term) -> Result<Counted, CalendarError> {
    let length = in_days(term);
    let counted = start + length;
    days::date(counted)?;
    if !falls_under_the_law(term) {
        return Ok(Counted { counted, article_1: counted, last: counted });
    }
    let article_1 = days::working_day_from(counted)?;
    let last =
        if length < ARTICLE_2_FROM { article_1 } else { article_1.max(days::working_day_after(start, 2)?) };
    Ok(Counted { counted, article_1, last })
}

/// Tell how the count went.
pub(super) fn explain(start: i64, term: Term, reasons: &mut Vec<Reason>) -> Result<(), CalendarError> {
    let Counted { counted, article_1, last } = count(start, term)?;
    reasons.push(Reason::StartDayNotCounted { day: days::date(start)? });
    reasons.push(Reason::CountEnds { day: days::date(counted)? });
    if !falls_under_the_law(term) {
        reasons.push(Reason::Article4 { term });
        return Ok(());
    }
    // Art. 2 rests on all days of the term, art. 1 only on those from its counted end.
    let first_told = if last > article_1 { start + 1 } else { counted };
    for number in first_told..last {
        let because = days::kind(number);
        if because != DayKind::Working {
            reasons.push(Reason::DayPassedOver { day: days::date(number)?, because });
        }
    }
    if article_1 > counted {
        reasons.push(Reason::Article1 { from: days::date(counted)?, to: days::date(article_1)? });
    }
    if last > article_1 {
        reasons.push(Reason::Article2 { from: days::date(article_1)?, to: days::date(last)? });
    }
    let (first, last) = (days::date(start)?.year(), days::date(last)?.year());
    reasons.extend(decrees::year_without_decree(first, last).map(|year| Reason::YearWithoutDecree { year }));
    Ok(())
}

fn in_days(term: Term) -> i64 {
    i64::from(term.count()) * if term.unit() == Unit::StatutoryWeeks { 7 } else { 1 }
}

fn falls_under_the_law(term: Term) -> bool {
    term.count() <= if term.unit() == Unit::StatutoryWeeks { MOST_WEEKS } else { MOST_DAYS }
}

#[cfg(test)]
mod specs {
    use super::*;
    use jiff::civil::date;

    fn last_day(from: &str, term: &str) -> String {
        let start = days::number(from.parse().unwrap()).unwrap();
        days::date(count(start, term.parse().unwrap()).unwrap().last).unwrap().to_string()
    }

    #[test]
    fn an_end_on_a_weekend_or_holiday_runs_on_to_the_next_other_day() {
        assert_eq!(last_day("2026-06-10", "10sd"), "2026-06-22"); // Saturday 20 June
        assert_eq!(last_day("2026-06-10", "9sd"), "2026-06-19"); // Friday
        assert_eq!(last_day("2026-04-30", "5sd"), "2026-05-06"); // 5 May
        assert_eq!(last_day("2026-04-30", "14sd"), "2026-05-18"); // Ascension Day, decreed Friday, weekend
        assert_eq!(last_day("2026-05-01", "12sw"), "2026-07-24");
        assert_eq!(last_day("2025-09-25", "13sd"), "2025-10-08");
    }

    #[test]
    fn three_days_hold_two_that_are_no_weekend_or_holiday() {
        assert_eq!(last_day("2026-04-02", "3sd"), "2026-04-08");
        assert_eq!(last_day("2026-06-12", "3sd"), "2026-06-16"); // Friday: the Monday alone is one day
    }

    #[test]
    fn under_three_days_one_is_enough() {
        assert_eq!(last_day("2026-04-02", "2sd"), "2026-04-07");
        assert_eq!(last_day("2026-06-12", "2sd"), "2026-06-15");
        assert_eq!(last_day("2026-06-12", "1sd"), "2026-06-15");
    }

    #[test]
    fn above_ninety_days_or_twelve_weeks_nothing_is_extended() {
        assert_eq!(last_day("2026-06-07", "90sd"), "2026-09-07"); // counted end is Saturday 5 September
        assert_eq!(last_day("2026-06-06", "91sd"), "2026-09-05");
        assert_eq!(last_day("2026-06-06", "12sw"), "2026-08-31"); // counted end is Saturday 29 August
        assert_eq!(last_day("2026-06-06", "13sw"), "2026-09-05");
    }

    #[test]
    fn the_reasons_name_both_extensions() {
        let start = days::number(date(2026, 4, 2)).unwrap();
        let mut reasons = Vec::new();
        explain(start, "3sd".parse().unwrap(), &mut reasons).unwrap();
        let april = |day| date(2026, 4, day);
        assert_eq!(
            reasons[..2],
            [Reason::StartDayNotCounted { day: april(2) }, Reason::CountEnds { day: april(5) }]
        );
        assert_eq!(
            reasons[6..],
            [
                Reason::Article1 { from: april(5), to: april(7) },
                Reason::Article2 { from: april(7), to: april(8) }
            ]
        );
        assert_eq!(reasons.len(), 8, "four days passed over: {reasons:?}");
    }

    #[test]
    fn where_nothing_is_extended_no_day_is_told_of() {
        let mut reasons = Vec::new();
        explain(days::number(date(2026, 6, 10)).unwrap(), "9sd".parse().unwrap(), &mut reasons).unwrap();
        let june = |day| date(2026, 6, day);
        assert_eq!(
            reasons,
            [Reason::StartDayNotCounted { day: june(10) }, Reason::CountEnds { day: june(19) }]
        );
    }

    #[test]
    fn the_starting_day_is_not_among_those_passed_over() {
        let mut reasons = Vec::new();
        explain(days::number(date(2026, 4, 4)).unwrap(), "3sd".parse().unwrap(), &mut reasons).unwrap();
        let april = |day| date(2026, 4, day);
        let passed = |day, because| Reason::DayPassedOver { day: april(day), because };
        assert_eq!(
            reasons[2..],
            [
                passed(5, DayKind::Weekend),
                passed(6, DayKind::Holiday(crate::calendar::Holiday::EasterMonday)),
                Reason::Article2 { from: april(7), to: april(8) }
            ]
        );
    }

    #[test]
    fn the_reasons_say_when_the_law_does_not_apply_or_may_still_change() {
        let told = |from, term: &str| {
            let mut reasons = Vec::new();
            explain(days::number(from).unwrap(), term.parse().unwrap(), &mut reasons).unwrap();
            reasons.pop().unwrap()
        };
        let long = "91sd".parse().unwrap();
        assert_eq!(told(date(2026, 6, 6), "91sd"), Reason::Article4 { term: long });
        assert_eq!(told(date(2028, 12, 20), "3sw"), Reason::YearWithoutDecree { year: 2029 });
    }
}
