//! The period before a period, for comparing the two: as many months before where it is whole months, and otherwise as
//! many days and as much of one, on the clock of Amsterdam.

use jiff::{Span, Timestamp, Unit, Zoned, ZonedDifference};

use super::zone;

/// The beginning of the period that ends at `from` and is as long as that from `from` to `until`. None where that lies
/// before anything a clock can hold, or where the period has no length.
pub fn period_before(from: Timestamp, until: Timestamp) -> Option<Timestamp> {
    if until <= from {
        return None;
    }
    let [from, until] = [from, until].map(|at| at.to_zoned(zone::amsterdam()));
    let months = from.until(ZonedDifference::new(&until).largest(Unit::Month)).ok()?.get_months();
    let before = |span: Span| from.checked_sub(span).ok();
    let whole = Span::new().months(months);
    if months > 0 && from.checked_add(whole).is_ok_and(|end: Zoned| end == until) {
        return before(whole).map(|at| at.timestamp());
    }
    let length = from.until(ZonedDifference::new(&until).largest(Unit::Day)).ok()?;
    before(length).map(|at| at.timestamp())
}

#[cfg(test)]
mod specs {
    use super::*;

    fn before(from: &str, until: &str) -> Option<String> {
        period_before(from.parse().unwrap(), until.parse().unwrap()).map(zone::render)
    }

    #[test]
    fn before_half_a_year_is_the_half_year_before_it() {
        assert_eq!(
            before("2025-12-31T23:00:00Z", "2026-06-30T22:00:00Z").unwrap(),
            "2025-07-01T00:00:00+02:00"
        );
    }

    #[test]
    fn before_a_week_in_which_the_clocks_change_is_the_week_before_it() {
        assert_eq!(
            before("2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z").unwrap(),
            "2026-03-16T00:00:00+01:00"
        );
    }

    #[test]
    fn what_is_no_whole_number_of_months_is_counted_in_days() {
        assert_eq!(
            before("2026-03-01T11:00:00Z", "2026-04-10T10:30:00Z").unwrap(),
            "2026-01-20T11:30:00+01:00"
        );
        assert_eq!(before("2026-03-01T11:00:00Z", "2026-03-01T11:00:00Z"), None);
    }
}
