//! PostgreSQL keeps the contract, alone and behind a pooler, and refuses by itself what the log never does.

mod damage;
mod dump;
mod fences;
mod guards;
mod leases;
mod server;
mod tamper;

use seinhuis_eventstore::proof::Book;
use seinhuis_eventstore::{Log, Settings};
use seinhuis_testkit::{PgBouncer, Postgres};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::Mutex;

use crate::contract::Ledger;

/// A server with one database, and a connection that goes around the hub.
pub(crate) struct PostgresLedger {
    /// How the hub reaches the database.
    url: String,
    /// How we do.
    direct: String,
    around: Mutex<Option<PgConnection>>,
    // Last, so that the server outlives whoever talks to it.
    _pooler: Option<PgBouncer>,
    pub(crate) server: Postgres,
}

impl PostgresLedger {
    pub(crate) fn new() -> Self {
        let server = Postgres::start().unwrap();
        let direct = server.database().unwrap();
        Self { url: direct.clone(), direct, around: Mutex::new(None), _pooler: None, server }
    }

    /// With pgbouncer in transaction mode in between: nothing of a session outlives a transaction.
    fn pooled() -> Self {
        let server = Postgres::start_private(&[]).unwrap();
        let direct = server.database().unwrap();
        let pooler = PgBouncer::start(&server, 4).unwrap();
        let url = format!("{}?pooler=transaction", pooler.address(&direct));
        Self { url, direct, around: Mutex::new(None), _pooler: Some(pooler), server }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.direct).await.unwrap()
    }

    pub(crate) async fn run(&self, statements: &str) {
        let mut connection = self.connect().await;
        sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut connection).await.unwrap();
    }
}

impl Ledger for PostgresLedger {
    async fn open_with(&self, settings: Settings) -> Log {
        Log::open_with(&self.url, settings).await.unwrap()
    }

    async fn book(&self) -> Book {
        Book::open(&self.url).await.unwrap()
    }

    async fn hold(&self) {
        let mut holder = self.connect().await;
        sqlx::raw_sql("BEGIN; SELECT 1 FROM seinhuis.head FOR UPDATE").execute(&mut holder).await.unwrap();
        *self.around.lock().await = Some(holder);
    }

    async fn release(&self) {
        let holder = self.around.lock().await.take();
        sqlx::raw_sql("COMMIT").execute(&mut holder.unwrap()).await.unwrap();
    }

    async fn break_disk(&self) {
        self.run(
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
             CREATE TRIGGER broken BEFORE INSERT ON seinhuis.event FOR EACH ROW EXECUTE FUNCTION broken()",
        )
        .await;
    }

    async fn mend(&self) {
        self.run("DROP TRIGGER broken ON seinhuis.event").await;
    }
}

crate::run_contract! { PostgresLedger::new() }

mod pooled {
    use super::PostgresLedger;

    crate::run_contract! { PostgresLedger::pooled() }
}
