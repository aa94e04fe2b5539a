//! A table on its way into a file.

use jiff::Timestamp;
use seinhuis_contract::status::Problem;

/// What a column holds. Each may be without a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Count,
    Instant,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    None,
    Text(String),
    Count(u64),
    Instant(Timestamp),
}

/// A row, as long as there are columns.
pub(super) type Row = Vec<Value>;

/// Columns, and what stands in them.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: &'static [Column],
    pub(super) rows: Vec<Row>,
    /// How many counts were left out.
    pub(super) left_out: u64,
}

/// A column of that name.
pub(super) const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<u32> for Value {
    fn from(count: u32) -> Self {
        Self::Count(count.into())
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Instant(at)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

/// What isn't there to export, and what is.
pub(super) fn no_model(name: &str, known: &[&str]) -> Problem {
    Problem::field("model", name, &format!("one of {}", known.join(", ")))
}
