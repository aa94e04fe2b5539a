//! Read models in a PostgreSQL database, in one schema for all of them. Any number of processes read; each group has one
//! writer at a time, whoever else would be one.

mod change;
mod pool;
mod row;
mod values;
mod words;

use std::sync::Arc;

use seinhuis_eventstore::Address;

use crate::cell::Cell;
use crate::fault::Fault;
use pool::Pool;

pub(crate) use change::Change;

/// Connections that read at the same moment.
const READERS: usize = 4;

/// Begins a change of a page. It isn't waited for the disk: a crash of the server may lose the last changes, each of
/// them whole and with how far it was, and they are made again from the log. A process that is stopped in the middle
/// holds its locks for as long as its transaction may lie idle, or its answers unread. All of it counts for this
/// transaction only: a pooler keeps nothing of a session.
const CHANGE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL search_path = seinhuis_views; \
                      SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = '5s'; \
                      SET LOCAL idle_in_transaction_session_timeout = '2s'; SET LOCAL tcp_user_timeout = '4s'; \
                      SET LOCAL enable_seqscan = off; SET LOCAL jit = off";

/// Holds the present still.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = seinhuis_views; \
                        SET LOCAL enable_seqscan = off; SET LOCAL jit = off";

/// Makes the schema where it is missing, one process at a time.
const SCHEMA: &str = "DO $$ BEGIN \
                      PERFORM pg_advisory_xact_lock(hashtext('seinhuis_views')); \
                      IF to_regnamespace('seinhuis_views') IS NULL THEN CREATE SCHEMA seinhuis_views; END IF; \
                      END $$";

/// The database, by way of a few connections.
#[derive(Debug)]
pub(crate) struct Store {
    /// One connection: there is one writer.
    writer: Arc<Pool>,
    readers: Arc<Pool>,
}

impl Store {
    /// Nothing is connected to yet.
    pub(crate) fn open(address: &Address) -> Self {
        Self { writer: Pool::new(address, 1), readers: Pool::new(address, READERS) }
    }

    pub(crate) async fn begin(&self) -> Result<Change, Fault> {
        begin(&self.writer, "begin a change", CHANGE).await
    }

    /// Begins a change of the tables themselves. One process does so at a time.
    pub(crate) async fn begin_making(&self) -> Result<Change, Fault> {
        let mut change = self.begin().await?;
        change.say("make its schema", SCHEMA).await?;
        Ok(change)
    }

    pub(crate) async fn snapshot(&self) -> Result<Change, Fault> {
        begin(&self.readers, "hold the present still", SNAPSHOT).await
    }

    pub(crate) async fn fetch(&self, sql: &str, values: &[Cell]) -> Result<Vec<Vec<Cell>>, Fault> {
        if self.readers.is_pooled() {
            let mut now = self.snapshot().await?;
            let rows = now.fetch(sql, values).await?;
            now.commit().await?;
            return Ok(rows);
        }
        loop {
            let mut taken = self.readers.take().await?;
            match taken.fetch(sql, values).await {
                Ok(rows) => {
                    taken.give_back();
                    return Ok(rows);
                }
                Err(fault) if taken.may_be_stale(&fault) => self.readers.forget(),
                Err(fault) => return Err(fault),
            }
        }
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Begins a transaction on a connection of `pool`. One that lay idle may lead to a server that is no more; nothing was
/// asked of it yet, so another is tried.
async fn begin(pool: &Arc<Pool>, what: &'static str, words: &'static str) -> Result<Change, Fault> {
    loop {
        let mut taken = pool.take().await?;
        match taken.say(what, words).await {
            Ok(()) => return Ok(Change::begun(taken)),
            Err(fault) if taken.may_be_stale(&fault) => pool.forget(),
            Err(fault) => return Err(fault),
        }
    }
}
