//! The key store in a PostgreSQL database, in the schema `seinhuis_keys`. Any number of processes at once.

use std::collections::HashMap;
use std::time::Duration;

use seinhuis_domain::ids::SubjectId;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Connection, PgConnection, Postgres, Row as _, Transaction};

use super::{Inserted, Stored, Stretch, array, subject, unreadable};
use crate::backend::postgres::{self, Address, Schema, Step};
use crate::fault::Fault;
use crate::keyring::Erasure;
use crate::keyring::crypto::Token;
use crate::keyring::masters::{MasterId, MasterRow, Wrapped};

/// How long the database may take over one thing.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) const KEYS: Schema =
    Schema { name: "seinhuis_keys", what: "a key store", steps: &[Step { statements: TABLES, oldest: 1 }] };

/// A key names the master key it is under, and that can't go before it. The generation tells other processes what they
/// can't go on without.
const TABLES: &str = "
CREATE TABLE seinhuis_keys.master_key (
  number      int   PRIMARY KEY,
  id          bytea NOT NULL UNIQUE CHECK (length(id) = 8),
  check_value bytea NOT NULL CHECK (length(check_value) = 32),
  index_key   bytea NOT NULL
);
CREATE TABLE seinhuis_keys.subject (
  id      bytea PRIMARY KEY CHECK (length(id) = 16),
  token   bytea NOT NULL UNIQUE CHECK (length(token) = 32),
  wrapped bytea NOT NULL,
  master  bytea NOT NULL REFERENCES seinhuis_keys.master_key (id),
  kind    int   NOT NULL
);
CREATE INDEX subject_master ON seinhuis_keys.subject (master);
CREATE TABLE seinhuis_keys.erased (
  id bytea PRIMARY KEY CHECK (length(id) = 16)
);
CREATE TABLE seinhuis_keys.state (
  one        int    PRIMARY KEY CHECK (one = 1),
  generation bigint NOT NULL
);
INSERT INTO seinhuis_keys.state VALUES (1, 0);
";

/// A change waits no longer than this for somebody else's lock, and is on disk when it commits, whatever the
/// database's default is. For this transaction only: a pooler keeps nothing of a session.
const BEGIN: &str = "SET LOCAL lock_timeout = '8s'; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; \
                     SELECT set_config('synchronous_commit', 'on', true) \
                     WHERE current_setting('synchronous_commit') IN ('off', 'local')";

const NEXT_GENERATION: &str = "UPDATE seinhuis_keys.state SET generation = generation + 1";

type Query<'q> = sqlx::query::Query<'q, Postgres, PgArguments>;

/// Holds one connection and opens a new one after a fault.
#[derive(Debug)]
pub(in crate::keyring) struct Store {
    address: Address,
    connection: Option<PgConnection>,
}

impl Store {
    pub(super) async fn open(address: Address) -> Result<Self, Fault> {
        let mut connection = postgres::connect_durably(&address, PATIENCE).await?;
        postgres::migrate(&mut connection, &address, &KEYS).await?;
        Ok(Self { address, connection: Some(connection) })
    }

    /// For who only looks.
    pub(super) fn at(address: Address) -> Self {
        Self { address, connection: None }
    }

    pub(super) async fn by_token(
        &mut self,
        tokens: &[Token],
    ) -> Result<Vec<(Token, SubjectId, Wrapped)>, Fault> {
        let query = "SELECT token, id, wrapped, master FROM seinhuis_keys.subject WHERE token = ANY($1)";
        let asked: Vec<&[u8]> = tokens.iter().map(<[u8; 32]>::as_slice).collect();
        let rows = self.rows("look up subjects", sqlx::query(query).bind(asked)).await?;
        rows.iter()
            .map(|row| Ok((array(row.try_get(0))?, subject(row.try_get(1))?, wrapped(row, 2)?)))
            .collect()
    }

    pub(super) async fn by_id(
        &mut self,
        subjects: &[SubjectId],
    ) -> Result<HashMap<SubjectId, Option<Wrapped>>, Fault> {
        let query = "SELECT id, wrapped, master FROM seinhuis_keys.subject WHERE id = ANY($1) UNION ALL \
                     SELECT id, NULL, NULL FROM seinhuis_keys.erased WHERE id = ANY($1)";
        let asked: Vec<&[u8]> = subjects.iter().map(|subject| subject.0.as_bytes().as_slice()).collect();
        let rows = self.rows("look up subjects", sqlx::query(query).bind(asked)).await?;
        rows.iter()
            .map(|row| {
                let there: Option<&[u8]> = row.try_get(1).map_err(unreadable)?;
                Ok((subject(row.try_get(0))?, there.map(|_| wrapped(row, 1)).transpose()?))
            })
            .collect()
    }

    pub(super) async fn insert(&mut self, new: &[Stored]) -> Result<Inserted, Fault> {
        let stored = self.change("store new subjects", async |change| {
            let of = |column: fn(&Stored) -> &[u8]| -> Vec<&[u8]> { new.iter().map(column).collect() };
            // In order of token: two processes with the same new subjects wait for each other and never in a circle.
            let query = sqlx::query(
                "INSERT INTO seinhuis_keys.subject (id, token, wrapped, master, kind) \
                 SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], $5::int[]) AS new (i, t) \
                 ORDER BY t ON CONFLICT (token) DO NOTHING RETURNING token",
            );
            let query = query.bind(of(|new| new.subject.0.as_bytes())).bind(of(|new| &new.token));
            let query = query.bind(of(|new| &new.wrapped.bytes)).bind(of(|new| &new.wrapped.master.0));
            let kinds: Vec<i32> = new.iter().map(|new| new.kind.code().into()).collect();
            match query.bind(kinds).persistent(false).fetch_all(&mut **change).await {
                Ok(rows) => Ok(Some(rows)),
                Err(sqlx::Error::Database(told)) if told.is_foreign_key_violation() => Ok(None),
                Err(error) => Err(error),
            }
        });
        let Some(rows) = stored.await? else { return Ok(Inserted::Retired) };
        let tokens = rows.iter().map(|row| array(row.try_get(0))).collect::<Result<_, _>>()?;
        Ok(Inserted::Done { tokens })
    }

    pub(super) async fn erase(&mut self, subject: SubjectId) -> Result<Erasure, Fault> {
        let subject = subject.0.as_bytes().as_slice();
        let done = self.change("erase a subject", async |change| {
            let query = sqlx::query("DELETE FROM seinhuis_keys.subject WHERE id = $1").bind(subject);
            let erased = query.persistent(false).execute(&mut **change).await?.rows_affected() > 0;
            if erased {
                let query = sqlx::query("INSERT INTO seinhuis_keys.erased VALUES ($1)").bind(subject);
                query.persistent(false).execute(&mut **change).await?;
                sqlx::raw_sql(NEXT_GENERATION).execute(&mut **change).await?;
            }
            let query = sqlx::query("SELECT FROM seinhuis_keys.erased WHERE id = $1").bind(subject);
            let marked = query.persistent(false).fetch_optional(&mut **change).await?.is_some();
            Ok(Some(match (marked, erased) {
                (false, _) => Erasure::Unknown,
                (true, true) => Erasure::Done,
                (true, false) => Erasure::Already,
            }))
        });
        let done = done.await?.unwrap_or(Erasure::Unknown);
        if done != Erasure::Unknown {
            self.tidy().await?;
        }
        Ok(done)
    }

    pub(super) async fn generation(&mut self) -> Result<i64, Fault> {
        let query = sqlx::query("SELECT generation FROM seinhuis_keys.state WHERE one = 1");
        let rows = self.rows("look for changes by others", query).await?;
        let row = rows.first().ok_or(Fault::Envelope { reason: "a row of the key store is gone" })?;
        row.try_get(0).map_err(unreadable)
    }

    pub(super) async fn masters(&mut self) -> Result<Vec<MasterRow>, Fault> {
        let query =
            sqlx::query("SELECT id, check_value, index_key FROM seinhuis_keys.master_key ORDER BY number");
        let rows = self.rows("read the key store", query).await?;
        rows.iter()
            .map(|row| {
                let (id, check) = (MasterId(array(row.try_get(0))?), array(row.try_get(1))?);
                Ok(MasterRow { id, check, index: row.try_get(2).map_err(unreadable)? })
            })
            .collect()
    }

    pub(super) async fn add_master(&mut self, row: &MasterRow, after: Option<MasterId>) -> Result<(), Fault> {
        let done = self.change("write to the key store", async |change| {
            // One at a time: who comes second finds the first one's row.
            sqlx::raw_sql("LOCK TABLE seinhuis_keys.master_key IN SHARE ROW EXCLUSIVE MODE")
                .execute(&mut **change)
                .await?;
            let query = sqlx::query(
                "INSERT INTO seinhuis_keys.master_key (number, id, check_value, index_key) \
                 SELECT coalesce(max(number), 0) + 1, $1, $2, $3 FROM seinhuis_keys.master_key \
                 HAVING $4 IS NOT DISTINCT FROM \
                   (SELECT id FROM seinhuis_keys.master_key ORDER BY number DESC LIMIT 1)",
            );
            let query = query.bind(row.id.0.as_slice()).bind(row.check.as_slice());
            let query = query.bind(row.index.as_deref()).bind(after.map(|id| id.0.to_vec()));
            query.persistent(false).execute(&mut **change).await?;
            sqlx::raw_sql(NEXT_GENERATION).execute(&mut **change).await?;
            Ok(Some(()))
        });
        done.await.map(drop)
    }

    pub(super) async fn stretch(&mut self, after: Option<SubjectId>, limit: usize) -> Result<Stretch, Fault> {
        let after = after.map_or_else(Vec::new, |subject| subject.0.as_bytes().to_vec());
        let query =
            "SELECT id, wrapped, master FROM seinhuis_keys.subject WHERE id > $1 ORDER BY id LIMIT $2";
        let query = sqlx::query(query).bind(after).bind(limit as i64);
        let rows = self.rows("read the key store", query).await?;
        rows.iter().map(|row| Ok((subject(row.try_get(0))?, wrapped(row, 1)?))).collect()
    }

    pub(super) async fn rewrap(&mut self, keys: &[(SubjectId, Wrapped, Wrapped)]) -> Result<(), Fault> {
        type Row = (SubjectId, Wrapped, Wrapped);
        let done = self.change("wrap keys anew", async |change| {
            let of = |column: fn(&Row) -> &[u8]| -> Vec<&[u8]> { keys.iter().map(column).collect() };
            let query = sqlx::query(
                "UPDATE seinhuis_keys.subject SET wrapped = new.wrapped, master = new.master \
                 FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[]) AS new (id, old, wrapped, master) \
                 WHERE subject.id = new.id AND subject.wrapped = new.old",
            );
            let query = query.bind(of(|key| key.0.0.as_bytes())).bind(of(|key| &key.1.bytes));
            let query = query.bind(of(|key| &key.2.bytes)).bind(of(|key| &key.2.master.0));
            query.persistent(false).execute(&mut **change).await.map(Some)
        });
        done.await.map(drop)
    }

    pub(super) async fn retire_all_but(&mut self, newest: MasterId) -> Result<bool, Fault> {
        let done = self.change("retire a master key", async |change| {
            let query = sqlx::query("DELETE FROM seinhuis_keys.master_key WHERE id <> $1");
            let query = query.bind(newest.0.as_slice()).persistent(false);
            match query.execute(&mut **change).await {
                Ok(_) => {}
                Err(sqlx::Error::Database(told)) if told.is_foreign_key_violation() => return Ok(None),
                Err(error) => return Err(error),
            }
            sqlx::raw_sql(NEXT_GENERATION).execute(&mut **change).await?;
            Ok(Some(()))
        });
        Ok(done.await?.is_some())
    }

    /// Takes dead rows out of the table. What their pages, the write-ahead log, copies and backups still hold, only the
    /// rotation of the master key makes worthless.
    pub(super) async fn tidy(&mut self) -> Result<(), Fault> {
        let connection = self.connection().await?;
        let vacuum = "VACUUM seinhuis_keys.subject, seinhuis_keys.master_key";
        let done = postgres::within(PATIENCE, "clear what was deleted", async {
            sqlx::raw_sql(vacuum).execute(connection).await.map(drop)
        })
        .await;
        self.checked(done)
    }

    pub(super) async fn close(self) {
        if let Some(connection) = self.connection {
            let _ = connection.close().await;
        }
    }

    /// The rows of a statement that leaves nothing behind in the session.
    async fn rows(&mut self, what: &'static str, query: Query<'_>) -> Result<Vec<PgRow>, Fault> {
        let pooled = self.address.is_pooled();
        let connection = self.connection().await?;
        let done = postgres::within(PATIENCE, what, async {
            if !pooled {
                return query.fetch_all(connection).await;
            }
            let mut look = connection.begin().await?;
            let rows = query.persistent(false).fetch_all(&mut *look).await?;
            look.commit().await?;
            Ok(rows)
        })
        .await;
        self.checked(done)
    }

    /// Runs `work` in a transaction of its own, which is undone when it gives `None`.
    async fn change<T>(
        &mut self,
        what: &'static str,
        work: impl AsyncFnOnce(&mut Transaction<'_, Postgres>) -> Result<Option<T>, sqlx::Error>,
    ) -> Result<Option<T>, Fault> {
        let connection = self.connection().await?;
        let done = postgres::within(PATIENCE, what, async {
            let mut change = connection.begin().await?;
            sqlx::raw_sql(BEGIN).execute(&mut *change).await?;
            let done = work(&mut change).await?;
            if done.is_some() {
                change.commit().await?
            } else {
                change.rollback().await?
            }
            Ok(done)
        })
        .await;
        self.checked(done)
    }

    async fn connection(&mut self) -> Result<&mut PgConnection, Fault> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => postgres::connect(&self.address, PATIENCE).await?,
        };
        Ok(self.connection.insert(connection))
    }

    /// A connection that failed or was too slow is let go; what state it is in, nobody knows.
    fn checked<T>(&mut self, done: Result<T, Fault>) -> Result<T, Fault> {
        if done.is_err() {
            self.connection = None;
        }
        done
    }
}

fn wrapped(row: &PgRow, at: usize) -> Result<Wrapped, Fault> {
    let bytes = row.try_get(at).map_err(unreadable)?;
    Ok(Wrapped { master: MasterId(array(row.try_get(at + 1))?), bytes })
}
