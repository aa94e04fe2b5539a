//! Why a row isn't in the log: by the map, or by the hub. What is personal stays out of it (INV-9).

use seinhuis_contract::proto::ingest::v1::{RefusalReason, Refused};

use super::map::Mapping;
use super::row::Row;
use super::target::Target;

/// How many characters of a value are shown.
const SHOWN: usize = 200;
/// What stands for a personal value.
const WITHHELD: &str = "(withheld)";
/// What stands for no value at all.
pub(super) const ABSENT: &str = "(absent)";

/// One field that broke a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misfit {
    /// The field; empty when the row as a whole is to blame.
    pub(super) field: String,
    /// What the file has there; `(withheld)` for personal fields, `(absent)` for nothing.
    pub(super) value: String,
    /// What it must be.
    pub(super) rule: String,
}

impl Misfit {
    /// The row as a whole can't be read.
    pub(super) fn whole(rule: impl Into<String>) -> Self {
        Self { field: String::new(), value: String::new(), rule: rule.into() }
    }

    /// A field breaks a rule with the value it has.
    pub(super) fn at(target: Target, value: &str, rule: impl Into<String>) -> Self {
        let value =
            if target.is_personal() { WITHHELD.to_owned() } else { value.chars().take(SHOWN).collect() };
        Self { field: target.name().to_owned(), value, rule: rule.into() }
    }

    /// A field that must be there isn't.
    pub(super) fn absent(target: Target) -> Self {
        Self { field: target.name().to_owned(), value: ABSENT.to_owned(), rule: "is required".to_owned() }
    }
}

/// A row that isn't in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The line on which the row begins, counted from 1.
    pub(super) line: u64,
    /// Its reference; empty when it couldn't be read.
    pub(super) reference: String,
    /// What is wrong; at least one.
    pub(super) misfits: Vec<Misfit>,
}

impl Refusal {
    /// The map doesn't fit the row.
    pub(super) fn by_map(mapping: &Mapping, row: &Row, misfit: Misfit) -> Self {
        let reference = mapping.given(Target::Reference, row).unwrap_or_default();
        Self { line: row.line, reference: reference.chars().take(SHOWN).collect(), misfits: vec![misfit] }
    }

    /// The hub refused it. Fields go by their names in the map, and values are those of the file.
    pub(super) fn by_hub(mapping: &Mapping, row: &Row, reference: &str, refused: &Refused) -> Self {
        let misfits = if !refused.violations.is_empty() {
            refused.violations.iter().map(|v| violation(mapping, row, &v.field, &v.value, &v.rule)).collect()
        } else if refused.reason() == RefusalReason::ReferenceReused {
            vec![Misfit::at(Target::Reference, reference, &refused.message)]
        } else {
            vec![Misfit::whole(&refused.message)]
        };
        Self { line: row.line, reference: reference.to_owned(), misfits }
    }
}

fn violation(mapping: &Mapping, row: &Row, path: &str, value: &str, rule: &str) -> Misfit {
    match Target::of_path(path) {
        Some(target) => match mapping.given(target, row) {
            Some(given) => Misfit::at(target, &given, rule),
            None => Misfit { value: ABSENT.to_owned(), ..Misfit::at(target, "", rule) },
        },
        None => Misfit { field: path.to_owned(), value: value.to_owned(), rule: rule.to_owned() },
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::send::map::specs::mapping;
    use seinhuis_contract::proto::ingest::v1::FieldViolation;

    const MAP: &str = r#"
        [signal]
        sector = "municipal"
        [fields]
        reference = { column = "id" }
        occurred_at = { column = "at" }
        kind = { column = "what", lookup = "what" }
        area_name = { column = "wijk" }
        subject_key = { column = "who", optional = true }
        [lookup.what]
        afval = "municipal.waste"
    "#;

    fn row() -> Row {
        Row::of(7, &["r1", "2026-01-01T00:00:00Z", "afval", "Atlantis", "Jansen"])
    }

    fn refused(reason: RefusalReason, violations: &[(&str, &str, &str)]) -> Refused {
        let violations = violations.iter().map(|(field, value, rule)| FieldViolation {
            field: (*field).into(),
            value: (*value).into(),
            rule: (*rule).into(),
        });
        Refused {
            reason: reason as i32,
            message: "no".into(),
            violations: violations.collect(),
            ..Default::default()
        }
    }

    #[test]
    fn the_hubs_violations_show_the_values_of_the_file() {
        let refused = refused(
            RefusalReason::Invalid,
            &[
                ("signal.kind", "MUNICIPAL_KIND_WASTE", "no"),
                ("signal.common.area_name", "atlantis", "unknown"),
                ("signal.common.area_code", "(absent)", "wanted"),
                ("signal.new_field", "9", "odd"),
            ],
        );
        let refusal = Refusal::by_hub(&mapping(MAP), &row(), "r1", &refused);
        let told: Vec<_> = refusal.misfits.iter().map(|m| (m.field.as_str(), m.value.as_str())).collect();
        assert_eq!(
            told,
            [
                ("kind", "afval"),
                ("area_name", "Atlantis"),
                ("area_code", "(absent)"),
                ("signal.new_field", "9")
            ]
        );
        assert_eq!((refusal.line, refusal.reference.as_str()), (7, "r1"));
    }

    #[test]
    fn a_personal_value_is_withheld() {
        let refused = refused(
            RefusalReason::Invalid,
            &[("signal.common.subjects[0].partner_key", "(withheld)", "too long")],
        );
        let refusal = Refusal::by_hub(&mapping(MAP), &row(), "r1", &refused);
        assert_eq!(
            refusal.misfits,
            [Misfit { field: "subject_key".into(), value: "(withheld)".into(), rule: "too long".into() }]
        );
    }

    #[test]
    fn a_reused_reference_is_the_fault_of_the_reference() {
        let refusal =
            Refusal::by_hub(&mapping(MAP), &row(), "r1", &refused(RefusalReason::ReferenceReused, &[]));
        assert_eq!(
            refusal.misfits,
            [Misfit { field: "reference".into(), value: "r1".into(), rule: "no".into() }]
        );
    }
}
