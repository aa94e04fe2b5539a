//! Where a key store and its master key live for the length of a test.

use std::path::PathBuf;

use seinhuis_eventstore::Fault;
use seinhuis_eventstore::keyring::Keyring;
use seinhuis_runtime::Entropy;
use seinhuis_testkit::{PgBouncer, Postgres};

/// A folder with a master key, and a store in it or in a database.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    at: String,
    // The server last, so that it outlives the pooler.
    _pooler: Option<PgBouncer>,
    server: Option<Postgres>,
}

impl Home {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("keys.sqlite").display().to_string();
        Self { folder, at, _pooler: None, server: None }
    }

    pub(crate) fn postgres() -> Self {
        let server = Postgres::start().unwrap();
        let at = server.database().unwrap();
        Self { folder: tempfile::tempdir().unwrap(), at, _pooler: None, server: Some(server) }
    }

    /// With pgbouncer in transaction mode in between: nothing of a session outlives a transaction.
    pub(crate) fn pooled() -> Self {
        let server = Postgres::start_private(&[]).unwrap();
        let database = server.database().unwrap();
        let pooler = PgBouncer::start(&server, 4).unwrap();
        let at = format!("{}?pooler=transaction", pooler.address(&database));
        Self { folder: tempfile::tempdir().unwrap(), at, _pooler: Some(pooler), server: Some(server) }
    }

    pub(crate) fn at(&self) -> &str {
        &self.at
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn master(&self) -> PathBuf {
        self.file("master.key")
    }

    /// Opens the store as a process of its own would: nothing may hang on drawing the same randomness.
    pub(crate) async fn try_open(&self, seed: u64) -> Result<Keyring, Fault> {
        Keyring::open(&self.at, &self.master(), Entropy::seeded(seed)).await
    }

    pub(crate) async fn open(&self) -> Keyring {
        self.try_open(1).await.unwrap()
    }

    /// What psql prints of a query on the database.
    pub(crate) fn psql(&self, statements: &str) -> String {
        let database = self.at.rsplit('/').next().unwrap().split('?').next().unwrap();
        self.server.as_ref().unwrap().psql(database, statements).unwrap()
    }
}
