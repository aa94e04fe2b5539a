//! The PostgreSQL server that raw inserts and postgres-es share, a database for each.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use seinhuis_testkit::Postgres;

use crate::peer::Held;

/// What it is started with. The hub's own benchmark takes the same.
const TUNED: [(&str, &str); 3] =
    [("shared_buffers", "512MB"), ("max_wal_size", "4GB"), ("checkpoint_timeout", "15min")];

/// Without these an acknowledged event might not be on disk.
const DURABLE: [(&str, &str); 3] =
    [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on")];

/// A server of our own, gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Database {
    server: Postgres,
    settings: BTreeMap<String, String>,
}

impl Database {
    /// Starts it and asks it whether its settings are what they should be.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let wanted = TUNED.map(|(name, value)| format!("{name}={value}"));
        let server = Postgres::start_private(&wanted.each_ref().map(String::as_str))?;
        let mut settings = BTreeMap::new();
        for (name, wanted) in TUNED.into_iter().chain(DURABLE) {
            let is = server.psql("postgres", &format!("SHOW {name}"))?;
            ensure!(is == wanted, "{name} is {is} and should be {wanted}");
            settings.insert(name.to_owned(), is);
        }
        settings.insert("version".to_owned(), server.psql("postgres", "SHOW server_version")?);
        Ok(Self { server, settings })
    }

    /// A new database with these tables: its address.
    pub(crate) fn with(&self, tables: &str) -> anyhow::Result<String> {
        let address = self.server.database()?;
        self.ask(&address, tables)?;
        Ok(address)
    }

    /// What the table in the database at `address` holds.
    pub(crate) fn held(&self, address: &str, table: &str) -> anyhow::Result<Held> {
        let said =
            self.ask(address, &format!("SELECT count(*), pg_total_relation_size('{table}') FROM {table}"))?;
        let (events, bytes) = said.split_once('|').context("psql gave one column for two")?;
        Ok(Held { events: events.parse()?, bytes: bytes.parse()? })
    }

    fn ask(&self, address: &str, statement: &str) -> anyhow::Result<String> {
        let name = address.rsplit('/').next().context("an address without a database")?;
        self.server.psql(name, statement)
    }

    /// What the server says its settings are.
    pub(crate) fn settings(&self) -> &BTreeMap<String, String> {
        &self.settings
    }
}
