//! Connections, kept for whoever needs one next. One that failed, or was let go in the middle of something, isn't kept:
//! what state it is in, nobody knows.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::TryStreamExt;
use seinhuis_eventstore::{Address, Trouble};
use sqlx::postgres::{PgArguments, PgConnectOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Postgres};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{row, values, words};
use crate::cell::Cell;
use crate::fault::Fault;

/// How long the database may take over one thing that somebody waits for.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// The same where nobody does: an index of many millions of rows takes minutes. Who isn't there any more is found out by
/// the connection itself.
pub(super) const LONG_PATIENCE: Duration = Duration::from_secs(3_600);

/// What holds for a session that is ours alone. Every statement here goes by a key or an index; one that was planned
/// while its table was empty would go through all of it ever after.
const SESSION: [(&str, &str); 3] =
    [("search_path", "seinhuis_views"), ("enable_seqscan", "off"), ("jit", "off")];

pub(super) type Query<'q> = sqlx::query::Query<'q, Postgres, PgArguments>;

/// Up to so many connections.
#[derive(Debug)]
pub(super) struct Pool {
    options: PgConnectOptions,
    pooled: bool,
    patience: Duration,
    idle: Mutex<Vec<PgConnection>>,
    room: Arc<Semaphore>,
}

/// One of them, in somebody's hands.
pub(super) struct Taken {
    connection: PgConnection,
    /// It lay idle before.
    used: bool,
    pool: Arc<Pool>,
    _room: OwnedSemaphorePermit,
}

impl Pool {
    pub(super) fn new(address: &Address, size: usize, patience: Duration) -> Arc<Self> {
        let pooled = address.is_pooled();
        let options = address.options().clone();
        // A pooler takes no options of a session.
        let options = if pooled { options } else { options.options(SESSION) };
        let room = Arc::new(Semaphore::new(size));
        Arc::new(Self { options, pooled, patience, idle: Mutex::default(), room })
    }

    /// Whether nothing of a session outlives a transaction.
    pub(super) fn is_pooled(&self) -> bool {
        self.pooled
    }

    /// Waits until there is room, and gives a connection that lay idle, or a new one.
    pub(super) async fn take(self: &Arc<Self>) -> Result<Taken, Fault> {
        let room = within(PATIENCE, "wait for a connection", async {
            Arc::clone(&self.room).acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)
        });
        let room = room.await?;
        let idle = self.idle().pop();
        let used = idle.is_some();
        let connection = match idle {
            Some(connection) => connection,
            None => within(PATIENCE, "connect", self.options.connect()).await?,
        };
        Ok(Taken { connection, used, pool: Arc::clone(self), _room: room })
    }

    /// Lets go of those that lie idle: where one leads to nobody, they all do.
    pub(super) fn forget(&self) {
        self.idle().clear();
    }

    pub(super) async fn close(&self) {
        self.room.close();
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            // Everything was answered already; closing only tidies.
            let _ = connection.close().await;
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<PgConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// Whether the server may have gone while the connection lay idle, so that another one may do better.
    pub(super) fn may_be_stale(&self, fault: &Fault) -> bool {
        self.used && matches!(fault, Fault::Unavailable { trouble: Trouble::OutOfReach, .. })
    }

    /// Keeps the connection for the next.
    pub(super) fn give_back(self) {
        if !self.pool.room.is_closed() {
            self.pool.idle().push(self.connection);
        }
    }

    /// Says something that has no values and no answer.
    pub(super) async fn say(&mut self, what: &'static str, words: &'static str) -> Result<(), Fault> {
        within(self.pool.patience, what, sqlx::raw_sql(words).execute(&mut self.connection)).await.map(drop)
    }

    pub(super) async fn execute(&mut self, query: Query<'_>) -> Result<(), Fault> {
        let query = query.persistent(!self.pool.pooled);
        within(self.pool.patience, "make a change", query.execute(&mut self.connection)).await.map(drop)
    }

    /// Sends the chunks of a COPY.
    pub(super) async fn copy_in(
        &mut self,
        statement: &str,
        chunks: impl Iterator<Item = Vec<u8>>,
    ) -> Result<(), Fault> {
        let mut copy =
            within(self.pool.patience, "fill a table", self.connection.copy_in_raw(statement)).await?;
        for chunk in chunks {
            within(self.pool.patience, "fill a table", copy.send(chunk)).await?;
        }
        within(self.pool.patience, "fill a table", copy.finish()).await.map(drop)
    }

    pub(super) async fn rows(&mut self, query: Query<'_>) -> Result<Vec<Vec<Cell>>, Fault> {
        let query = query.persistent(!self.pool.pooled);
        let rows =
            within(self.pool.patience, "answer a question", query.fetch_all(&mut self.connection)).await?;
        rows.iter().map(row::cells).collect::<Result<_, _>>().map_err(Fault::database("answer a question"))
    }

    /// Answers a question that is put in SQLite's words.
    pub(super) async fn fetch(&mut self, sql: &str, values: &[Cell]) -> Result<Vec<Vec<Cell>>, Fault> {
        let query = sqlx::query_with(AssertSqlSafe(words::translated(sql)), values::one_by_one(values)?);
        self.rows(query).await
    }

    /// Shows every row to `each`, as it comes in.
    pub(super) async fn scan(
        &mut self,
        query: Query<'_>,
        mut each: impl FnMut(Vec<Cell>),
    ) -> Result<(), Fault> {
        let patience = self.pool.patience;
        let mut rows = query.persistent(!self.pool.pooled).fetch(&mut self.connection);
        while let Some(row) = within(patience, "go through a table", rows.try_next()).await? {
            each(row::cells(&row).map_err(Fault::database("go through a table"))?);
        }
        Ok(())
    }
}

/// `work`, or a fault when it takes longer than we are patient. What the server made of it then, nobody knows.
async fn within<T>(
    patience: Duration,
    what: &'static str,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, Fault> {
    match tokio::time::timeout(patience, work).await {
        Ok(done) => done.map_err(Fault::database(what)),
        Err(late) => Err(Fault::Unavailable { what, trouble: Trouble::OutOfReach, source: Arc::new(late) }),
    }
}
