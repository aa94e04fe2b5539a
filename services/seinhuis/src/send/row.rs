//! One row of the file: the cells that the map asks for, in the map's order.

use super::refusal::Misfit;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing, or only blanks.
    Empty,
    /// Its text, without blanks around it.
    Text(String),
    /// Bytes that are no UTF-8, or a list where one value should be; the rule that it breaks.
    Broken {
        /// As much of it as can be shown.
        shown: String,
        /// The rule.
        rule: &'static str,
    },
}

impl Cell {
    /// A cell with this text.
    pub(super) fn text(text: &str) -> Self {
        match text.trim() {
            "" => Self::Empty,
            text => Self::Text(text.to_owned()),
        }
    }

    /// A cell with these bytes.
    pub(super) fn bytes(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::text(text),
            Err(_) => {
                Self::Broken { shown: String::from_utf8_lossy(bytes).into_owned(), rule: "must be UTF-8" }
            }
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// The line on which it begins, counted from 1.
    pub(super) line: u64,
    /// The cells of the map's columns; or what is wrong with the row as a whole.
    pub(super) cells: Result<Vec<Cell>, Misfit>,
}

impl Row {
    /// The cell of the map's column with this number.
    pub(super) fn cell(&self, column: usize) -> &Cell {
        self.cells.as_ref().ok().and_then(|cells| cells.get(column)).unwrap_or(&Cell::Empty)
    }

    /// A row of texts.
    #[cfg(test)]
    pub(super) fn of(line: u64, cells: &[&str]) -> Self {
        Self { line, cells: Ok(cells.iter().map(|text| Cell::text(text)).collect()) }
    }
}
