//! Read models in a PostgreSQL database, in one schema for all of them. Any number of processes read; each group has one
//! writer at a time, whoever else would be one.

mod change;
mod copy;
mod pool;
mod row;
mod values;
mod words;

use std::sync::Arc;

use seinhuis_eventstore::Address;

use crate::cell::Cell;
use crate::fault::Fault;
use crate::table::Table;
use pool::{LONG_PATIENCE, PATIENCE, Pool};

pub(crate) use change::Change;

/// Connections that read at the same moment.
const READERS: usize = 4;

/// Begins a change of a page. It isn't waited for the disk: a crash of the server may lose the last changes, each of
/// them whole and with how far it was, and they are made again from the log. A process that is stopped in the middle
/// holds its locks for as long as its transaction may lie idle, or its answers unread. All of it counts for this
/// transaction only: a pooler keeps nothing of a session.
const CHANGE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL search_path = seinhuis_views; \
                      SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = '5s'; \
                      SET LOCAL idle_in_transaction_session_timeout = '2s'; SET LOCAL tcp_user_timeout = '3s'; \
                      SET LOCAL enable_seqscan = off; SET LOCAL jit = off";

/// Begins a change of tables that nobody asks yet. It may take its time.
const BESIDE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL search_path = seinhuis_views; \
                      SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = '5s'; \
                      SET LOCAL idle_in_transaction_session_timeout = '30s'; SET LOCAL tcp_user_timeout = '30s'; \
                      SET LOCAL enable_seqscan = off; SET LOCAL jit = off";

/// Begins a change that puts tables in the place of others. Whoever wants to read them waits meanwhile, and this waits for
/// whoever reads them already: not for long, or the others would.
const SWAP: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL search_path = seinhuis_views; \
                    SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = '40ms'; \
                    SET LOCAL idle_in_transaction_session_timeout = '2s'; SET LOCAL tcp_user_timeout = '3s'; \
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
    /// For what is made beside: the writer goes on meanwhile.
    beside: Arc<Pool>,
}

impl Store {
    /// Nothing is connected to yet.
    pub(crate) fn open(address: &Address) -> Self {
        let pool = |size, patience| Pool::new(address, size, patience);
        Self { writer: pool(1, PATIENCE), readers: pool(READERS, PATIENCE), beside: pool(1, LONG_PATIENCE) }
    }

    pub(crate) async fn begin(&self) -> Result<Change, Fault> {
        begin(&self.writer, "begin a change", CHANGE).await
    }

    pub(crate) async fn begin_beside(&self) -> Result<Change, Fault> {
        begin(&self.beside, "begin a change beside", BESIDE).await
    }

    pub(crate) async fn begin_swap(&self) -> Result<Change, Fault> {
        begin(&self.beside, "begin a swap", SWAP).await
    }

    /// Begins a change of the tables themselves. One process does so at a time.
    pub(crate) async fn begin_making(&self) -> Result<Change, Fault> {
        let mut change = self.begin().await?;
        change.say("make its schema", SCHEMA).await?;
        Ok(change)
    }

    pub(crate) async fn holds(&self, table: &Table) -> Result<bool, Fault> {
        Ok(!self.fetch(words::THERE, &[Cell::text(&table.place())]).await?.is_empty())
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
        self.beside.close().await;
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

#[cfg(test)]
mod specs {
    use seinhuis_testkit::Postgres;

    use super::*;
    use crate::cell::cells;
    use crate::table::Merge;

    const LAMP: Table = Table {
        name: "street_lamp",
        generation: 0,
        columns: &[("street", "TEXT NOT NULL"), ("lit", "INTEGER")],
        key: 1,
        merge: Merge::Replace,
        indexes: &[],
    };

    /// A table with one lamp, which isn't lit, and two who can reach it.
    async fn one_lamp() -> (Postgres, Store, Store) {
        let server = Postgres::start().unwrap();
        let address = Address::parse(&server.database().unwrap()).unwrap().unwrap();
        let (one, other) = (Store::open(&address), Store::open(&address));
        let mut making = one.begin_making().await.unwrap();
        making.create_filled(&LAMP, Arc::default()).await.unwrap();
        making.put(&LAMP, vec![cells!["dike", 0_i64]]).await.unwrap();
        making.commit().await.unwrap();
        (server, one, other)
    }

    /// A change that goes on no further is what a process looks like that was stopped in the middle of a page.
    #[tokio::test]
    async fn who_is_stopped_in_the_middle_of_a_page_holds_up_nobody_for_long_and_writes_nothing() {
        let (_server, one, other) = one_lamp().await;
        let mut stopped = one.begin().await.unwrap();
        stopped.hold(&LAMP, cells!["dike"]).await.unwrap();
        stopped.put(&LAMP, vec![cells!["dike", 1_i64]]).await.unwrap();
        let mut next = other.begin().await.unwrap();
        assert_eq!(next.hold(&LAMP, cells!["dike"]).await.unwrap(), [cells!["dike", 0_i64]]);
        next.put(&LAMP, vec![cells!["dike", 2_i64]]).await.unwrap();
        next.commit().await.unwrap();
        let woken = stopped.commit().await.unwrap_err();
        assert!(woken.is_passing(), "{woken:?}");
        let lit = one.fetch("SELECT lit FROM street_lamp WHERE street = ?", &["dike".into()]).await.unwrap();
        assert_eq!(lit, [cells![2_i64]]);
    }

    /// The server is left with answers that nobody takes: its connection isn't idle, but stuck.
    #[tokio::test]
    async fn who_is_stopped_before_he_has_read_his_answers_holds_up_nobody_for_long_either() {
        let (_server, one, other) = one_lamp().await;
        let mut stopped = one.begin().await.unwrap();
        stopped.hold(&LAMP, cells!["dike"]).await.unwrap();
        let seen = std::cell::Cell::new(0);
        let more_than_fits = "SELECT repeat('x', 1000000) FROM generate_series(1, 100000)";
        let mut reads = Box::pin(stopped.scan(more_than_fits, |_| seen.set(seen.get() + 1)));
        while seen.get() == 0 {
            assert!(futures::poll!(&mut reads).is_pending());
            tokio::task::yield_now().await;
        }
        let mut next = other.begin().await.unwrap();
        assert_eq!(next.hold(&LAMP, cells!["dike"]).await.unwrap(), [cells!["dike", 0_i64]]);
        let woken = reads.await.unwrap_err();
        assert!(woken.is_passing(), "{woken:?}");
    }

    #[tokio::test]
    async fn text_is_in_the_order_of_its_bytes_whatever_order_the_database_has() {
        let server = Postgres::start_private(&[]).unwrap();
        let make = "CREATE DATABASE dutch TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'nl-NL'";
        server.psql("postgres", make).unwrap();
        let database = server.database().unwrap();
        let url = format!("{}/dutch", database.rsplit_once('/').unwrap().0);
        let store = Store::open(&Address::parse(&url).unwrap().unwrap());
        let mut change = store.begin_making().await.unwrap();
        change.create_filled(&LAMP, Arc::default()).await.unwrap();
        let names = ["Z", "a", "b", "É"];
        change.put(&LAMP, names.iter().map(|name| cells![*name, 1_i64]).collect()).await.unwrap();
        let mut seen = Vec::new();
        change.scan(&LAMP.scan(), |row| seen.push(row[0].clone())).await.unwrap();
        assert_eq!(seen, names.map(Cell::from));
        let first = change.fetch("SELECT min(street) FROM street_lamp", &[]).await.unwrap();
        assert_eq!(first, [cells!["Z"]]);
    }

    #[tokio::test]
    async fn every_kind_of_value_comes_back_as_it_was_also_where_there_is_none() {
        const EVERY: Table = Table {
            name: "every_kind",
            generation: 0,
            columns: &[("key", "BLOB NOT NULL"), ("a", "TEXT"), ("b", "INTEGER"), ("c", "BLOB")],
            key: 1,
            merge: Merge::Replace,
            indexes: &[],
        };
        let server = Postgres::start().unwrap();
        let store = Store::open(&Address::parse(&server.database().unwrap()).unwrap().unwrap());
        let mut change = store.begin_making().await.unwrap();
        change.create_filled(&EVERY, Arc::default()).await.unwrap();
        let full = cells![vec![0_u8, 255], "'\"\\{},é\u{10ffff}", i64::MIN, Vec::<u8>::new()];
        let empty = vec![Cell::Blob(vec![]), Cell::Null, Cell::Null, Cell::Null];
        change.put(&EVERY, vec![full.clone(), empty.clone()]).await.unwrap();
        let mut seen = Vec::new();
        change.scan(&EVERY.scan(), |row| seen.push(row)).await.unwrap();
        assert_eq!(seen, [empty.clone(), full]);
        change
            .set(&EVERY, &["b", "a"], vec![vec![7_i64.into(), Cell::Null, Cell::Blob(vec![])]])
            .await
            .unwrap();
        let loaded = change.load(&EVERY, vec![Cell::Blob(vec![])]).await.unwrap();
        assert_eq!(loaded, [vec![Cell::Blob(vec![]), Cell::Null, Cell::Int(7), Cell::Null]]);
        let wrong = change.put(&EVERY, vec![cells!["no bytes", "", 0_i64, ""]]).await.unwrap_err();
        assert!(!wrong.is_passing(), "{wrong:?}");
    }
}
