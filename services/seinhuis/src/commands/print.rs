//! How commands print: plain columns for people, JSON for programs.

use std::fmt::Arguments;
use std::io::Write as _;

use jiff::Timestamp;
use prost::Message;
use seinhuis_contract::proto::common::v1::FeedbackOutcome;
use seinhuis_domain::calendar;
use seinhuis_domain::feedback::Outcome;

use crate::client;

/// Writes a line. A reader that has gone away, as `head` does, is no failure: there is nobody left to tell.
pub fn line(text: Arguments<'_>) {
    if writeln!(std::io::stdout().lock(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// Prints a line the way `println!` does, and ends quietly where nobody reads on.
#[macro_export]
macro_rules! say {
    () => { $crate::commands::print::line(format_args!("")) };
    ($($text:tt)*) => { $crate::commands::print::line(format_args!($($text)*)) };
}

/// Prints JSON, indented.
pub fn json(value: &serde_json::Value) {
    say!("{value:#}");
}

/// Prints an answer of the hub as JSON where that was asked for, and otherwise by `show`. `name` is its full name in the
/// contract.
pub fn answer<M: Message>(
    as_json: bool,
    name: &str,
    answer: &M,
    show: impl FnOnce(&M),
) -> anyhow::Result<()> {
    if as_json {
        json(&client::json(name, answer)?);
    } else {
        show(answer);
    }
    Ok(())
}

/// Prints rows under a heading, each column as wide as its widest cell.
pub fn table(heading: &[&str], rows: &[Vec<String>]) {
    let mut widths: Vec<usize> = heading.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}", width = *width));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    say!("{}", line(heading.to_vec()));
    for row in rows {
        say!("{}", line(row.iter().map(String::as_str).collect()));
    }
}

/// A moment of the contract in local time, to the minute; `-` for none.
pub fn moment(at: Option<&prost_types::Timestamp>) -> String {
    let instant = at.and_then(|at| Timestamp::new(at.seconds, at.nanos).ok());
    instant.map_or_else(
        || "-".to_owned(),
        |at| calendar::render(at).chars().take(16).collect::<String>().replace('T', " "),
    )
}

/// A length of time in days and hours, signed.
pub fn span(duration: Option<&prost_types::Duration>) -> String {
    let Some(duration) = duration else { return "-".to_owned() };
    let (sign, seconds) = (if duration.seconds < 0 { "-" } else { "" }, duration.seconds.unsigned_abs());
    let (days, hours) = (seconds / 86_400, seconds % 86_400 / 3_600);
    if days > 0 {
        format!("{sign}{days}d{hours}h")
    } else {
        format!("{sign}{hours}h{}m", seconds % 3_600 / 60)
    }
}

/// An enum name of the contract as people write it: `RUNG_TEAM` is `team`.
pub fn word(name: &str) -> String {
    name.split_once('_').map_or(name, |(_, word)| word).to_lowercase()
}

/// What became of what a partner reported, as it is told: Dutch first.
pub fn feedback(outcome: FeedbackOutcome) -> String {
    let told =
        Outcome::try_from(outcome).map(|outcome| format!("{} ({})", outcome.dutch(), outcome.english()));
    told.unwrap_or_else(|_| "-".to_owned())
}

/// A text, or a dash where there is none.
pub fn or_dash(text: &str) -> String {
    if text.is_empty() { "-".to_owned() } else { text.to_owned() }
}
