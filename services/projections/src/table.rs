//! A table of a read model: its shape, and the statements that follow from it, in SQLite's words. PostgreSQL's stand with
//! its backend.

use std::borrow::Cow;

use crate::cell::Cell;

/// What happens to a row that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Merge {
    /// The new one takes its place.
    Replace,
    /// The number in this column is added to the one that is there.
    Add(&'static str),
    /// The greater number in this column stays.
    Greatest(&'static str),
}

/// What a row is looked for by, besides its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sought {
    /// This column is this value.
    Is(&'static str, Cell),
    /// This column is text with this in it, which holds letters, digits and dashes only.
    Holds(&'static str, String),
}

/// A table, keyed by its first columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    /// Begins with the name of its model.
    pub(crate) name: &'static str,
    /// 0 for the one that is asked. Others are made beside it, to take its place.
    pub(crate) generation: u32,
    /// Names and types, the key first.
    pub(crate) columns: &'static [(&'static str, &'static str)],
    /// How many columns the key has.
    pub(crate) key: usize,
    /// What happens to a row that is there already.
    pub(crate) merge: Merge,
    /// What is looked for besides the key: name, and what follows `ON`.
    pub(crate) indexes: &'static [(&'static str, &'static str)],
}

impl Table {
    /// The same table beside the one that is asked.
    pub(crate) fn beside(&self, generation: u32) -> Self {
        Self { generation, ..*self }
    }

    /// What it is called in the database.
    pub(crate) fn place(&self) -> Cow<'static, str> {
        match self.generation {
            0 => self.name.into(),
            generation => format!("{}_{generation}", self.name).into(),
        }
    }

    /// Where a column stands.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.names().position(|own| own == name)
    }

    fn names(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.columns.iter().map(|(name, _)| *name)
    }

    /// The key's columns, comma between.
    pub(crate) fn key_names(&self) -> String {
        joined(self.names().take(self.key))
    }

    /// Every column, comma between.
    pub(crate) fn all_names(&self) -> String {
        joined(self.names())
    }

    /// Makes the table.
    pub(crate) fn create(&self) -> String {
        let columns: String = self.columns.iter().map(|(name, kind)| format!("{name} {kind}, ")).collect();
        let (table, key) = (self.place(), self.key_names());
        format!("CREATE TABLE {table} ({columns}PRIMARY KEY ({key})) STRICT, WITHOUT ROWID")
    }

    /// Makes its indexes.
    pub(crate) fn create_indexes(&self) -> impl Iterator<Item = String> {
        let table = self.place();
        self.indexes.iter().map(move |(name, on)| format!("CREATE INDEX {table}_{name} ON {table} {on}"))
    }

    /// Puts all rows of another table of its shape in. SQLite copies them as they lie as long as nothing more is asked.
    pub(crate) fn copy(&self, other: &Self) -> String {
        let (own, names, other) = (self.place(), self.all_names(), other.place());
        format!("INSERT INTO {own} ({names}) SELECT {names} FROM {other}")
    }

    /// Puts a row in that isn't there yet.
    pub(crate) fn insert(&self) -> String {
        let row = joined(std::iter::repeat_n("?", self.columns.len()));
        format!("INSERT INTO {} AS own ({}) VALUES ({row})", self.place(), self.all_names())
    }

    /// Puts a row in.
    pub(crate) fn put(&self) -> String {
        format!("{} ON CONFLICT ({}) DO {}", self.insert(), self.key_names(), self.merged())
    }

    /// What happens to a row that is there already, as it follows `DO`.
    pub(crate) fn merged(&self) -> String {
        let replaced = || joined(self.names().skip(self.key).map(|name| format!("{name} = excluded.{name}")));
        match self.merge {
            Merge::Replace if self.key == self.columns.len() => "NOTHING".to_owned(),
            Merge::Replace => format!("UPDATE SET {}", replaced()),
            Merge::Add(name) => format!("UPDATE SET {name} = own.{name} + excluded.{name}"),
            Merge::Greatest(name) => format!(
                "UPDATE SET {name} = CASE WHEN own.{name} < excluded.{name} THEN excluded.{name} ELSE own.{name} END"
            ),
        }
    }

    /// The same, done to the row itself.
    pub(crate) fn merge_into(&self, own: &mut Vec<Cell>, new: Vec<Cell>) {
        let number = |row: &[Cell], name| match self.column(name).and_then(|at| row.get(at)) {
            Some(Cell::Int(value)) => *value,
            _ => 0,
        };
        let (name, merged) = match self.merge {
            Merge::Replace => return *own = new,
            Merge::Add(name) => (name, number(own, name) + number(&new, name)),
            Merge::Greatest(name) => (name, number(own, name).max(number(&new, name))),
        };
        if let Some(cell) = self.column(name).and_then(|at| own.get_mut(at)) {
            *cell = merged.into();
        }
    }

    /// Every column of the rows that any of `sought` fits, and the values it is asked with.
    pub(crate) fn find(&self, sought: &[Sought]) -> (String, Vec<Cell>) {
        let (fits, values): (Vec<_>, Vec<_>) = sought
            .iter()
            .map(|sought| match sought {
                Sought::Is(name, value) => (format!("{name} = ?"), value.clone()),
                Sought::Holds(name, text) => (format!("{name} LIKE ?"), format!("%{text}%").into()),
            })
            .unzip();
        let sql = format!("SELECT {} FROM {} WHERE {}", self.all_names(), self.place(), fits.join(" OR "));
        (sql, values)
    }

    /// Whether any of `sought` fits a row.
    pub(crate) fn fits(&self, row: &[Cell], sought: &[Sought]) -> bool {
        let at = |name| self.column(name).and_then(|at| row.get(at));
        sought.iter().any(|sought| match sought {
            Sought::Is(name, value) => at(name) == Some(value),
            Sought::Holds(name, text) => {
                matches!(at(name), Some(Cell::Text(own)) if own.contains(text.as_str()))
            }
        })
    }

    /// Every column of the rows with that first column.
    pub(crate) fn load(&self) -> String {
        format!("SELECT {} FROM {} WHERE {} = ?", self.all_names(), self.place(), self.columns[0].0)
    }

    /// Takes out the rows with that first column.
    pub(crate) fn remove(&self) -> String {
        format!("DELETE FROM {} WHERE {} = ?", self.place(), self.columns[0].0)
    }

    /// Sets `columns` where the key's first column, which is bound after them, is that.
    pub(crate) fn set(&self, columns: &[&str]) -> String {
        let set = joined(columns.iter().map(|name| format!("{name} = ?")));
        format!("UPDATE {} SET {set} WHERE {} = ?", self.place(), self.columns[0].0)
    }

    /// Every row, in the order of the key.
    pub(crate) fn scan(&self) -> String {
        format!("SELECT {} FROM {} ORDER BY {}", self.all_names(), self.place(), self.key_names())
    }
}

fn joined<T: AsRef<str>>(parts: impl Iterator<Item = T>) -> String {
    let mut text = String::new();
    for part in parts {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(part.as_ref());
    }
    text
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::cell::cells;

    const LAMP: Table = Table {
        name: "street_lamp",
        generation: 0,
        columns: &[("street", "TEXT NOT NULL"), ("no", "INTEGER NOT NULL"), ("lit", "INTEGER NOT NULL")],
        key: 2,
        merge: Merge::Replace,
        indexes: &[("lit", "(lit)")],
    };

    #[test]
    fn the_statements_follow_from_the_shape() {
        assert_eq!(
            LAMP.create(),
            "CREATE TABLE street_lamp (street TEXT NOT NULL, no INTEGER NOT NULL, lit INTEGER NOT NULL, \
             PRIMARY KEY (street,no)) STRICT, WITHOUT ROWID"
        );
        assert_eq!(
            LAMP.create_indexes().collect::<Vec<_>>(),
            ["CREATE INDEX street_lamp_lit ON street_lamp (lit)"]
        );
        assert_eq!(
            LAMP.put(),
            "INSERT INTO street_lamp AS own (street,no,lit) VALUES (?,?,?) \
             ON CONFLICT (street,no) DO UPDATE SET lit = excluded.lit"
        );
        assert_eq!(LAMP.load(), "SELECT street,no,lit FROM street_lamp WHERE street = ?");
        assert_eq!(LAMP.set(&["lit", "no"]), "UPDATE street_lamp SET lit = ?,no = ? WHERE street = ?");
        assert_eq!(LAMP.scan(), "SELECT street,no,lit FROM street_lamp ORDER BY street,no");
    }
    #[test]
    fn a_table_beside_another_has_names_of_its_own() {
        let beside = LAMP.beside(7);
        assert_eq!(beside.load(), "SELECT street,no,lit FROM street_lamp_7 WHERE street = ?");
        assert_eq!(
            beside.create_indexes().collect::<Vec<_>>(),
            ["CREATE INDEX street_lamp_7_lit ON street_lamp_7 (lit)"]
        );
    }

    #[test]
    fn rows_are_merged_as_the_statement_says() {
        for (merge, left, said) in [
            (Merge::Replace, 2, "lit = excluded.lit"),
            (Merge::Add("lit"), 7, "lit = own.lit + excluded.lit"),
            (
                Merge::Greatest("lit"),
                5,
                "lit = CASE WHEN own.lit < excluded.lit THEN excluded.lit ELSE own.lit END",
            ),
        ] {
            let table = Table { merge, ..LAMP };
            let mut own = cells!["dike", 1_i64, 5_i64];
            table.merge_into(&mut own, cells!["dike", 1_i64, 2_i64]);
            assert_eq!(own, cells!["dike", 1_i64, left as i64]);
            assert_eq!(table.merged(), format!("UPDATE SET {said}"));
        }
    }

    #[test]
    fn what_is_sought_is_asked_for_and_found_alike() {
        let sought = [Sought::Is("no", 4_i64.into()), Sought::Holds("street", "ij".to_owned())];
        let (sql, values) = LAMP.find(&sought);
        assert_eq!(sql, "SELECT street,no,lit FROM street_lamp WHERE no = ? OR street LIKE ?");
        assert_eq!(values, cells![4_i64, "%ij%"]);
        for (street, no, fits) in [("dijk", 1_i64, true), ("markt", 4, true), ("markt", 1, false)] {
            let row: Vec<Cell> = cells![street, no, 4_i64];
            assert_eq!(LAMP.fits(&row, &sought), fits, "{row:?}");
        }
    }
}
