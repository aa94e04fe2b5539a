//! The map as a whole: every field holds, nothing is wanted that isn't there, and what belongs together is together.

use std::collections::BTreeMap;

use super::written::{Written, WrittenSource};
use super::{Field, Format, Lookup, Mapping, field};
use crate::place;
use crate::profile::Broken;
use crate::send::target::Target;

/// The word of a lookup that stands for all others.
const DEFAULT: &str = "default";

pub(super) fn checked(file: &str, text: &str, written: Written) -> Result<Mapping, Broken> {
    let broken = |key: String, rule: String| {
        let line = place::of_key(text, &key).or_else(|| place::of_key(text, key.rsplit_once('.')?.0));
        Broken { file: file.to_owned(), line, key, rule }
    };
    let (format, delimiter) =
        layout(written.source).map_err(|rule| broken("source.delimiter".into(), rule))?;
    let sector = written.signal.sector;
    let lookups: BTreeMap<_, _> =
        written.lookup.into_iter().map(|(name, words)| (name.clone(), lookup(name, words))).collect();
    let (mut columns, mut fields) = (Vec::new(), Vec::new());
    for (target, own) in written.fields {
        let checked = field::checked(target, own, sector, &lookups, &mut columns);
        fields.push(checked.map_err(|(part, rule)| {
            let key = format!("fields.{}", target.name());
            broken(if part.is_empty() { key } else { format!("{key}.{part}") }, rule)
        })?);
    }
    together(&fields).map_err(|rule| broken("fields".into(), rule))?;
    let used =
        |name: &String| fields.iter().filter_map(|f| f.lookup.as_ref()).any(|lookup| lookup.name == *name);
    if let Some(idle) = lookups.keys().find(|name| !used(name)) {
        return Err(broken(format!("lookup.{idle}"), "no field uses it".to_owned()));
    }
    Ok(Mapping { file: file.to_owned(), sector, format, delimiter, columns, fields })
}

fn layout(source: WrittenSource) -> Result<(Format, u8), String> {
    let format = source.format.unwrap_or(Format::Auto);
    let delimiter = match source.delimiter.as_deref() {
        None => b',',
        Some(_) if format == Format::Ndjson => return Err("ndjson has no delimiter".to_owned()),
        Some(text) => match text.as_bytes() {
            [one] if one.is_ascii() && !one.is_ascii_alphanumeric() && !b"\"\r\n".contains(one) => *one,
            _ => {
                return Err(format!(
                    "{text:?} can't stand between columns; write one mark, such as \";\" or \"\\t\""
                ));
            }
        },
    };
    Ok((format, delimiter))
}

fn lookup(name: String, mut words: BTreeMap<String, String>) -> Lookup {
    let default = words.remove(DEFAULT);
    Lookup { name, words, default }
}

/// The contract's rules on which fields need which.
fn together(fields: &[Field]) -> Result<(), String> {
    let has = |target: Target| fields.iter().any(|field| field.target == target);
    for target in [Target::Reference, Target::OccurredAt, Target::Kind] {
        if !has(target) {
            return Err(format!("{} is missing; every signal has one", target.name()));
        }
    }
    if !(has(Target::AreaCode) || has(Target::AreaName) || has(Target::Lon)) {
        return Err("area_code, area_name or lon with lat is missing; every signal has a place".to_owned());
    }
    for (one, other) in [
        (Target::Lon, Target::Lat),
        (Target::Lat, Target::Lon),
        (Target::Postcode, Target::HouseNumber),
        (Target::HouseNumber, Target::Postcode),
        (Target::Addition, Target::HouseNumber),
    ] {
        if has(one) && !has(other) {
            return Err(format!("{} needs {} beside it", one.name(), other.name()));
        }
    }
    let known = has(Target::SubjectBsn) || has(Target::SubjectKey);
    if !known && has(Target::SubjectName) != has(Target::SubjectBirthDate) {
        return Err(
            "a person needs subject_bsn, subject_key, or both subject_name and subject_birth_date".to_owned()
        );
    }
    Ok(())
}

#[cfg(test)]
mod specs {
    use super::*;

    const NEEDED: &str = r#"
[signal]
sector = "municipal"
[fields]
reference = { column = "id" }
occurred_at = { column = "at" }
kind = { value = "municipal.waste" }
area_name = { column = "wijk" }
"#;

    fn read(more: &str) -> Result<Mapping, String> {
        Mapping::read("map.toml", &format!("{NEEDED}{more}")).map_err(|broken| broken.to_string())
    }

    #[test]
    fn a_column_that_two_fields_use_is_wanted_once() {
        let mapping = read("free_text = { template = \"{wijk}: {what}\" }\n").unwrap();
        let wanted: Vec<_> = mapping.columns.iter().map(|c| (c.name.as_str(), c.key.as_str())).collect();
        assert_eq!(
            wanted,
            [
                ("id", "fields.reference.column"),
                ("at", "fields.occurred_at.column"),
                ("wijk", "fields.area_name.column"),
                ("what", "fields.free_text.template"),
            ]
        );
        assert_eq!((mapping.format, mapping.delimiter), (Format::Auto, b','));
    }

    #[test]
    fn each_broken_rule_is_told_with_its_place() {
        for (more, told) in [
            ("urgency = { value = \"high\" }", "map.toml:9: fields.urgency.value: \"high\" is no Urgency"),
            (
                "urgency = { column = \"u\", lookup = \"u\" }",
                "map.toml:9: fields.urgency.lookup: there is no [lookup.u]; the map has none",
            ),
            ("lon = { column = \"x\" }", "map.toml:4: fields: lon needs lat beside it"),
            ("addition = { column = \"x\" }", "map.toml:4: fields: addition needs house_number beside it"),
            ("subject_name = { column = \"x\" }", "map.toml:4: fields: a person needs"),
            (
                "consent = { value = \"given\" }",
                "map.toml:9: fields.consent: signals of sector municipal have no consent",
            ),
            ("channel = { value = \"app\", column = \"x\" }", "map.toml:9: fields.channel: exactly one of"),
            ("channel = { optional = true }", "map.toml:9: fields.channel: exactly one of"),
            (
                "channel = { column = \"x\", format = \"local\" }",
                "map.toml:9: fields.channel.format: channel is no time",
            ),
            ("free_text = { template = \"x\" }", "map.toml:9: fields.free_text.template: names no column"),
            ("[lookup.idle]\na = \"b\"", "map.toml:9: lookup.idle: no field uses it"),
            (
                "[source]\ndelimiter = \"ab\"",
                "map.toml:10: source.delimiter: \"ab\" can't stand between columns",
            ),
            (
                "[source]\nformat = \"ndjson\"\ndelimiter = \";\"",
                "map.toml:11: source.delimiter: ndjson has no delimiter",
            ),
        ] {
            let error = read(more).unwrap_err();
            assert!(error.starts_with(told), "{more}\n {error}");
        }
    }

    #[test]
    fn a_needed_field_that_is_missing_or_optional_is_refused() {
        for needed in ["reference", "occurred_at", "kind", "area_name"] {
            let without: String = NEEDED
                .lines()
                .filter(|line| !line.starts_with(needed))
                .map(|line| format!("{line}\n"))
                .collect();
            let error = Mapping::read("map.toml", &without).unwrap_err();
            assert!(error.rule.contains(needed) && error.rule.contains("is missing"), "{error}");
        }
        let optional = NEEDED.replace("column = \"id\"", "column = \"id\", optional = true");
        let error = Mapping::read("map.toml", &optional).unwrap_err();
        assert_eq!(error.key, "fields.reference.optional");
        let constant = NEEDED.replace("column = \"id\"", "value = \"x\"");
        assert_eq!(Mapping::read("map.toml", &constant).unwrap_err().key, "fields.reference.value");
    }

    #[test]
    fn a_lookup_into_a_kind_of_another_sector_is_refused_before_anything_is_sent() {
        let text = NEEDED.replace("value = \"municipal.waste\"", "column = \"k\", lookup = \"k\"");
        for (word, told) in [
            ("police.e33", "\"police.e33\" is no kind of sector municipal"),
            ("x", "\"x\" is no kind of signal"),
        ] {
            let text = format!("{text}[lookup.k]\nafval = \"{word}\"\n");
            let error = Mapping::read("map.toml", &text).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("map.toml:7: fields.kind.lookup: [lookup.k]: {told}")),
                "{error}"
            );
        }
    }
}
