//! The proof book in the schema `seinhuis_proof`. Nothing of a session outlives a transaction.

use std::time::Duration;

use sqlx::postgres::{PgPoolOptions, PgRow};
use sqlx::{PgConnection, PgPool, Row as _};

use super::address::Address;
use super::connect::{connect, within};
use super::migrate::{Schema, Step, migrate};
use super::read::Query;
use crate::backend::book::Advance;
use crate::fault::Fault;
use crate::proof::Kept;

pub(crate) const BOOK: Schema =
    Schema { name: "seinhuis_proof", what: "a proof book", steps: &[Step { statements: FIRST, oldest: 1 }] };

/// Hashes don't compress, so nobody should try.
const FIRST: &str = r#"
CREATE TABLE seinhuis_proof.tile (
  id     bigint PRIMARY KEY, -- the level in the topmost byte, the number below
  hashes bytea  NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0)
);
ALTER TABLE seinhuis_proof.tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
CREATE TABLE seinhuis_proof.checkpoint (
  size bigint PRIMARY KEY CHECK (size > 0),
  note text   NOT NULL
);
CREATE TABLE seinhuis_proof.tree (
  id   int    PRIMARY KEY CHECK (id = 1),
  size bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO seinhuis_proof.tree VALUES (1, 0);
CREATE FUNCTION seinhuis_proof.refuse_taking_back() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'what was signed is never taken back' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER checkpoint_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON seinhuis_proof.checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION seinhuis_proof.refuse_taking_back();
ALTER TABLE seinhuis_proof.checkpoint ENABLE ALWAYS TRIGGER checkpoint_never_changes;
"#;

/// Connections at the same moment: one that advances, and one that proves.
const CONNECTIONS: u32 = 2;

/// The open book.
#[derive(Debug)]
pub(crate) struct Book {
    pool: PgPool,
    patience: Duration,
}

impl Book {
    pub(crate) async fn open(address: &Address, patience: Duration) -> Result<Self, Fault> {
        let mut first = connect(address, patience).await?;
        migrate(&mut first, address, &BOOK).await?;
        Ok(Self::look_in(address, patience))
    }

    /// For who reads only: nothing is made there.
    pub(crate) fn look_in(address: &Address, patience: Duration) -> Self {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(patience)
            .test_before_acquire(false)
            .connect_lazy_with(address.options().clone());
        Self { pool, patience }
    }

    pub(crate) async fn latest(&self) -> Result<Option<Kept>, Fault> {
        let query =
            sqlx::query("SELECT size, note FROM seinhuis_proof.checkpoint ORDER BY size DESC LIMIT 1");
        Ok(self.rows(query, kept).await?.pop())
    }

    pub(crate) async fn after(&self, after: u64, limit: usize) -> Result<Vec<Kept>, Fault> {
        let query = sqlx::query(
            "SELECT size, note FROM seinhuis_proof.checkpoint WHERE size > $1 ORDER BY size LIMIT $2",
        );
        self.rows(query.bind(after as i64).bind(limit as i64), kept).await
    }

    pub(crate) async fn tiles(&self, keys: &[i64]) -> Result<Vec<(i64, Vec<u8>)>, Fault> {
        let query = sqlx::query("SELECT id, hashes FROM seinhuis_proof.tile WHERE id = ANY($1)");
        self.rows(query.bind(keys), |row| Ok((row.try_get(0)?, row.try_get(1)?))).await
    }

    pub(crate) async fn advance(&self, from: u64, advance: &Advance) -> Result<bool, Fault> {
        let work = async {
            let mut change = self.pool.begin().await?;
            let mine = moved(&mut change, from, advance).await?;
            if mine {
                keep(&mut change, advance).await?;
                change.commit().await?;
            } else {
                change.rollback().await?;
            }
            Ok(mine)
        };
        within(self.patience, "advance the proof book", work).await
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    async fn rows<T>(
        &self,
        query: Query<'_>,
        read: impl Fn(&PgRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, Fault> {
        let rows = async {
            let mut look = self.pool.begin().await?;
            let rows = query.persistent(false).fetch_all(&mut *look).await?;
            look.commit().await?;
            rows.iter().map(read).collect()
        };
        within(self.patience, "read the proof book", rows).await
    }
}

fn kept(row: &PgRow) -> Result<Kept, sqlx::Error> {
    Ok(Kept::of((row.try_get(0)?, row.try_get(1)?)))
}

/// Takes the row of the tree, which lets one process in at a time, if it still stands where the caller has seen it.
async fn moved(change: &mut PgConnection, from: u64, advance: &Advance) -> Result<bool, sqlx::Error> {
    let Some(last) = advance.checkpoints.last() else { return Ok(false) };
    // A checkpoint that somebody has seen must not be gone after a crash.
    let durable = "SELECT set_config('synchronous_commit', 'on', true) \
                   WHERE current_setting('synchronous_commit') IN ('off', 'local')";
    sqlx::query(durable).persistent(false).execute(&mut *change).await?;
    let moved = sqlx::query("UPDATE seinhuis_proof.tree SET size = $1 WHERE id = 1 AND size = $2")
        .bind(last.size as i64)
        .bind(from as i64);
    Ok(moved.persistent(false).execute(change).await?.rows_affected() == 1)
}

async fn keep(change: &mut PgConnection, advance: &Advance) -> Result<(), sqlx::Error> {
    let ids: Vec<i64> = advance.tiles.iter().map(|tile| tile.id.key()).collect();
    let rows: Vec<&[u8]> = advance.tiles.iter().map(|tile| tile.hashes.as_slice()).collect();
    let tiles = "INSERT INTO seinhuis_proof.tile (id, hashes) SELECT * FROM unnest($1::bigint[], $2::bytea[]) \
                 ON CONFLICT (id) DO UPDATE SET hashes = excluded.hashes";
    sqlx::query(tiles).bind(ids).bind(rows).persistent(false).execute(&mut *change).await?;
    let sizes: Vec<i64> = advance.checkpoints.iter().map(|kept| kept.size as i64).collect();
    let notes: Vec<&str> = advance.checkpoints.iter().map(|kept| kept.note.as_str()).collect();
    let checkpoints = "INSERT INTO seinhuis_proof.checkpoint (size, note) \
                       SELECT * FROM unnest($1::bigint[], $2::text[])";
    sqlx::query(checkpoints).bind(sizes).bind(notes).persistent(false).execute(change).await?;
    Ok(())
}
