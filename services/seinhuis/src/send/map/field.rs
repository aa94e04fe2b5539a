//! One field of a map: what it may say, and that what it says can become a signal.

use std::collections::BTreeMap;

use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::{Sector, Urgency};

use super::written::WrittenField;
use super::{Column, Field, Lookup, Origin, template};
use crate::send::target::Target;
use crate::send::when::When;

/// A rule that a field breaks: the key below the field's own, and the rule.
pub(super) type FieldFault = (&'static str, String);

/// Checks one field. Columns it wants are added to `columns`.
pub(super) fn checked(
    target: Target,
    written: WrittenField,
    sector: Sector,
    lookups: &BTreeMap<String, Lookup>,
    columns: &mut Vec<Column>,
) -> Result<Field, FieldFault> {
    if !target.is_of(sector) {
        return Err(("", format!("signals of sector {sector} have no {}", target.name())));
    }
    if written.optional && matches!(target, Target::Reference | Target::OccurredAt | Target::Kind) {
        return Err(("optional", format!("a signal can't do without its {}", target.name())));
    }
    let when = match &written.format {
        None => When::default(),
        Some(_) if !target.is_timed() => return Err(("format", format!("{} is no time", target.name()))),
        Some(format) => When::named(format).map_err(|rule| ("format", rule))?,
    };
    let lookup = match &written.lookup {
        None => None,
        Some(name) => Some(lookups.get(name).cloned().ok_or_else(|| ("lookup", no_lookup(name, lookups)))?),
    };
    let origin = origin(target, &written, columns)?;
    words_fit(target, sector, &origin, lookup.as_ref())?;
    Ok(Field { target, origin, optional: written.optional, lookup, when })
}

fn no_lookup(name: &str, lookups: &BTreeMap<String, Lookup>) -> String {
    let known: Vec<_> = lookups.keys().map(String::as_str).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    format!("there is no [lookup.{name}]; the map has {known}")
}

fn origin(target: Target, written: &WrittenField, columns: &mut Vec<Column>) -> Result<Origin, FieldFault> {
    let mut number = |name: &str, part: &str| match columns.iter().position(|column| column.name == name) {
        Some(at) => at,
        None => {
            columns.push(Column { name: name.to_owned(), key: format!("fields.{}.{part}", target.name()) });
            columns.len() - 1
        }
    };
    match (&written.column, &written.value, &written.template) {
        (Some(name), None, None) => Ok(Origin::Column(number(name, "column"))),
        (None, Some(_), None) if target == Target::Reference => {
            Err(("value", "the reference tells signals apart, so it can't be the same for all".to_owned()))
        }
        (None, Some(value), None) => Ok(Origin::Constant(value.clone())),
        (None, None, Some(text)) => {
            let pieces = template::pieces(text, |name| number(name, "template"));
            Ok(Origin::Template(pieces.map_err(|rule| ("template", rule))?))
        }
        _ => Err(("", "exactly one of column, value and template says where it comes from".to_owned())),
    }
}

/// What the map itself says must be right before the first row is read.
fn words_fit(
    target: Target,
    sector: Sector,
    origin: &Origin,
    lookup: Option<&Lookup>,
) -> Result<(), FieldFault> {
    if let Some(lookup) = lookup {
        let words = lookup.words.values().chain(&lookup.default);
        for word in words {
            word_fits(target, sector, word)
                .map_err(|rule| ("lookup", format!("[lookup.{}]: {rule}", lookup.name)))?;
        }
    } else if let Origin::Constant(word) = origin {
        word_fits(target, sector, word).map_err(|rule| ("value", rule))?;
    }
    Ok(())
}

/// Whether `word` can be the value of a field that knows only certain words. The error is the rule.
pub(in crate::send) fn word_fits(target: Target, sector: Sector, word: &str) -> Result<(), String> {
    match target {
        Target::Kind => match Kind::from_code(word) {
            Ok(kind) if kind.sector() == sector => Ok(()),
            Ok(_) => Err(format!("{word:?} is no kind of sector {sector}")),
            Err(unknown) => Err(unknown.to_string()),
        },
        Target::Urgency => word.parse::<Urgency>().map(drop).map_err(|unknown| unknown.to_string()),
        Target::Consent => match word {
            "given" | "refused" | "not_asked" => Ok(()),
            _ => Err(format!("{word:?} is no consent; known are given, refused, not_asked")),
        },
        _ => Ok(()),
    }
}
