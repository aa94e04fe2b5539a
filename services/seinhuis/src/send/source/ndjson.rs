//! Rows of an NDJSON file: one JSON object per line. A column is a key, or keys with dots between for objects inside
//! objects. Numbers are taken as they are written, so a long one loses no digit.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

use serde_json::value::RawValue;

use super::{LONGEST_ROW, SourceError};
use crate::send::map::Mapping;
use crate::send::refusal::Misfit;
use crate::send::row::{Cell, Row};

type Object<'a> = HashMap<Cow<'a, str>, &'a RawValue>;

/// The lines that hold a row.
pub(in crate::send) struct NdjsonRows<R> {
    file: String,
    input: BufReader<R>,
    columns: Vec<String>,
    line: u64,
    bytes: u64,
    text: Vec<u8>,
}

impl<R: Read> NdjsonRows<R> {
    pub(super) fn new(file: String, input: R, mapping: &Mapping) -> Self {
        let columns = mapping.columns.iter().map(|column| column.name.clone()).collect();
        let input = BufReader::with_capacity(1 << 16, input);
        Self { file, input, columns, line: 0, bytes: 0, text: Vec::new() }
    }

    pub(super) fn next(&mut self) -> Result<Option<Row>, SourceError> {
        loop {
            let whole = match self.advance() {
                Ok(Some(whole)) => whole,
                Ok(None) => return Ok(None),
                Err(source) => return Err(SourceError::Unreadable { file: self.file.clone(), source }),
            };
            let text = self
                .text
                .strip_prefix("\u{feff}".as_bytes())
                .filter(|_| self.line == 1)
                .unwrap_or(&self.text);
            if whole && text.trim_ascii().is_empty() {
                continue;
            }
            let cells = if whole {
                cells(text, &self.columns)
            } else {
                Err(Misfit::whole(format!("must be at most {LONGEST_ROW} bytes")))
            };
            return Ok(Some(Row { line: self.line, cells }));
        }
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes
    }

    /// Reads the next line; false when it was too long to be kept.
    fn advance(&mut self) -> std::io::Result<Option<bool>> {
        self.text.clear();
        let read = self.input.by_ref().take(LONGEST_ROW).read_until(b'\n', &mut self.text)? as u64;
        if read == 0 {
            return Ok(None);
        }
        self.line += 1;
        self.bytes += read;
        if read == LONGEST_ROW && self.text.last() != Some(&b'\n') {
            self.bytes += self.input.skip_until(b'\n')? as u64;
            return Ok(Some(false));
        }
        Ok(Some(true))
    }
}

fn cells(text: &[u8], columns: &[String]) -> Result<Vec<Cell>, Misfit> {
    let text = std::str::from_utf8(text).map_err(|_| Misfit::whole("must be UTF-8"))?;
    let object = object(text).ok_or_else(|| Misfit::whole("must be one JSON object"))?;
    Ok(columns.iter().map(|column| find(&object, column)).collect())
}

fn object(text: &str) -> Option<Object<'_>> {
    serde_json::from_str(text).ok()
}

fn find(object: &Object<'_>, column: &str) -> Cell {
    if let Some(value) = object.get(column) {
        return cell(value.get());
    }
    let inner =
        column.split_once('.').and_then(|(key, rest)| Some((self::object(object.get(key)?.get())?, rest)));
    inner.map_or(Cell::Empty, |(inner, rest)| find(&inner, rest))
}

fn cell(raw: &str) -> Cell {
    match raw.as_bytes().first() {
        Some(b'"') => match serde_json::from_str::<String>(raw) {
            Ok(text) => Cell::text(&text),
            // Half of a surrogate pair.
            Err(_) => Cell::Broken { shown: raw.to_owned(), rule: "must be text in Unicode" },
        },
        Some(b'{' | b'[') => {
            Cell::Broken { shown: raw.to_owned(), rule: "must be text, a number, true or false" }
        }
        _ if raw == "null" => Cell::Empty,
        _ => Cell::text(raw),
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::send::map::specs::mapping;
    use proptest::prelude::*;

    const MAP: &str = r#"
        [signal]
        sector = "municipal"
        [fields]
        reference = { column = "id" }
        occurred_at = { column = "when.at" }
        kind = { value = "municipal.waste" }
        area_name = { column = "wijk" }
    "#;

    fn rows(text: &[u8]) -> Vec<Row> {
        let mut rows = NdjsonRows::new("in.ndjson".into(), text, &mapping(MAP));
        std::iter::from_fn(|| rows.next().unwrap()).collect()
    }

    #[test]
    fn a_line_is_a_row_and_dots_lead_inside() {
        let text = "\u{feff}{\"id\":123456789012345678901234567890,\"when\":{\"at\":\"2026\"},\"wijk\":\" Ulft\\n\"}\n\n\
                    {\"id\":true,\"when.at\":\"x\",\"when\":{\"at\":\"2026\"},\"wijk\":null}";
        assert_eq!(
            rows(text.as_bytes()),
            [Row::of(1, &["123456789012345678901234567890", "2026", "Ulft"]), Row::of(3, &["true", "x", ""]),]
        );
    }

    #[test]
    fn a_bad_line_is_told_and_the_next_one_read() {
        let rows = rows(
            b"{\"id\":1\n[1]\n{\"id\":\"\xff\"}\n{} {}\n{\"id\":[1],\"wijk\":\"\\ud800\"}\n{\"id\":1}\n",
        );
        let rule = |row: &Row| row.cells.as_ref().map_err(|misfit| misfit.rule.clone()).err();
        let one = Some("must be one JSON object".to_owned());
        assert_eq!(
            rows[..4].iter().map(rule).collect::<Vec<_>>(),
            [one.clone(), one.clone(), Some("must be UTF-8".into()), one]
        );
        assert!(matches!(
            rows[4].cell(0),
            Cell::Broken { rule: "must be text, a number, true or false", .. }
        ));
        assert!(matches!(rows[4].cell(2), Cell::Broken { rule: "must be text in Unicode", .. }));
        assert_eq!(rows[5], Row::of(6, &["1", "", ""]));
    }

    #[test]
    fn a_line_too_long_to_keep_is_refused_and_the_next_one_read() {
        let mut text = vec![b' '; LONGEST_ROW as usize + 10];
        text.extend_from_slice(b"\n{\"id\":1}\n");
        let rows = rows(&text);
        assert_eq!(rows[0].cells.as_ref().unwrap_err().rule, "must be at most 1048576 bytes");
        assert_eq!(rows[1], Row::of(2, &["1", "", ""]));
    }

    proptest! {
        #[test]
        fn any_bytes_are_rows(bytes in any::<Vec<u8>>()) {
            let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
            prop_assert!(rows(&bytes).len() <= lines);
        }
    }
}
