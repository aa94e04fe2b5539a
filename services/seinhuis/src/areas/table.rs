//! Areas from CSV with a heading: columns level, code, name and parent, in any order, others beside them. No shapes.

use super::Found;
use super::cbs::{self, Row};
use super::error::BrokenArea;

const COLUMNS: [&str; 4] = ["level", "code", "name", "parent"];

pub(super) fn read(file: &str, text: &str) -> Result<Vec<Found>, BrokenArea> {
    let broken = |line: u64, field: &str, rule: String| BrokenArea {
        file: file.to_owned(),
        place: format!("line {line}"),
        field: field.to_owned(),
        rule,
    };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|error| broken(1, "", error.to_string()))?;
    let mut columns = [0; COLUMNS.len()];
    for (column, name) in columns.iter_mut().zip(COLUMNS) {
        *column = heading.iter().position(|h| h.trim() == name).ok_or_else(|| {
            broken(
                1,
                name,
                format!("the column is missing; there are {}", heading.iter().collect::<Vec<_>>().join(", ")),
            )
        })?;
    }
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            broken(line, "", lengths(&error))
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let [level, code, name, parent] = columns.map(|column| record.get(column).unwrap_or_default());
        let area = cbs::area(&Row { level, code, name, parent }, None)
            .map_err(|fault| broken(line, fault.field, fault.rule))?;
        found.push(Found { place: format!("line {line}"), area });
    }
    Ok(found)
}

/// The text is UTF-8 and in memory: only its number of fields can be wrong.
fn lengths(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields, but the heading has {expected_len}")
        }
        _ => error.to_string(),
    }
}
