//! SQLite keeps the contract, and refuses by itself what the log never does.

mod damage;
mod guards;
mod tamper;
mod torn;

use std::path::{Path, PathBuf};

use seinhuis_eventstore::proof::Book;
use seinhuis_eventstore::{Log, Settings};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use tokio::sync::Mutex;

use crate::contract::Ledger;
use crate::run_contract;

/// A folder with one log, and a connection that goes around the hub.
pub(crate) struct SqliteLedger {
    folder: tempfile::TempDir,
    around: Mutex<Option<SqliteConnection>>,
}

impl SqliteLedger {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), around: Mutex::new(None) }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("log.sqlite")
    }

    pub(crate) fn book_path(&self) -> PathBuf {
        self.folder.path().join("proof.sqlite")
    }

    pub(crate) async fn connect(&self) -> SqliteConnection {
        connect(&self.path()).await
    }

    async fn around(&self, statements: &'static str) {
        let mut around = self.around.lock().await;
        if around.is_none() {
            *around = Some(self.connect().await);
        }
        sqlx::raw_sql(statements).execute(around.as_mut().unwrap()).await.unwrap();
    }
}

pub(crate) async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

impl Ledger for SqliteLedger {
    async fn open_with(&self, settings: Settings) -> Log {
        Log::open_with(&format!("sqlite:{}", self.path().display()), settings).await.unwrap()
    }

    async fn book(&self) -> Book {
        Book::open(&format!("sqlite:{}", self.book_path().display())).await.unwrap()
    }

    async fn hold(&self) {
        self.around("BEGIN IMMEDIATE").await;
    }

    async fn release(&self) {
        self.around("COMMIT").await;
    }

    async fn break_disk(&self) {
        self.around("CREATE TRIGGER broken AFTER INSERT ON event BEGIN SELECT RAISE(FAIL, 'broken'); END")
            .await;
    }

    async fn mend(&self) {
        self.around("DROP TRIGGER broken").await;
    }
}

run_contract! { SqliteLedger::new() }
