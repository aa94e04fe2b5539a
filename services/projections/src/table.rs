//! A table of a read model: its shape, and the statements that follow from it, in SQLite's words. PostgreSQL's stand with
//! its backend.

/// What happens to a row that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Merge {
    /// The new one takes its place.
    Replace,
    /// This is done, as in `count = own.count + excluded.count`; `own` is the row that is there.
    Do(&'static str),
}

/// A table, keyed by its first columns.
#[derive(Debug)]
pub(crate) struct Table {
    /// Begins with the name of its model.
    pub(crate) name: &'static str,
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

    /// Makes the table and its indexes.
    pub(crate) fn create(&self) -> Vec<String> {
        let columns: String = self.columns.iter().map(|(name, kind)| format!("{name} {kind}, ")).collect();
        let table = format!(
            "CREATE TABLE {} ({columns}PRIMARY KEY ({})) STRICT, WITHOUT ROWID",
            self.name,
            self.key_names()
        );
        std::iter::once(table).chain(self.create_indexes()).collect()
    }

    /// Makes its indexes.
    pub(crate) fn create_indexes(&self) -> impl Iterator<Item = String> {
        let table = self.name;
        self.indexes.iter().map(move |(name, on)| format!("CREATE INDEX {table}_{name} ON {table} {on}"))
    }

    /// Puts a row in.
    pub(crate) fn put(&self) -> String {
        format!(
            "INSERT INTO {} AS own ({}) VALUES ({}) ON CONFLICT ({}) DO {}",
            self.name,
            self.all_names(),
            joined(std::iter::repeat_n("?", self.columns.len())),
            self.key_names(),
            self.merged()
        )
    }

    /// What happens to a row that is there already, as it follows `DO`.
    pub(crate) fn merged(&self) -> String {
        let replaced = || joined(self.names().skip(self.key).map(|name| format!("{name} = excluded.{name}")));
        match self.merge {
            Merge::Replace if self.key == self.columns.len() => "NOTHING".to_owned(),
            Merge::Replace => format!("UPDATE SET {}", replaced()),
            Merge::Do(this) => format!("UPDATE SET {this}"),
        }
    }

    /// Every column of the rows with that first column.
    pub(crate) fn load(&self) -> String {
        format!("SELECT {} FROM {} WHERE {} = ?", self.all_names(), self.name, self.columns[0].0)
    }

    /// Takes out the rows with that first column.
    pub(crate) fn remove(&self) -> String {
        format!("DELETE FROM {} WHERE {} = ?", self.name, self.columns[0].0)
    }

    /// Sets `columns` where the key's first column, which is bound after them, is that.
    pub(crate) fn set(&self, columns: &[&str]) -> String {
        let set = joined(columns.iter().map(|name| format!("{name} = ?")));
        format!("UPDATE {} SET {set} WHERE {} = ?", self.name, self.columns[0].0)
    }

    /// Every row, in the order of the key.
    pub(crate) fn scan(&self) -> String {
        format!("SELECT {} FROM {} ORDER BY {}", self.all_names(), self.name, self.key_names())
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

    const LAMP: Table = Table {
        name: "street_lamp",
        columns: &[("street", "TEXT NOT NULL"), ("no", "INTEGER NOT NULL"), ("lit", "INTEGER NOT NULL")],
        key: 2,
        merge: Merge::Replace,
        indexes: &[("lit", "(lit)")],
    };

    #[test]
    fn the_statements_follow_from_the_shape() {
        assert_eq!(
            LAMP.create(),
            [
                "CREATE TABLE street_lamp (street TEXT NOT NULL, no INTEGER NOT NULL, lit INTEGER NOT NULL, \
                 PRIMARY KEY (street,no)) STRICT, WITHOUT ROWID",
                "CREATE INDEX street_lamp_lit ON street_lamp (lit)"
            ]
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
}
