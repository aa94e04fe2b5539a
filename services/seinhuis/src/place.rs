//! Where something stands in a TOML text: from an offset to its key and line, and from a key to its line.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The fields that name an element of a list, best first.
const NAMES: [&str; 3] = ["id", "code", "name"];

/// A key and its line, as an official can find them back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The path: `teams.wijkteam-ulft.coordinator`. Empty at the top.
    pub(crate) key: String,
    /// Counted from 1.
    pub(crate) line: usize,
}

/// The place of an offset in bytes. A text that is no TOML has lines, but no keys.
pub(crate) fn of_offset(text: &str, offset: usize) -> Place {
    let key = entries(text)
        .into_iter()
        .filter(|entry| entry.span.contains(&offset))
        .min_by_key(|entry| entry.span.len())
        .map(|entry| entry.key)
        .unwrap_or_default();
    Place { key, line: line_of(text, offset) }
}

/// The line on which a key stands, counted from 1.
pub(crate) fn of_key(text: &str, key: &str) -> Option<usize> {
    entries(text).into_iter().find(|entry| entry.key == key).map(|entry| line_of(text, entry.span.start))
}

/// The line of an offset, counted from 1.
fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

struct Entry {
    key: String,
    span: Range<usize>,
}

fn entries(text: &str) -> Vec<Entry> {
    let mut found = Vec::new();
    if let Ok(table) = DeTable::parse(text) {
        walk_table("", table.get_ref(), &mut found);
    }
    found
}

fn walk_table(prefix: &str, table: &DeTable<'_>, found: &mut Vec<Entry>) {
    for (key, value) in table {
        let path = joined(prefix, key.get_ref());
        // A table under its own header spans less than its key does; the longer end covers both forms.
        let end = key.span().end.max(value.span().end);
        found.push(Entry { key: path.clone(), span: key.span().start..end });
        walk_value(&path, value, found);
    }
}

fn walk_value(path: &str, value: &Spanned<DeValue<'_>>, found: &mut Vec<Entry>) {
    match value.get_ref() {
        DeValue::Table(table) => walk_table(path, table, found),
        DeValue::Array(list) => {
            for (index, element) in list.iter().enumerate() {
                let path = joined(path, &label(element, index));
                found.push(Entry { key: path.clone(), span: element.span() });
                walk_value(&path, element, found);
            }
        }
        _ => {}
    }
}

/// What an element of a list is called: by its name where it has one, else by its place, counted from 1.
fn label(element: &Spanned<DeValue<'_>>, index: usize) -> String {
    let named = |table: &DeTable<'_>| {
        NAMES.iter().find_map(|name| table.get(*name)?.get_ref().as_str().map(str::to_owned))
    };
    element.get_ref().as_table().and_then(named).unwrap_or_else(|| (index + 1).to_string())
}

fn joined(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}

#[cfg(test)]
mod specs {
    use super::*;

    const TEXT: &str = "\
title = \"x\"
[ladder]
no_lead = \"2wd\"
[ladder.team]
pick_up = \"5wd\"
[[teams]]
id = \"ulft\"
lane = \"social\"
[[teams]]
id = \"oost\"
lane = \"fysiek\"
areas = [\"A\", \"B\"]
";

    fn place(needle: &str) -> (String, usize) {
        let place = of_offset(TEXT, TEXT.rfind(needle).unwrap());
        (place.key, place.line)
    }

    #[test]
    fn an_offset_has_a_key_and_a_line() {
        assert_eq!(place("\"x\""), ("title".into(), 1));
        assert_eq!(place("5wd"), ("ladder.team.pick_up".into(), 5));
    }

    #[test]
    fn an_element_of_a_list_goes_by_its_name_or_its_place() {
        assert_eq!(place("fysiek"), ("teams.oost.lane".into(), 11));
        assert_eq!(place("social"), ("teams.ulft.lane".into(), 8));
        assert_eq!(place("\"B\""), ("teams.oost.areas.2".into(), 12));
    }

    #[test]
    fn a_key_leads_back_to_its_line() {
        assert_eq!(of_key(TEXT, "teams.oost.lane"), Some(11));
        assert_eq!(of_key(TEXT, "ladder.no_lead"), Some(3));
        assert_eq!(of_key(TEXT, "ladder.nobody"), None);
    }

    #[test]
    fn a_text_that_is_no_toml_still_has_lines() {
        assert_eq!(of_offset("a = 1\n= 2\n", 6), Place { key: String::new(), line: 2 });
    }
}
