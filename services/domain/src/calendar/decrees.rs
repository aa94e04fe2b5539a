//! The days that a royal decree equals to a holiday, under art. 3, third paragraph, of the Atw.

/// The first year whose decree is in this table.
pub const FIRST_DECREED: i16 = 2023;

/// The last year for which the Crown has decreed: beyond it a term may still get longer.
pub const HORIZON: i16 = 2028;

/// Year, month and day of each decreed day from [`FIRST_DECREED`] to [`HORIZON`].
const DECREED: [(i16, i8, i8); 10] = [
    (2023, 4, 28),
    (2023, 5, 19),
    (2024, 5, 10),
    (2024, 12, 27),
    (2025, 5, 30),
    (2026, 1, 2),
    (2026, 5, 15),
    (2027, 5, 7),
    (2028, 4, 28),
    (2028, 5, 26),
];

/// Month and day of the days decreed for `year`; none for a year that has no decree in the table.
pub(super) fn decreed(year: i16) -> impl Iterator<Item = (i8, i8)> {
    DECREED.into_iter().filter(move |(y, ..)| *y == year).map(|(_, month, day)| (month, day))
}

/// Of a count that runs from `first` to `last`, a year whose decree this table lacks.
pub(super) fn year_without_decree(first: i16, last: i16) -> Option<i16> {
    [first, last].into_iter().find(|year| !(FIRST_DECREED..=HORIZON).contains(year))
}

#[cfg(test)]
mod specs {
    use super::*;
    use jiff::civil::{Weekday, date};

    #[test]
    fn every_decreed_day_is_a_friday_between_a_holiday_and_the_weekend() {
        for (year, month, day) in DECREED {
            let date = date(year, month, day);
            assert_eq!(date.weekday(), Weekday::Friday, "{date}");
            let before = super::super::holidays::holidays(year)
                .into_iter()
                .any(|(holiday, _)| holiday == date.yesterday().unwrap());
            assert!(before, "the day before {date} is a holiday");
        }
    }

    #[test]
    fn a_count_past_the_horizon_names_the_year() {
        assert_eq!(year_without_decree(2023, 2028), None);
        assert_eq!(year_without_decree(2028, 2029), Some(2029));
        assert_eq!(year_without_decree(2022, 2029), Some(2022));
    }
}
