//! Where a log is, for the length of a test.

use std::path::PathBuf;

use seinhuis_eventstore::Log;
use seinhuis_testkit::Postgres;

/// A place for one log.
pub(crate) trait Place {
    /// Its address.
    fn url(&self) -> String;

    /// Opens the log there as one more process would.
    async fn open(&self) -> Log {
        Log::open(&self.url()).await.unwrap()
    }
}

/// A file.
pub(crate) struct File {
    folder: tempfile::TempDir,
}

impl File {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("log.sqlite")
    }
}

impl Place for File {
    fn url(&self) -> String {
        format!("sqlite:{}", self.path().display())
    }
}

/// A database on a server of its own.
pub(crate) struct Database {
    pub(crate) server: Postgres,
    url: String,
}

impl Database {
    pub(crate) fn new() -> Self {
        let server = Postgres::start_private(&[]).unwrap();
        let url = server.database().unwrap();
        Self { server, url }
    }
}

impl Place for Database {
    fn url(&self) -> String {
        self.url.clone()
    }
}
