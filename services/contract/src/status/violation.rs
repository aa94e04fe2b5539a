//! One field that breaks a rule, told without telling on anybody.

use crate::proto::ingest::v1 as wire;

/// How much of a value is repeated, in characters.
const VALUE_SHOWN: usize = 64;
/// What stands for a value that may be personal.
const WITHHELD: &str = "(withheld)";
/// What stands for no value.
const ABSENT: &str = "(absent)";

/// One field that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The path from the request on: `signal.common.occurred_at`.
    pub field: String,
    /// What was given, cut short; never anything personal.
    pub value: String,
    /// What it must be.
    pub rule: String,
}

impl Violation {
    /// A field whose value may be repeated.
    pub fn new(field: impl Into<String>, value: &str, rule: impl Into<String>) -> Self {
        let mut shown: String = value.chars().take(VALUE_SHOWN).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        Self { field: field.into(), value: shown, rule: rule.into() }
    }

    /// A field whose value may be personal.
    pub fn withheld(field: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { field: field.into(), value: WITHHELD.into(), rule: rule.into() }
    }

    /// A field that must be there and isn't.
    pub fn absent(field: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { field: field.into(), value: ABSENT.into(), rule: rule.into() }
    }

    /// Value and rule in one line.
    pub fn description(&self) -> String {
        match self.value.as_str() {
            WITHHELD | ABSENT => format!("must be {}; given {}", self.rule, self.value),
            value => format!("must be {}; given {value:?}", self.rule),
        }
    }

    pub(super) fn to_wire(&self) -> wire::FieldViolation {
        wire::FieldViolation { field: self.field.clone(), value: self.value.clone(), rule: self.rule.clone() }
    }
}

/// The first violation and how many follow.
pub(super) fn summary(violations: &[Violation]) -> String {
    match violations {
        [] => "the request breaks a rule".to_owned(),
        [only] => format!("{} {}", only.field, only.description()),
        [first, rest @ ..] => format!("{} {} (and {} more)", first.field, first.description(), rest.len()),
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_long_value_is_cut_at_a_whole_character() {
        let violation = Violation::new("f", &"é".repeat(100), "short");
        assert_eq!(violation.value, format!("{}…", "é".repeat(64)));
    }

    #[test]
    fn a_withheld_value_is_said_to_be_withheld() {
        let violation = Violation::withheld("signal.common.subjects[0].bsn", "nine digits");
        assert_eq!(violation.description(), "must be nine digits; given (withheld)");
    }
}
