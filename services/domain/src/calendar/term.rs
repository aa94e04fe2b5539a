//! A term as it is written: a count and a unit, as in `14d`, `14sd`, `6sw`, `5wd`, `8wh` or `36h`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a term is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// `d`: calendar days, whatever day the last one is.
    Days,
    /// `sd`: days of a statutory term, under the Atw.
    StatutoryDays,
    /// `sw`: weeks of a statutory term, under the Atw.
    StatutoryWeeks,
    /// `wd`: working days.
    WorkingDays,
    /// `wh`: hours in which the office is open.
    WorkingHours,
    /// `h`: elapsed hours.
    Hours,
}

impl Unit {
    const ALL: [Self; 6] = [
        Self::Days,
        Self::StatutoryDays,
        Self::StatutoryWeeks,
        Self::WorkingDays,
        Self::WorkingHours,
        Self::Hours,
    ];

    /// How the unit is written behind the count.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Days => "d",
            Self::StatutoryDays => "sd",
            Self::StatutoryWeeks => "sw",
            Self::WorkingDays => "wd",
            Self::WorkingHours => "wh",
            Self::Hours => "h",
        }
    }
}

/// How long someone has: a count of 1 to [`Term::MAX_COUNT`] and its unit. Text and JSON both write it as `5wd`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Term {
    count: u32,
    unit: Unit,
}

/// A text that is no term.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("term {value:?}: {rule}")]
pub struct TermError {
    /// What was written, at most its first 40 characters.
    pub value: String,
    /// What is wrong with it.
    pub rule: TermRule,
}

/// The rules for writing a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermRule {
    /// The text does not start with a digit.
    #[error("a term starts with a count, as in 14d")]
    NoCount,
    /// The count has zeros in front.
    #[error("the count is at least 1 and has no leading zero")]
    LeadingZero,
    /// The count is above [`Term::MAX_COUNT`].
    #[error("the count is at most {}", Term::MAX_COUNT)]
    TooLong,
    /// What follows the count is no unit.
    #[error("the unit is one of d, sd, sw, wd, wh, h")]
    Unit,
}

impl Term {
    /// The largest count: no unit can carry an instant out of what a clock can hold.
    pub const MAX_COUNT: u32 = 100_000;

    /// A term of `count` times `unit`.
    pub fn new(count: u32, unit: Unit) -> Result<Self, TermError> {
        let rule = match count {
            0 => TermRule::LeadingZero,
            1..=Self::MAX_COUNT => return Ok(Self { count, unit }),
            _ => TermRule::TooLong,
        };
        Err(TermError { value: format!("{count}{}", unit.suffix()), rule })
    }

    /// A term of `count` working days, for terms that the hub itself has.
    ///
    /// # Panics
    /// When that is none.
    pub const fn working_days(count: u16) -> Self {
        assert!(count > 0, "a term of no working days");
        Self { count: count as u32, unit: Unit::WorkingDays }
    }

    /// How many of its unit.
    pub const fn count(self) -> u32 {
        self.count
    }

    /// What it is counted in.
    pub const fn unit(self) -> Unit {
        self.unit
    }

    /// Is it counted in days or weeks, and so due at the end of a day?
    pub const fn is_in_days(self) -> bool {
        !matches!(self.unit, Unit::WorkingHours | Unit::Hours)
    }
}

impl FromStr for Term {
    type Err = TermError;

    fn from_str(text: &str) -> Result<Self, TermError> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, suffix) = text.split_at(digits);
        let read = || {
            if count.is_empty() {
                return Err(TermRule::NoCount);
            }
            if count.starts_with('0') {
                return Err(TermRule::LeadingZero);
            }
            let unit = Unit::ALL.into_iter().find(|unit| unit.suffix() == suffix).ok_or(TermRule::Unit)?;
            let count = count.parse().ok().filter(|count| *count <= Self::MAX_COUNT);
            Ok(Self { count: count.ok_or(TermRule::TooLong)?, unit })
        };
        read().map_err(|rule| TermError { value: text.chars().take(40).collect(), rule })
    }
}

impl TryFrom<String> for Term {
    type Error = TermError;

    fn try_from(text: String) -> Result<Self, TermError> {
        text.parse()
    }
}

impl From<Term> for String {
    fn from(term: Term) -> Self {
        term.to_string()
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.suffix())
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_term_reads_as_it_is_written() {
        for unit in Unit::ALL {
            for count in [1, 9, 10, 99_999, Term::MAX_COUNT] {
                let term = Term::new(count, unit).unwrap();
                assert_eq!(term.to_string().parse(), Ok(term));
                let json = serde_json::to_string(&term).unwrap();
                assert_eq!(json, format!("\"{term}\""));
                assert_eq!(serde_json::from_str::<Term>(&json).unwrap(), term);
            }
        }
    }

    #[test]
    fn each_slip_of_the_pen_is_named() {
        for (text, rule) in [
            ("", TermRule::NoCount),
            ("d", TermRule::NoCount),
            ("-3d", TermRule::NoCount),
            ("+3d", TermRule::NoCount),
            (" 3d", TermRule::NoCount),
            ("٣d", TermRule::NoCount),
            ("0d", TermRule::LeadingZero),
            ("03d", TermRule::LeadingZero),
            ("3", TermRule::Unit),
            ("3D", TermRule::Unit),
            ("3 d", TermRule::Unit),
            ("3d ", TermRule::Unit),
            ("3w", TermRule::Unit),
            ("1.5h", TermRule::Unit),
            ("100001h", TermRule::TooLong),
            ("99999999999999999999d", TermRule::TooLong),
        ] {
            let error = text.parse::<Term>().unwrap_err();
            assert_eq!(error, TermError { value: text.to_owned(), rule });
        }
        assert_eq!(
            "3w".parse::<Term>().unwrap_err().to_string(),
            "term \"3w\": the unit is one of d, sd, sw, wd, wh, h"
        );
    }

    #[test]
    fn a_term_made_of_numbers_keeps_the_same_rules() {
        assert_eq!(Term::new(0, Unit::Days).unwrap_err().rule, TermRule::LeadingZero);
        assert_eq!(Term::new(100_001, Unit::Days).unwrap_err().rule, TermRule::TooLong);
    }

    #[test]
    fn a_long_refusal_echoes_only_its_beginning() {
        let error = "x".repeat(10_000).parse::<Term>().unwrap_err();
        assert_eq!(error.value.len(), 40);
    }
}
