//! The period of an analysis, as it is written: `2026`, `2026-H1`, `2026-Q3` or `2026-05`.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use seinhuis_domain::calendar::{month_in_words_nl, read_start};

/// Names of months, short.
const SHORT: [&str; 12] =
    ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"];

/// Whole months of one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    year: i16,
    /// The first month, and how many there are.
    month: i8,
    months: i8,
}

/// A text that is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no period: write a year (2026), a half (2026-H1), a quarter (2026-Q3) or a month (2026-05)"
)]
pub struct NoStretch(String);

/// As it is written.
impl fmt::Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        match (self.months, self.month) {
            (12, _) => Ok(()),
            (6, month) => write!(f, "-H{}", 1 + month / 6),
            (3, month) => write!(f, "-Q{}", 1 + month / 3),
            (_, month) => write!(f, "-{month:02}"),
        }
    }
}

impl FromStr for Stretch {
    type Err = NoStretch;

    fn from_str(text: &str) -> Result<Self, NoStretch> {
        read(text).ok_or_else(|| NoStretch(text.chars().take(40).collect()))
    }
}

fn read(text: &str) -> Option<Stretch> {
    let (year, rest) = text.split_at_checked(4)?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let year = digits(year).then(|| year.parse().ok())??;
    let of = |month, months| Some(Stretch { year, month, months });
    match rest {
        "" => of(1, 12),
        "-H1" => of(1, 6),
        "-H2" => of(7, 6),
        "-Q1" => of(1, 3),
        "-Q2" => of(4, 3),
        "-Q3" => of(7, 3),
        "-Q4" => of(10, 3),
        _ => {
            let month = rest.strip_prefix('-').filter(|month| month.len() == 2 && digits(month))?;
            of(month.parse().ok().filter(|month| (1..=12).contains(month))?, 1)
        }
    }
}

impl Stretch {
    /// Its first moment, in Amsterdam.
    pub fn from(self) -> anyhow::Result<Timestamp> {
        start(self.year, self.month)
    }

    /// The first moment after it.
    pub fn until(self) -> anyhow::Result<Timestamp> {
        let next = self.month + self.months;
        if next > 12 { start(self.year + 1, 1) } else { start(self.year, next) }
    }

    /// What people call it.
    pub fn dutch(self) -> String {
        let year = self.year;
        match (self.months, self.month) {
            (12, _) => format!("{year}"),
            (6, 1) => format!("eerste helft van {year}"),
            (6, _) => format!("tweede helft van {year}"),
            (3, month) => {
                let name = ["eerste", "tweede", "derde", "vierde"][month as usize / 3];
                format!("{name} kwartaal van {year}")
            }
            (_, month) => format!("{} {year}", month_in_words_nl(month)),
        }
    }
}

/// The name of the month of a day, and its year where a year begins or the list does.
pub(super) fn month(day: Date, first: bool) -> String {
    let name = SHORT[day.month() as usize - 1];
    if first || day.month() == 1 { format!("{name} {}", day.year()) } else { name.to_owned() }
}

fn start(year: i16, month: i8) -> anyhow::Result<Timestamp> {
    Ok(read_start(&format!("{year:04}-{month:02}-01"))?)
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_domain::calendar::render;

    #[test]
    fn halves_quarters_months_and_years_begin_and_end_at_midnight_in_amsterdam() {
        for (text, from, until, dutch) in [
            ("2026", "2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00", "2026"),
            ("2026-H1", "2026-01-01T00:00:00+01:00", "2026-07-01T00:00:00+02:00", "eerste helft van 2026"),
            ("2026-H2", "2026-07-01T00:00:00+02:00", "2027-01-01T00:00:00+01:00", "tweede helft van 2026"),
            ("2026-Q3", "2026-07-01T00:00:00+02:00", "2026-10-01T00:00:00+02:00", "derde kwartaal van 2026"),
            ("2026-12", "2026-12-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00", "december 2026"),
        ] {
            let stretch: Stretch = text.parse().unwrap();
            let ends = [stretch.from().unwrap(), stretch.until().unwrap()].map(render);
            assert_eq!(stretch.to_string(), text);
            assert_eq!((ends, stretch.dutch().as_str()), ([from, until].map(str::to_owned), dutch));
        }
    }

    #[test]
    fn what_is_no_period_is_refused_with_what_is() {
        for text in
            ["", "26", "2026-", "2026-H3", "2026-13", "2026-00", "2026-1", "+026", "2026-05-01", "éé26"]
        {
            let refusal = text.parse::<Stretch>().unwrap_err().to_string();
            assert!(refusal.contains("2026-H1"), "{refusal}");
        }
    }

    #[test]
    fn a_month_is_short_and_the_first_bears_its_year() {
        let day = |month| jiff::civil::date(2026, month, 1);
        assert_eq!(
            [month(day(3), true), month(day(4), false), month(day(1), false)],
            ["mrt 2026", "apr", "jan 2026"]
        );
    }
}
