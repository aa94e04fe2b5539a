//! The generally recognised holidays: art. 3 of the Algemene termijnenwet.

use std::fmt;

use jiff::civil::{Date, Weekday, date};
use serde::{Deserialize, Serialize};

use super::{decrees, easter::easter_sunday};

/// A day that art. 3 of the Atw names or equals. Easter Sunday and Whit Sunday are Sundays, and need no naming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holiday {
    /// 1 January.
    NewYearsDay,
    /// The Friday before Easter; equalled by the second paragraph, for the whole of the law.
    GoodFriday,
    /// The day after Easter Sunday.
    EasterMonday,
    /// The day the monarch's birthday is celebrated: 27 April, or the 26th when that is a Sunday.
    /// Until 2013 it was 30 April, kept off Sundays by the 29th (until 1979 by 1 May).
    KingsDay,
    /// 5 May, every year, whether or not employers give the day off.
    LiberationDay,
    /// The Thursday 39 days after Easter Sunday.
    AscensionDay,
    /// The Monday 50 days after Easter Sunday.
    WhitMonday,
    /// 25 December.
    ChristmasDay,
    /// 26 December.
    SecondChristmasDay,
    /// A day equalled by royal decree, under the third paragraph.
    Decreed,
}

impl Holiday {
    /// The name that officials and residents read.
    pub fn dutch(self) -> &'static str {
        match self {
            Self::NewYearsDay => "Nieuwjaarsdag",
            Self::GoodFriday => "Goede Vrijdag",
            Self::EasterMonday => "tweede paasdag",
            Self::KingsDay => "Koningsdag",
            Self::LiberationDay => "Bevrijdingsdag",
            Self::AscensionDay => "Hemelvaartsdag",
            Self::WhitMonday => "tweede pinksterdag",
            Self::ChristmasDay => "eerste kerstdag",
            Self::SecondChristmasDay => "tweede kerstdag",
            Self::Decreed => "bij besluit gelijkgesteld met een feestdag",
        }
    }
}

impl fmt::Display for Holiday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NewYearsDay => "New Year's Day",
            Self::GoodFriday => "Good Friday",
            Self::EasterMonday => "Easter Monday",
            Self::KingsDay => "King's Day",
            Self::LiberationDay => "Liberation Day",
            Self::AscensionDay => "Ascension Day",
            Self::WhitMonday => "Whit Monday",
            Self::ChristmasDay => "Christmas Day",
            Self::SecondChristmasDay => "Second Christmas Day",
            Self::Decreed => "equalled to a holiday by decree",
        })
    }
}

/// The holidays of `year`. Where two meet (Ascension Day on 5 May 2016) both are listed; the fixed one comes last.
pub(super) fn holidays(year: i16) -> Vec<(Date, Holiday)> {
    let from_easter = |days: i64| easter_sunday(year).saturating_add(jiff::Span::new().days(days));
    let mut list = vec![
        (from_easter(-2), Holiday::GoodFriday),
        (from_easter(1), Holiday::EasterMonday),
        (from_easter(39), Holiday::AscensionDay),
        (from_easter(50), Holiday::WhitMonday),
        (date(year, 1, 1), Holiday::NewYearsDay),
        (monarchs_birthday(year), Holiday::KingsDay),
        (date(year, 5, 5), Holiday::LiberationDay),
        (date(year, 12, 25), Holiday::ChristmasDay),
        (date(year, 12, 26), Holiday::SecondChristmasDay),
    ];
    list.extend(decrees::decreed(year).map(|(month, day)| (date(year, month, day), Holiday::Decreed)));
    list
}

fn monarchs_birthday(year: i16) -> Date {
    let (birthday, instead) = match year {
        2014.. => (date(year, 4, 27), date(year, 4, 26)),
        1980.. => (date(year, 4, 30), date(year, 4, 29)),
        _ => (date(year, 4, 30), date(year, 5, 1)),
    };
    if birthday.weekday() == Weekday::Sunday { instead } else { birthday }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn on(year: i16, holiday: Holiday) -> Date {
        holidays(year).into_iter().find(|(_, name)| *name == holiday).unwrap().0
    }

    #[test]
    fn holidays_fall_where_the_printed_calendar_has_them() {
        assert_eq!(on(2025, Holiday::EasterMonday), date(2025, 4, 21));
        assert_eq!(on(2025, Holiday::AscensionDay), date(2025, 5, 29));
        assert_eq!(on(2025, Holiday::WhitMonday), date(2025, 6, 9));
        assert_eq!(on(2026, Holiday::GoodFriday), date(2026, 4, 3));
        assert_eq!(on(2026, Holiday::EasterMonday), date(2026, 4, 6));
        assert_eq!(on(2026, Holiday::AscensionDay), date(2026, 5, 14));
        assert_eq!(on(2026, Holiday::WhitMonday), date(2026, 5, 25));
    }

    #[test]
    fn kings_day_keeps_off_sundays() {
        assert_eq!(on(2025, Holiday::KingsDay), date(2025, 4, 26));
        assert_eq!(on(2026, Holiday::KingsDay), date(2026, 4, 27));
        assert_eq!(on(2031, Holiday::KingsDay), date(2031, 4, 26));
        assert_eq!(on(2006, Holiday::KingsDay), date(2006, 4, 29));
        assert_eq!(on(2013, Holiday::KingsDay), date(2013, 4, 30));
        assert_eq!(on(1978, Holiday::KingsDay), date(1978, 5, 1));
    }

    #[test]
    fn liberation_day_is_a_holiday_every_year() {
        for year in 2023..=2028 {
            assert_eq!(on(year, Holiday::LiberationDay), date(year, 5, 5));
        }
    }
}
