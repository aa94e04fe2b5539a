//! Where read models are kept, chosen by its address. Nothing of the choice leaks out.

mod change;
mod draft;
mod memory;
mod postgres;
mod sqlite;

use std::path::Path;

use seinhuis_eventstore::Address;

use crate::cell::{Cell, Cells};
use crate::fault::Fault;
use crate::table::Table;

pub(crate) use change::{Change, Snapshot};
pub(crate) use draft::Draft;
pub(crate) use memory::{Behind, Memory, Packed, Spilt};

/// One place with tables.
#[derive(Debug)]
pub(crate) enum Backend {
    Postgres(postgres::Store),
    Sqlite(sqlite::Store),
}

impl Backend {
    /// Opens the place at `url`, making it when it isn't there.
    pub(crate) async fn open(url: &str) -> Result<Self, Fault> {
        match place(url)? {
            Place::Database(address) => Ok(Self::Postgres(postgres::Store::open(&address))),
            Place::File(path) => Ok(Self::Sqlite(sqlite::Store::open(path).await?)),
        }
    }

    /// Opens the place at `url` for looking only. Nothing is made there, and it needn't be there yet.
    pub(crate) fn look_in(url: &str) -> Result<Self, Fault> {
        match place(url)? {
            Place::Database(address) => Ok(Self::Postgres(postgres::Store::open(&address))),
            Place::File(path) => Ok(Self::Sqlite(sqlite::Store::look_in(path))),
        }
    }

    /// Whether `table` is there.
    pub(crate) async fn holds(&self, table: &Table) -> Result<bool, Fault> {
        match self {
            Self::Postgres(store) => store.holds(table).await,
            Self::Sqlite(store) => store.holds(table).await,
        }
    }

    /// Begins a change. In each place there is one at a time.
    pub(crate) async fn begin(&self) -> Result<Change, Fault> {
        match self {
            Self::Postgres(store) => store.begin().await.map(Change::Postgres),
            Self::Sqlite(store) => store.begin().await.map(Change::Sqlite),
        }
    }

    /// Begins a change that writes much beside what is asked, and that nobody waits for.
    pub(crate) async fn begin_beside(&self) -> Result<Change, Fault> {
        match self {
            Self::Postgres(store) => store.begin_beside().await.map(Change::Postgres),
            Self::Sqlite(store) => store.begin().await.map(Change::Sqlite),
        }
    }

    /// Begins a change that puts tables in the place of others. It gives up soon when somebody reads them just then:
    /// those who come after would wait too.
    pub(crate) async fn begin_swap(&self) -> Result<Change, Fault> {
        match self {
            Self::Postgres(store) => store.begin_swap().await.map(Change::Postgres),
            Self::Sqlite(store) => store.begin().await.map(Change::Sqlite),
        }
    }

    /// Begins a change of the tables themselves. One process does so at a time.
    pub(crate) async fn begin_making(&self) -> Result<Change, Fault> {
        match self {
            Self::Postgres(store) => store.begin_making().await.map(Change::Postgres),
            Self::Sqlite(store) => store.begin().await.map(Change::Sqlite),
        }
    }

    /// Holds the present still, for several questions that belong together.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, Fault> {
        match self {
            Self::Postgres(store) => store.snapshot().await.map(Snapshot::Postgres),
            Self::Sqlite(store) => store.snapshot().await.map(Snapshot::Sqlite),
        }
    }

    /// Answers one question. `table` is who gets the blame for a row that can't be read.
    pub(crate) async fn fetch(
        &self,
        table: &'static str,
        sql: impl Into<String>,
        values: Vec<Cell>,
    ) -> Result<Vec<Cells>, Fault> {
        let rows = match self {
            Self::Postgres(store) => store.fetch(&sql.into(), &values).await?,
            Self::Sqlite(store) => store.fetch(sql.into(), values).await?,
        };
        Ok(change::named(table, rows))
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Postgres(store) => store.close().await,
            Self::Sqlite(store) => store.close().await,
        }
    }
}

enum Place<'a> {
    Database(Address),
    File(&'a Path),
}

/// What an address names. One that can't be read isn't repeated when there may be a password in it.
fn place(url: &str) -> Result<Place<'_>, Fault> {
    match (Address::parse(url), url.strip_prefix("sqlite:")) {
        (Ok(Some(address)), _) => Ok(Place::Database(address)),
        (Ok(None), Some(path)) if !path.is_empty() => Ok(Place::File(Path::new(path))),
        (Ok(None), _) => Err(Fault::Address { url: format!("{url:?}") }),
        (Err(_), _) => Err(Fault::Address { url: "a postgres:// address that can't be read".to_owned() }),
    }
}
