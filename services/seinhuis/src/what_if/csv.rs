//! Every climb and reminder that differs, a row each.

use std::io::Write;

use seinhuis_domain::calendar::render;
use seinhuis_domain::what_if::{Comparison, Of, Telling};

const HEADING: [&str; 12] = [
    "case",
    "what",
    "rung",
    "change",
    "happened_at",
    "happened_area",
    "happened_because",
    "happened_told",
    "would_at",
    "would_area",
    "would_because",
    "would_told",
];

/// Writes them, the earliest first.
pub(crate) fn write(comparison: &Comparison, into: impl Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(into);
    writer.write_record(HEADING)?;
    for one in comparison.differences() {
        let (what, rung) = match one.of {
            Of::Climb(rung) => ("climb".to_owned(), rung),
            Of::Reminder(rung, nth) => (format!("reminder {nth}"), rung),
        };
        let mut row = vec![one.case.to_string(), what, rung.to_string(), one.change.as_str().to_owned()];
        row.extend(cells(one.happened.as_ref()));
        row.extend(cells(one.would.as_ref()));
        writer.write_record(row)?;
    }
    Ok(writer.flush()?)
}

fn cells(climb: Option<&Telling>) -> [String; 4] {
    let Some(Telling { area, cause, at, tell }) = climb else { return Default::default() };
    let told: Vec<&str> = tell.iter().map(|person| person.as_str()).collect();
    [render(*at), area.to_string(), cause.english().to_owned(), told.join(" ")]
}
