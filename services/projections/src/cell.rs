//! One value in a row, the same for every database, and the way back from a row to a type of the rules.

use std::fmt::Display;
use std::str::FromStr;
use std::vec::IntoIter;

use jiff::Timestamp;
use seinhuis_domain::ids::{CaseId, NoticeId, SignalId, SubjectId};
use seinhuis_domain::ladder::Rung;
use seinhuis_eventstore::Position;
use serde::Serialize;
use serde::de::DeserializeOwned;
use smol_str::{SmolStr, ToSmolStr};
use uuid::Uuid;

use crate::fault::Fault;

/// One stored value. No floating point: its text differs between databases, and rebuilt must equal live. Short text and ids
/// take no memory of their own: there are a dozen values to a row, and rows by the million.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Text(SmolStr),
    /// Sixteen bytes, which are never a [`Cell::Blob`].
    Id([u8; 16]),
    /// Any other number of bytes.
    Blob(Vec<u8>),
}

/// A row from the values it is made of.
macro_rules! cells {
    ($($value:expr),+ $(,)?) => { vec![$($crate::cell::Cell::from($value)),+] };
}
pub(crate) use cells;

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u64> for Cell {
    fn from(value: u64) -> Self {
        // Positions and counts stay far below 2^63.
        Self::Int(value as i64)
    }
}

impl From<usize> for Cell {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Cell {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}

impl From<Position> for Cell {
    fn from(value: Position) -> Self {
        value.0.into()
    }
}

/// Stored as whole microseconds since 1970.
impl From<Timestamp> for Cell {
    fn from(value: Timestamp) -> Self {
        Self::Int(value.as_microsecond())
    }
}

/// Stored as its place on the ladder, so that the database can order by it.
impl From<Rung> for Cell {
    fn from(value: Rung) -> Self {
        Self::Int(Rung::ALL.iter().position(|rung| *rung == value).map_or(0, |place| place as i64))
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(value.into())
    }
}

impl From<&[u8]> for Cell {
    fn from(value: &[u8]) -> Self {
        value.try_into().map_or_else(|_| Self::Blob(value.to_vec()), Self::Id)
    }
}

impl From<Vec<u8>> for Cell {
    fn from(value: Vec<u8>) -> Self {
        value.as_slice().try_into().map_or_else(|_| Self::Blob(value), Self::Id)
    }
}

impl From<Uuid> for Cell {
    fn from(value: Uuid) -> Self {
        Self::Id(value.into_bytes())
    }
}

macro_rules! from_id {
    ($($id:ident),+) => { $(impl From<$id> for Cell {
        fn from(value: $id) -> Self {
            value.0.into()
        }
    })+ };
}
from_id!(CaseId, NoticeId, SignalId, SubjectId);

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Cell {
    /// The JSON of `value`. The rules' types always have one: their maps have text for keys.
    pub(crate) fn json(value: &impl Serialize) -> Self {
        serde_json::to_string(value).map_or(Self::Null, Self::from)
    }

    /// The text of `value`.
    pub(crate) fn text(value: &impl Display) -> Self {
        Self::Text(value.to_smolstr())
    }
}

/// A row being read, from its first column to its last.
#[derive(Debug)]
pub(crate) struct Cells {
    table: &'static str,
    cells: IntoIter<Cell>,
}

impl Cells {
    pub(crate) fn new(table: &'static str, cells: Vec<Cell>) -> Self {
        Self { table, cells: cells.into_iter() }
    }

    /// The values not read yet.
    pub(crate) fn into_inner(self) -> Vec<Cell> {
        self.cells.collect()
    }

    fn damaged<T>(&self, what: impl Display) -> Result<T, Fault> {
        Err(Fault::Damaged { table: self.table, what: what.to_string() })
    }

    pub(crate) fn maybe_int(&mut self) -> Result<Option<i64>, Fault> {
        match self.cells.next() {
            Some(Cell::Int(value)) => Ok(Some(value)),
            Some(Cell::Null) => Ok(None),
            _ => self.damaged("a whole number was expected"),
        }
    }

    fn maybe_short(&mut self) -> Result<Option<SmolStr>, Fault> {
        match self.cells.next() {
            Some(Cell::Text(value)) => Ok(Some(value)),
            Some(Cell::Null) => Ok(None),
            _ => self.damaged("text was expected"),
        }
    }

    pub(crate) fn maybe_text(&mut self) -> Result<Option<String>, Fault> {
        Ok(self.maybe_short()?.map(String::from))
    }

    pub(crate) fn maybe_id(&mut self) -> Result<Option<Uuid>, Fault> {
        match self.cells.next() {
            Some(Cell::Id(value)) => Ok(Some(Uuid::from_bytes(value))),
            Some(Cell::Null) => Ok(None),
            _ => self.damaged("an id was expected"),
        }
    }

    pub(crate) fn blob(&mut self) -> Result<Vec<u8>, Fault> {
        match self.cells.next() {
            Some(Cell::Blob(value)) => Ok(value),
            Some(Cell::Id(value)) => Ok(value.to_vec()),
            _ => self.damaged("bytes were expected"),
        }
    }

    pub(crate) fn int(&mut self) -> Result<i64, Fault> {
        let value = self.maybe_int()?;
        self.present(value)
    }

    pub(crate) fn text(&mut self) -> Result<String, Fault> {
        let value = self.maybe_text()?;
        self.present(value)
    }

    pub(crate) fn id(&mut self) -> Result<Uuid, Fault> {
        let value = self.maybe_id()?;
        self.present(value)
    }

    pub(crate) fn maybe_whole<T: TryFrom<i64>>(&mut self) -> Result<Option<T>, Fault> {
        let Some(value) = self.maybe_int()? else { return Ok(None) };
        T::try_from(value).map(Some).or_else(|_| self.damaged(format_args!("{value} is out of range")))
    }

    pub(crate) fn whole<T: TryFrom<i64>>(&mut self) -> Result<T, Fault> {
        let value = self.int()?;
        T::try_from(value).or_else(|_| self.damaged(format_args!("{value} is out of range")))
    }

    pub(crate) fn position(&mut self) -> Result<Position, Fault> {
        self.whole().map(Position)
    }

    pub(crate) fn instant(&mut self) -> Result<Timestamp, Fault> {
        let value = self.maybe_instant()?;
        self.present(value)
    }

    pub(crate) fn maybe_instant(&mut self) -> Result<Option<Timestamp>, Fault> {
        let instant = self.maybe_int()?.map(Timestamp::from_microsecond).transpose();
        instant.or_else(|error| self.damaged(error))
    }

    pub(crate) fn rung(&mut self) -> Result<Rung, Fault> {
        let rung = self.maybe_rung()?;
        self.present(rung)
    }

    pub(crate) fn maybe_rung(&mut self) -> Result<Option<Rung>, Fault> {
        let Some(place) = self.maybe_whole::<usize>()? else { return Ok(None) };
        self.one_of(Rung::ALL.get(place).copied(), place).map(Some)
    }

    /// What `read` found on a closed list for the value `from`.
    pub(crate) fn one_of<T>(&self, read: Option<T>, from: impl Display) -> Result<T, Fault> {
        read.map_or_else(|| self.damaged(format_args!("{from} is not on the list of its kind")), Ok)
    }

    pub(crate) fn parsed<T: FromStr<Err: Display>>(&mut self) -> Result<T, Fault> {
        let value = self.maybe_parsed()?;
        self.present(value)
    }

    pub(crate) fn maybe_parsed<T: FromStr<Err: Display>>(&mut self) -> Result<Option<T>, Fault> {
        let made = self.maybe_short()?.map(|text| text.parse()).transpose();
        made.or_else(|error| self.damaged(error))
    }

    /// For names that are made from text with a rule of their own, such as area codes.
    pub(crate) fn named<T: TryFrom<String, Error: Display>>(&mut self) -> Result<T, Fault> {
        let text = self.text()?;
        T::try_from(text).or_else(|error| self.damaged(error))
    }

    pub(crate) fn maybe_named<T: TryFrom<String, Error: Display>>(&mut self) -> Result<Option<T>, Fault> {
        let made = self.maybe_text()?.map(T::try_from).transpose();
        made.or_else(|error| self.damaged(error))
    }

    pub(crate) fn maybe_json<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Fault> {
        let read = self.maybe_short()?.map(|text| serde_json::from_str(&text)).transpose();
        read.or_else(|error| self.damaged(error))
    }

    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> Result<T, Fault> {
        let value = self.maybe_json()?;
        self.present(value)
    }

    fn present<T>(&self, value: Option<T>) -> Result<T, Fault> {
        match value {
            Some(value) => Ok(value),
            None => self.damaged("a value was expected where there is none"),
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_row_reads_back_what_was_put_in() {
        let at: Timestamp = "2026-03-09T09:30:00.000001Z".parse().unwrap();
        let id = CaseId(Uuid::from_u128(7));
        let row = cells![Rung::College, at, None::<Timestamp>, id, Position(9), "wonion"];
        let mut row = Cells::new("any", row);
        assert_eq!(row.rung().unwrap(), Rung::College);
        assert_eq!(row.instant().unwrap(), at);
        assert_eq!(row.maybe_instant().unwrap(), None);
        assert_eq!(CaseId(row.id().unwrap()), id);
        assert_eq!(row.position().unwrap(), Position(9));
        assert_eq!(row.text().unwrap(), "wonion");
    }

    #[test]
    fn a_row_of_another_shape_is_damaged_and_names_its_table() {
        let mut row = Cells::new("board_case", cells!["no number"]);
        assert_eq!(
            row.int().unwrap_err().to_string(),
            "board_case holds a row that can't be read: a whole number was expected"
        );
        assert!(Cells::new("any", vec![]).text().is_err());
        assert!(Cells::new("any", cells![4_i64]).rung().is_err());
    }
}
