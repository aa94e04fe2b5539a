//! The file of the key store. Whatever is deleted from it is gone from its bytes too.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use data_encoding::HEXUPPER;
use seinhuis_domain::ids::SubjectId;
use seinhuis_runtime::Entropy;
use sqlx::{ConnectOptions, Connection, Row as _, SqliteConnection};
use uuid::Uuid;

use super::crypto::{Derived, Token};
use super::{Erasure, IdentifierKind, master};
use crate::backend::{durable, migrate, private_file};
use crate::fault::Fault;

/// `SEIK` in ASCII: marks the file as a key store.
const APPLICATION: i64 = 0x5345_494B;

const TABLES: &str = "
CREATE TABLE subject (
  id      BLOB    PRIMARY KEY CHECK (length(id) = 16),
  kind    INTEGER NOT NULL,
  token   BLOB    NOT NULL UNIQUE CHECK (length(token) = 32),
  wrapped BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE erased (
  id BLOB PRIMARY KEY CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;
CREATE TABLE master (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  check_value BLOB NOT NULL CHECK (length(check_value) = 32)
) STRICT;
";

/// A subject as stored.
pub(super) struct Stored {
    pub(super) subject: SubjectId,
    pub(super) token: Token,
    pub(super) kind: IdentifierKind,
    pub(super) wrapped: Vec<u8>,
}

/// The open file. After a fault it is opened anew.
pub(super) struct Store {
    path: PathBuf,
    connection: Option<SqliteConnection>,
}

/// Opens the file under the master key in `master`, making both when there is neither.
pub(super) async fn open(path: &Path, master: &Path, entropy: &Entropy) -> Result<(Derived, Store), Fault> {
    private_file(path)?;
    let mut store = Store { path: path.to_owned(), connection: None };
    migrate(store.connection().await?, path, "a key store", APPLICATION, &[TABLES]).await?;
    let known = store.master_check().await?;
    let refused =
        |reason: &str| Fault::MasterKey { path: master.display().to_string(), reason: reason.to_owned() };
    let key = match (master::read(master)?, &known) {
        (Some(key), _) => key,
        (None, None) => master::create(master, entropy)?,
        (None, Some(_)) => return Err(refused("it is gone, and the key store can't be opened without it")),
    };
    let derived = Derived::from_master(&key);
    match known {
        Some(check) if check != derived.check() => {
            Err(refused("it isn't the one this key store was made with"))
        }
        Some(_) => Ok((derived, store)),
        None => {
            store.set_master_check(derived.check()).await?;
            Ok((derived, store))
        }
    }
}

impl Store {
    /// The subjects known by `tokens`.
    pub(super) async fn by_token(
        &mut self,
        tokens: impl Iterator<Item = &Token>,
    ) -> Result<Vec<(Token, SubjectId, Vec<u8>)>, Fault> {
        let asked = hex_list(tokens.map(<[u8; 32]>::as_slice));
        let query = "SELECT token, id, wrapped FROM subject \
                     WHERE token IN (SELECT unhex(value) FROM json_each(?))";
        let rows = sqlx::query(query).bind(asked).fetch_all(self.connection().await?).await;
        let rows = self.checked("look up subjects", rows)?;
        rows.iter()
            .map(|row| {
                Ok((
                    array(row.try_get(0))?,
                    SubjectId(Uuid::from_bytes(array(row.try_get(1))?)),
                    blob(row, 2)?,
                ))
            })
            .collect()
    }

    /// The wrapped keys of those of `subjects` that have one; `None` stands for an erased one.
    pub(super) async fn by_id(
        &mut self,
        subjects: impl Iterator<Item = &SubjectId>,
    ) -> Result<HashMap<SubjectId, Option<Vec<u8>>>, Fault> {
        let asked = hex_list(subjects.map(|subject| subject.0.as_bytes().as_slice()));
        let query = "SELECT id, wrapped FROM subject WHERE id IN (SELECT unhex(value) FROM json_each(?1)) \
                     UNION ALL \
                     SELECT id, NULL FROM erased WHERE id IN (SELECT unhex(value) FROM json_each(?1))";
        let rows = sqlx::query(query).bind(asked).fetch_all(self.connection().await?).await;
        let rows = self.checked("look up subjects", rows)?;
        rows.iter()
            .map(|row| {
                let wrapped: Option<Vec<u8>> = row.try_get(1).map_err(unreadable)?;
                Ok((SubjectId(Uuid::from_bytes(array(row.try_get(0))?)), wrapped))
            })
            .collect()
    }

    /// Stores `new` in one transaction. A token that another process was first with stays as it is.
    pub(super) async fn insert(&mut self, new: &[Stored]) -> Result<(), Fault> {
        let connection = self.connection().await?;
        let done = insert(connection, new).await;
        self.checked("store new subjects", done)
    }

    /// Destroys what there is of `subject` but its name, so that no file holds a byte of it.
    pub(super) async fn erase(&mut self, subject: SubjectId) -> Result<Erasure, Fault> {
        let connection = self.connection().await?;
        let done = erase(connection, subject.0.as_bytes().to_vec()).await;
        self.checked("erase a subject", done)
    }

    /// Changes whenever another connection, in this process or another, wrote to the file.
    pub(super) async fn foreign_writes(&mut self) -> Result<i64, Fault> {
        let version = sqlx::query_scalar("PRAGMA data_version").fetch_one(self.connection().await?).await;
        self.checked("look for changes by others", version)
    }

    pub(super) async fn close(self) {
        if let Some(connection) = self.connection {
            let _ = connection.close().await;
        }
    }

    async fn master_check(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let query = sqlx::query_scalar("SELECT check_value FROM master WHERE one = 1");
        let check = query.fetch_optional(self.connection().await?).await;
        self.checked("read the key store", check)
    }

    async fn set_master_check(&mut self, check: &[u8; 32]) -> Result<(), Fault> {
        let query = sqlx::query("INSERT INTO master VALUES (1, ?)").bind(check.to_vec());
        let done = query.execute(self.connection().await?).await;
        self.checked("write to the key store", done).map(drop)
    }

    async fn connection(&mut self) -> Result<&mut SqliteConnection, Fault> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => durable(&self.path)
                .pragma("secure_delete", "ON")
                .connect()
                .await
                .map_err(Fault::database("open the key store"))?,
        };
        Ok(self.connection.insert(connection))
    }

    /// A connection that failed is let go; what state it is in, nobody knows.
    fn checked<T>(&mut self, what: &'static str, done: Result<T, sqlx::Error>) -> Result<T, Fault> {
        if done.is_err() {
            self.connection = None;
        }
        done.map_err(Fault::database(what))
    }
}

async fn insert(connection: &mut SqliteConnection, new: &[Stored]) -> Result<(), sqlx::Error> {
    let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
    for stored in new {
        sqlx::query("INSERT INTO subject (id, kind, token, wrapped) VALUES (?, ?, ?, ?) ON CONFLICT (token) DO NOTHING")
            .bind(stored.subject.0.as_bytes().to_vec())
            .bind(i64::from(stored.kind.code()))
            .bind(stored.token.to_vec())
            .bind(stored.wrapped.clone())
            .execute(&mut *change)
            .await?;
    }
    change.commit().await
}

/// Deletes, and then sees to it that the bytes are gone: `secure_delete` clears what a page frees, but pages that were
/// split or joined may keep old copies in their unused parts, and so does the write-ahead log. Building the file
/// anew and emptying that log leaves neither.
async fn erase(connection: &mut SqliteConnection, subject: Vec<u8>) -> Result<Erasure, sqlx::Error> {
    let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
    let gone =
        sqlx::query("DELETE FROM subject WHERE id = ?").bind(subject.clone()).execute(&mut *change).await?;
    let erased = gone.rows_affected() > 0;
    if erased {
        sqlx::query("INSERT INTO erased VALUES (?)").bind(subject.clone()).execute(&mut *change).await?;
    }
    change.commit().await?;
    let marked: i64 = sqlx::query_scalar("SELECT count(*) FROM erased WHERE id = ?")
        .bind(subject)
        .fetch_one(&mut *connection)
        .await?;
    if marked == 0 {
        return Ok(Erasure::Unknown);
    }
    // Also for one erased before: that time may have been cut short right here.
    sqlx::raw_sql("VACUUM").execute(&mut *connection).await?;
    let emptied = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
    if emptied.try_get::<i64, _>(0)? != 0 {
        return Err(sqlx::Error::Protocol("a reader in another process keeps old pages alive".to_owned()));
    }
    Ok(if erased { Erasure::Done } else { Erasure::Already })
}

fn hex_list<'a>(values: impl Iterator<Item = &'a [u8]>) -> String {
    let mut list = String::from("[");
    for value in values {
        if list.len() > 1 {
            list.push(',');
        }
        list.push('"');
        HEXUPPER.encode_append(value, &mut list);
        list.push('"');
    }
    list.push(']');
    list
}

fn array<const N: usize>(column: Result<&[u8], sqlx::Error>) -> Result<[u8; N], Fault> {
    column
        .map_err(unreadable)?
        .try_into()
        .map_err(|_| Fault::Envelope { reason: "a row of the key store was changed" })
}

fn blob(row: &sqlx::sqlite::SqliteRow, index: usize) -> Result<Vec<u8>, Fault> {
    row.try_get(index).map_err(unreadable)
}

fn unreadable(error: sqlx::Error) -> Fault {
    Fault::database("read the key store")(error)
}
