//! The statements of a table in PostgreSQL's words. Each takes any number of rows: a column of them is one array.

use crate::table::Table;

/// The kinds of value there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int,
    Text,
    Blob,
}

impl Kind {
    /// The kind of a column, and what is said of it besides. A type that isn't SQLite's is taken for text.
    fn of(declared: &str) -> (Self, &str) {
        let (name, rest) = declared.split_at(declared.find(' ').unwrap_or(declared.len()));
        let kind = match name {
            "INTEGER" => Self::Int,
            "BLOB" => Self::Blob,
            _ => Self::Text,
        };
        (kind, rest)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Int => "bigint",
            Self::Text => "text",
            Self::Blob => "bytea",
        }
    }

    /// The kinds of the first columns of `table`.
    pub(super) fn first(table: &Table, columns: usize) -> impl Iterator<Item = Self> {
        table.columns.iter().take(columns).map(|(_, declared)| Self::of(declared).0)
    }

    /// The kinds of `columns` of `table`.
    pub(super) fn named(table: &Table, columns: &[&str]) -> Vec<Self> {
        let declared = |name: &&str| table.columns.iter().find(|(own, _)| own == name).map(|(_, kind)| *kind);
        columns.iter().filter_map(declared).map(|declared| Self::of(declared).0).collect()
    }
}

/// A row where the table of that name is there.
pub(super) const THERE: &str = "SELECT 1::bigint WHERE to_regclass($1) IS NOT NULL";

/// Makes `table`, without a key as yet. Text is in the order of its bytes, as in SQLite.
pub(super) fn create(table: &Table) -> String {
    let column = |(name, declared): &(&str, &str)| {
        let (kind, rest) = Kind::of(declared);
        let order = if kind == Kind::Text { " COLLATE \"C\"" } else { "" };
        format!("{name} {}{order}{rest}", kind.name())
    };
    let columns: Vec<String> = table.columns.iter().map(column).collect();
    format!("CREATE TABLE {} ({})", table.place(), columns.join(", "))
}

/// Gives it its key. With the rows there already, that is one sort.
pub(super) fn key(table: &Table) -> String {
    format!("ALTER TABLE {} ADD PRIMARY KEY ({})", table.place(), table.key_names())
}

/// Fills it with rows as they stand.
pub(super) fn copy(table: &Table) -> String {
    format!("COPY {} ({}) FROM STDIN (FORMAT binary)", table.place(), table.all_names())
}

/// Puts rows in: a parameter for each column.
pub(super) fn put(table: &Table) -> String {
    format!(
        "INSERT INTO {} AS own ({}) SELECT * FROM unnest({}) ON CONFLICT ({}) DO {}",
        table.place(),
        table.all_names(),
        arrays(Kind::first(table, table.columns.len())),
        table.key_names(),
        table.merged()
    )
}

/// Every column of the rows whose first column is one of the keys.
pub(super) fn load(table: &Table) -> String {
    format!("SELECT {} FROM {} WHERE {}", table.all_names(), table.place(), first_in(table))
}

/// The same, and holds those rows until the change ends. In one order, so that nobody waits in a circle.
pub(super) fn hold(table: &Table) -> String {
    format!("{} ORDER BY {} FOR UPDATE", load(table), table.key_names())
}

/// Takes out the rows whose first column is one of the keys.
pub(super) fn remove(table: &Table) -> String {
    format!("DELETE FROM {} WHERE {}", table.place(), first_in(table))
}

/// Sets `columns`: a parameter for each of them, and then the key's first column.
pub(super) fn set(table: &Table, columns: &[&str]) -> String {
    let (own, key) = (table.place(), table.columns[0].0);
    let kinds = Kind::named(table, columns).into_iter().chain(Kind::first(table, 1));
    let set: Vec<String> = columns.iter().map(|name| format!("{name} = new.{name}")).collect();
    format!(
        "UPDATE {own} SET {} FROM unnest({}) AS new ({},whose) WHERE {own}.{key} = new.whose",
        set.join(","),
        arrays(kinds),
        columns.join(",")
    )
}

/// A statement in words that SQLite takes too, but for two: it marks a value by `?`, and takes CROSS JOIN to mean that
/// tables are gone through in that order.
pub(super) fn translated(sql: &str) -> String {
    let sql = sql.replace("CROSS JOIN", "JOIN");
    let mut pieces = sql.split('?');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for (piece, number) in pieces.zip(1..) {
        text.push_str(&format!("${number}{piece}"));
    }
    text
}

fn first_in(table: &Table) -> String {
    let kind = Kind::of(table.columns[0].1).0;
    format!("{} = ANY($1::{}[])", table.columns[0].0, kind.name())
}

fn arrays(kinds: impl Iterator<Item = Kind>) -> String {
    let array = |(kind, number): (Kind, usize)| format!("${number}::{}[]", kind.name());
    kinds.zip(1..).map(array).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::table::Merge;

    const LAMP: Table = Table {
        name: "street_lamp",
        generation: 0,
        columns: &[("street", "TEXT NOT NULL"), ("no", "INTEGER NOT NULL"), ("mark", "BLOB")],
        key: 2,
        merge: Merge::Replace,
        indexes: &[("mark", "(mark) WHERE mark IS NOT NULL")],
    };

    #[test]
    fn the_statements_follow_from_the_shape() {
        assert_eq!(
            create(&LAMP),
            "CREATE TABLE street_lamp (street text COLLATE \"C\" NOT NULL, no bigint NOT NULL, mark bytea)"
        );
        assert_eq!(key(&LAMP), "ALTER TABLE street_lamp ADD PRIMARY KEY (street,no)");
        assert_eq!(copy(&LAMP), "COPY street_lamp (street,no,mark) FROM STDIN (FORMAT binary)");
        assert_eq!(
            put(&LAMP),
            "INSERT INTO street_lamp AS own (street,no,mark) \
             SELECT * FROM unnest($1::text[],$2::bigint[],$3::bytea[]) \
             ON CONFLICT (street,no) DO UPDATE SET mark = excluded.mark"
        );
        assert_eq!(
            hold(&LAMP),
            "SELECT street,no,mark FROM street_lamp WHERE street = ANY($1::text[]) ORDER BY street,no FOR UPDATE"
        );
        assert_eq!(
            set(&LAMP, &["mark", "no"]),
            "UPDATE street_lamp SET mark = new.mark,no = new.no \
             FROM unnest($1::bytea[],$2::bigint[],$3::text[]) AS new (mark,no,whose) WHERE street_lamp.street = new.whose"
        );
    }

    #[test]
    fn values_are_numbered_in_their_order() {
        assert_eq!(translated("a IN (?,?) CROSS JOIN b LIMIT ?"), "a IN ($1,$2) JOIN b LIMIT $3");
        assert_eq!(translated("a = $1"), "a = $1");
    }
}
