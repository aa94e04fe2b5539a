//! The date of Easter Sunday, on which half of the Dutch holidays hang.

use jiff::civil::Date;

/// Easter Sunday of `year` in the Gregorian calendar.
///
/// The "anonymous Gregorian" algorithm (a New York correspondent in *Nature*, 20 April 1876; Jean Meeus,
/// *Astronomical Algorithms*, chapter 8). It holds for every Gregorian year, without exceptions to remember.
pub fn easter_sunday(year: i16) -> Date {
    let y = i32::from(year);
    let golden = y.rem_euclid(19);
    let (century, in_century) = (y.div_euclid(100), y.rem_euclid(100));
    let (leap_centuries, century_rest) = (century / 4, century % 4);
    let moon_drift = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - leap_centuries - moon_drift + 15) % 30;
    let to_sunday = (32 + 2 * century_rest + 2 * (in_century / 4) - epact - in_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * to_sunday) / 451;
    let from_march = epact + to_sunday - 7 * late + 114;
    // 22 March to 25 April: month and day are small by construction.
    jiff::civil::date(year, (from_march / 31) as i8, (from_march % 31 + 1) as i8)
}

#[cfg(test)]
mod specs {
    use super::*;
    use jiff::civil::{Weekday, date};

    #[test]
    fn easter_falls_where_the_church_calendars_print_it() {
        for (year, month, day) in [
            (1970, 3, 29),
            (1981, 4, 19),
            (2000, 4, 23),
            (2008, 3, 23),
            (2023, 4, 9),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2038, 4, 25),
            (2049, 4, 18),
            (2076, 4, 19),
            (2100, 3, 28),
        ] {
            assert_eq!(easter_sunday(year), date(year, month, day));
        }
    }

    /// The definition itself: the Sunday after the first ecclesiastical full moon on or after 21 March, that moon
    /// taken from the golden number and the lunar and solar corrections (Inter gravissimas, 1582).
    fn by_definition(year: i16) -> Date {
        let y = i32::from(year);
        let century = y / 100 + 1;
        let solar = 3 * century / 4 - 12;
        let lunar = (8 * century + 5) / 25 - 5;
        let golden = y % 19 + 1;
        let mut epact = (11 * golden + 20 + lunar - solar).rem_euclid(30);
        if (epact == 25 && golden > 11) || epact == 24 {
            epact += 1;
        }
        let full_moon = if 44 - epact < 21 { 74 - epact } else { 44 - epact };
        let mut day = date(year, 3, 1).checked_add(jiff::Span::new().days(i64::from(full_moon))).unwrap();
        while day.weekday() != Weekday::Sunday {
            day = day.tomorrow().unwrap();
        }
        day
    }

    #[test]
    fn easter_agrees_with_its_definition_by_moon_and_sunday() {
        for year in 1583..=4000 {
            assert_eq!(easter_sunday(year), by_definition(year), "{year}");
        }
    }
}
