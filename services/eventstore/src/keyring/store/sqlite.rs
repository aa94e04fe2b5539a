//! The key store in one SQLite file. Whatever is deleted from it is gone from its bytes too.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::HEXUPPER;
use seinhuis_domain::ids::SubjectId;
use sqlx::sqlite::SqliteRow;
use sqlx::{ConnectOptions, Connection, Row as _, SqliteConnection};

use super::{Inserted, Stored, Stretch, array, subject, unreadable};
use crate::backend::{Steps, durable, migrate, private_file, reading};
use crate::fault::{Fault, Trouble};
use crate::keyring::Erasure;
use crate::keyring::crypto::Token;
use crate::keyring::masters::{MasterId, MasterRow, Wrapped};

/// `SEIK` in ASCII: marks the file as a key store.
const APPLICATION: i64 = 0x5345_494B;

/// Schema 1.
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

/// Schema 2: a key names the master key it is under, and that can't go before it. The generation tells others what
/// they can't go on without.
const MASTERS: &str = "
CREATE TABLE master_key (
  number      INTEGER PRIMARY KEY,
  id          BLOB NOT NULL UNIQUE CHECK (length(id) = 8),
  check_value BLOB NOT NULL CHECK (length(check_value) = 32),
  index_key   BLOB
) STRICT;
INSERT INTO master_key SELECT 1, substr(check_value, 1, 8), check_value, NULL FROM master;
DROP TABLE master;
ALTER TABLE subject ADD COLUMN master BLOB REFERENCES master_key (id);
UPDATE subject SET master = (SELECT id FROM master_key);
CREATE INDEX subject_master ON subject (master);
CREATE TABLE state (
  one        INTEGER PRIMARY KEY CHECK (one = 1),
  generation INTEGER NOT NULL
) STRICT;
INSERT INTO state VALUES (1, 0);
";

/// The steps of its schema.
pub(super) const STEPS: Steps = Steps { what: "a key store", application: APPLICATION, known: 2 };

const NEXT_GENERATION: &str = "UPDATE state SET generation = generation + 1";

/// The open file. After a fault it is opened anew.
#[derive(Debug)]
pub(in crate::keyring) struct Store {
    path: PathBuf,
    connection: Option<SqliteConnection>,
}

impl Store {
    pub(super) async fn open(path: &Path) -> Result<Self, Fault> {
        private_file(path)?;
        let mut store = Self { path: path.to_owned(), connection: None };
        let steps = [TABLES, MASTERS];
        migrate(store.connection().await?, path, "a key store", APPLICATION, &steps).await?;
        Ok(store)
    }

    /// For who only looks: over a connection that can't write.
    pub(super) async fn look_in(path: &Path) -> Result<Self, Fault> {
        let connection = reading(path).connect().await.map_err(Fault::database("open the key store"))?;
        Ok(Self { path: path.to_owned(), connection: Some(connection) })
    }

    pub(super) async fn by_token(
        &mut self,
        tokens: &[Token],
    ) -> Result<Vec<(Token, SubjectId, Wrapped)>, Fault> {
        let asked = hex_list(tokens.iter().map(<[u8; 32]>::as_slice));
        let query = "SELECT token, id, wrapped, master FROM subject \
                     WHERE token IN (SELECT unhex(value) FROM json_each(?))";
        let rows = sqlx::query(query).bind(asked).fetch_all(self.connection().await?).await;
        let rows = self.checked("look up subjects", rows)?;
        rows.iter()
            .map(|row| Ok((array(row.try_get(0))?, subject(row.try_get(1))?, wrapped(row, 2)?)))
            .collect()
    }

    pub(super) async fn by_id(
        &mut self,
        subjects: &[SubjectId],
    ) -> Result<HashMap<SubjectId, Option<Wrapped>>, Fault> {
        let asked = hex_list(subjects.iter().map(|subject| subject.0.as_bytes().as_slice()));
        let query = "SELECT id, wrapped, master FROM subject \
                     WHERE id IN (SELECT unhex(value) FROM json_each(?1)) UNION ALL \
                     SELECT id, NULL, NULL FROM erased WHERE id IN (SELECT unhex(value) FROM json_each(?1))";
        let rows = sqlx::query(query).bind(asked).fetch_all(self.connection().await?).await;
        let rows = self.checked("look up subjects", rows)?;
        rows.iter()
            .map(|row| {
                let there: Option<&[u8]> = row.try_get(1).map_err(unreadable)?;
                Ok((subject(row.try_get(0))?, there.map(|_| wrapped(row, 1)).transpose()?))
            })
            .collect()
    }

    pub(super) async fn insert(&mut self, new: &[Stored]) -> Result<Inserted, Fault> {
        let connection = self.connection().await?;
        let done = insert(connection, new).await;
        if matches!(&done, Err(sqlx::Error::Database(told)) if told.is_foreign_key_violation()) {
            return Ok(Inserted::Retired);
        }
        let rows = self.checked("store new subjects", done)?;
        let tokens = rows.iter().map(|row| array(row.try_get(0))).collect::<Result<_, _>>()?;
        Ok(Inserted::Done { tokens })
    }

    pub(super) async fn erase(&mut self, subject: SubjectId) -> Result<Erasure, Fault> {
        let connection = self.connection().await?;
        let done = erase(connection, subject.0.as_bytes().to_vec()).await;
        let done = self.checked("erase a subject", done)?;
        // Also for one erased before: that time may have been cut short right here.
        if done != Erasure::Unknown {
            self.tidy().await?;
        }
        Ok(done)
    }

    pub(super) async fn generation(&mut self) -> Result<i64, Fault> {
        let query = sqlx::query_scalar("SELECT generation FROM state WHERE one = 1");
        let generation = query.fetch_one(self.connection().await?).await;
        self.checked("look for changes by others", generation)
    }

    pub(super) async fn masters(&mut self) -> Result<Vec<MasterRow>, Fault> {
        let query = sqlx::query("SELECT id, check_value, index_key FROM master_key ORDER BY number");
        let rows = query.fetch_all(self.connection().await?).await;
        let rows = self.checked("read the key store", rows)?;
        rows.iter()
            .map(|row| {
                let (id, check) = (MasterId(array(row.try_get(0))?), array(row.try_get(1))?);
                Ok(MasterRow { id, check, index: row.try_get(2).map_err(unreadable)? })
            })
            .collect()
    }

    pub(super) async fn add_master(&mut self, row: &MasterRow, after: Option<MasterId>) -> Result<(), Fault> {
        let connection = self.connection().await?;
        let done = add_master(connection, row, after).await;
        self.checked("write to the key store", done)
    }

    pub(super) async fn stretch(&mut self, after: Option<SubjectId>, limit: usize) -> Result<Stretch, Fault> {
        let after = after.map_or_else(Vec::new, |subject| subject.0.as_bytes().to_vec());
        let query = sqlx::query("SELECT id, wrapped, master FROM subject WHERE id > ? ORDER BY id LIMIT ?");
        let rows = query.bind(after).bind(limit as i64).fetch_all(self.connection().await?).await;
        let rows = self.checked("read the key store", rows)?;
        rows.iter().map(|row| Ok((subject(row.try_get(0))?, wrapped(row, 1)?))).collect()
    }

    pub(super) async fn rewrap(&mut self, keys: &[(SubjectId, Wrapped, Wrapped)]) -> Result<(), Fault> {
        let connection = self.connection().await?;
        let done = rewrap(connection, keys).await;
        self.checked("wrap keys anew", done)
    }

    pub(super) async fn retire_all_but(&mut self, newest: MasterId) -> Result<bool, Fault> {
        let connection = self.connection().await?;
        let done = retire_all_but(connection, newest).await;
        self.checked("retire a master key", done)
    }

    /// Deleting isn't enough: `secure_delete` clears what a page frees, but pages that were split or joined may keep
    /// old copies in their unused parts, and so does the write-ahead log. Building the file anew and emptying that log
    /// leaves neither.
    pub(super) async fn tidy(&mut self) -> Result<(), Fault> {
        let done = async {
            let connection = self.connection().await?;
            let failed = || Fault::database("clear what was deleted");
            sqlx::raw_sql("VACUUM").execute(&mut *connection).await.map_err(failed())?;
            let emptied = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await;
            let busy: i64 = emptied.and_then(|row| row.try_get(0)).map_err(failed())?;
            if busy == 0 {
                return Ok(());
            }
            let held = std::io::Error::other("a reader in another process keeps old pages alive");
            let (what, trouble) = ("clear what was deleted", Trouble::Locked);
            Err(Fault::Unavailable { what, trouble, source: Arc::new(held) })
        };
        let done = done.await;
        if done.is_err() {
            self.connection = None;
        }
        done
    }

    pub(super) async fn close(self) {
        if let Some(connection) = self.connection {
            let _ = connection.close().await;
        }
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

/// All in one statement: each one costs the way to the connection's thread and back.
async fn insert(connection: &mut SqliteConnection, new: &[Stored]) -> Result<Vec<SqliteRow>, sqlx::Error> {
    let row = |stored: &Stored| {
        let Stored { subject, token, kind, wrapped } = stored;
        let [id, token, wrapped, master] =
            [subject.0.as_bytes().as_slice(), token, &wrapped.bytes, &wrapped.master.0]
                .map(|bytes| HEXUPPER.encode(bytes));
        (id, kind.code(), token, wrapped, master)
    };
    let rows = serde_json::to_string(&new.iter().map(row).collect::<Vec<_>>());
    let rows = rows.map_err(|error| sqlx::Error::Encode(error.into()))?;
    let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
    let stored = sqlx::query(
        "INSERT INTO subject (id, kind, token, wrapped, master) \
         SELECT unhex(value ->> 0), value ->> 1, unhex(value ->> 2), unhex(value ->> 3), unhex(value ->> 4) \
         FROM json_each(?) WHERE true ON CONFLICT (token) DO NOTHING RETURNING token",
    )
    .bind(rows)
    .fetch_all(&mut *change)
    .await?;
    change.commit().await?;
    Ok(stored)
}

async fn erase(connection: &mut SqliteConnection, subject: Vec<u8>) -> Result<Erasure, sqlx::Error> {
    let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
    let query = sqlx::query("DELETE FROM subject WHERE id = ?").bind(subject.clone());
    let erased = query.execute(&mut *change).await?.rows_affected() > 0;
    if erased {
        sqlx::query("INSERT INTO erased VALUES (?)").bind(subject.clone()).execute(&mut *change).await?;
        sqlx::query(NEXT_GENERATION).execute(&mut *change).await?;
    }
    let query = sqlx::query_scalar("SELECT count(*) FROM erased WHERE id = ?").bind(subject);
    let marked: i64 = query.fetch_one(&mut *change).await?;
    change.commit().await?;
    Ok(match (marked, erased) {
        (0, _) => Erasure::Unknown,
        (_, true) => Erasure::Done,
        (_, false) => Erasure::Already,
    })
}

async fn add_master(
    connection: &mut SqliteConnection,
    row: &MasterRow,
    after: Option<MasterId>,
) -> Result<(), sqlx::Error> {
    let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
    let added = sqlx::query(
        "INSERT INTO master_key (number, id, check_value, index_key) \
         SELECT coalesce(max(number), 0) + 1, ?1, ?2, ?3 FROM master_key \
         HAVING ?4 IS (SELECT id FROM master_key ORDER BY number DESC LIMIT 1)",
    );
    let added = added.bind(row.id.0.to_vec()).bind(row.check.to_vec()).bind(row.index.clone());
    added.bind(after.map(|id| id.0.to_vec())).execute(&mut *change).await?;
    sqlx::query(NEXT_GENERATION).execute(&mut *change).await?;
    change.commit().await
}

async fn rewrap(
    connection: &mut SqliteConnection,
    keys: &[(SubjectId, Wrapped, Wrapped)],
) -> Result<(), sqlx::Error> {
    let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
    for (subject, old, new) in keys {
        sqlx::query("UPDATE subject SET wrapped = ?, master = ? WHERE id = ? AND wrapped = ?")
            .bind(new.bytes.clone())
            .bind(new.master.0.to_vec())
            .bind(subject.0.as_bytes().to_vec())
            .bind(old.bytes.clone())
            .execute(&mut *change)
            .await?;
    }
    change.commit().await
}

async fn retire_all_but(connection: &mut SqliteConnection, newest: MasterId) -> Result<bool, sqlx::Error> {
    let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
    let query = sqlx::query("DELETE FROM master_key WHERE id <> ?").bind(newest.0.to_vec());
    match query.execute(&mut *change).await {
        Ok(_) => {}
        Err(sqlx::Error::Database(told)) if told.is_foreign_key_violation() => {
            change.rollback().await?;
            return Ok(false);
        }
        Err(error) => return Err(error),
    }
    sqlx::query(NEXT_GENERATION).execute(&mut *change).await?;
    change.commit().await?;
    Ok(true)
}

fn wrapped(row: &SqliteRow, at: usize) -> Result<Wrapped, Fault> {
    let bytes = row.try_get(at).map_err(unreadable)?;
    Ok(Wrapped { master: MasterId(array(row.try_get(at + 1))?), bytes })
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
