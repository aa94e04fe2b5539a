//! Where the log is kept, chosen by its address. Nothing of the choice leaks out.

pub(crate) mod book;
pub(crate) mod postgres;
mod raw;
mod sqlite;
mod stored;

use std::time::Duration;

use jiff::Timestamp;

pub(crate) use postgres::Registry;
pub(crate) use raw::{Raw, RawPage};
pub(crate) use sqlite::{LOG_STEPS, Steps, durable, migrate, private_file, reading};

use crate::event::Recorded;
use crate::fault::Fault;
use crate::filter::Filter;
use crate::verify::{Outline, Step};
use crate::writer::{Proposal, Verdict};

/// A place to read the log from.
#[derive(Debug)]
pub(crate) enum Backend {
    Postgres(postgres::Reader),
    Sqlite(sqlite::Reader),
}

/// A connection that writes to it. A backend has as many of these lanes as can be of use at once.
pub(crate) enum BackendWriter {
    Postgres(postgres::Writer),
    Sqlite(sqlite::Writer),
}

/// A log, open.
pub(crate) struct Opened {
    pub(crate) backend: Backend,
    pub(crate) lanes: Vec<BackendWriter>,
    /// Its leases; `None` where one process has the log to itself.
    pub(crate) registry: Option<Registry>,
    pub(crate) head: u64,
}

/// A group, committed.
pub(crate) struct Outcome {
    /// One per proposal, in their order.
    pub(crate) verdicts: Vec<Verdict>,
    /// The head after the commit.
    pub(crate) head: u64,
}

/// Opens the log at `url`, making it when it isn't there, and tells its head.
pub(crate) async fn open(url: &str, patience: Duration) -> Result<Opened, Fault> {
    if let Some(address) = postgres::Address::parse(url)? {
        let (reader, lanes, registry, head) = postgres::open(&address, patience).await?;
        let lanes = lanes.into_iter().map(BackendWriter::Postgres).collect();
        return Ok(Opened { backend: Backend::Postgres(reader), lanes, registry: Some(registry), head });
    }
    let path = url.strip_prefix("sqlite:").filter(|path| !path.is_empty());
    let path = path.ok_or_else(|| Fault::Address { url: url.to_owned() })?;
    let (reader, writer, head) = sqlite::open(path.as_ref(), patience).await?;
    let lanes = vec![BackendWriter::Sqlite(writer)];
    Ok(Opened { backend: Backend::Sqlite(reader), lanes, registry: None, head })
}

/// The log at `url`, for reading only: nothing is made there, and it needn't be there yet.
pub(crate) fn look_in(url: &str, patience: Duration) -> Result<Backend, Fault> {
    if let Some(address) = postgres::Address::parse(url)? {
        return Ok(Backend::Postgres(postgres::Reader::open(&address, patience)));
    }
    let path = url.strip_prefix("sqlite:").filter(|path| !path.is_empty());
    let path = path.ok_or_else(|| Fault::Address { url: url.to_owned() })?;
    Ok(Backend::Sqlite(sqlite::Reader::open(path.as_ref(), patience)))
}

impl BackendWriter {
    /// Commits what may go in of `proposals`, all of it in one transaction.
    pub(crate) async fn commit(&mut self, proposals: &[Proposal]) -> Result<Outcome, Fault> {
        match self {
            Self::Postgres(writer) => writer.commit(proposals).await,
            Self::Sqlite(writer) => writer.commit(proposals).await,
        }
    }

    pub(crate) async fn close(self) {
        match self {
            Self::Postgres(writer) => writer.close().await,
            Self::Sqlite(writer) => writer.close().await,
        }
    }
}

impl Backend {
    /// What it is called among databases.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "postgresql",
            Self::Sqlite(_) => "sqlite",
        }
    }

    /// Up to `limit` events after `after`, in order of position.
    pub(crate) async fn read(&self, after: u64, limit: usize) -> Result<Vec<Recorded>, Fault> {
        match self {
            Self::Postgres(reader) => reader.read(after, limit).await,
            Self::Sqlite(reader) => reader.read(after, limit).await,
        }
    }

    /// Every event of one stream, in order of version.
    pub(crate) async fn read_stream(&self, stream: &str) -> Result<Vec<Recorded>, Fault> {
        match self {
            Self::Postgres(reader) => reader.read_stream(stream).await,
            Self::Sqlite(reader) => reader.read_stream(stream).await,
        }
    }

    /// Every event of these streams, in order of stream and version.
    pub(crate) async fn read_streams(&self, streams: &[&str]) -> Result<Vec<Recorded>, Fault> {
        match self {
            Self::Postgres(reader) => reader.read_streams(streams).await,
            Self::Sqlite(reader) => reader.read_streams(streams).await,
        }
    }

    /// Up to `limit` events after `after` of every stream of one type, in order of position.
    pub(crate) async fn read_kind(
        &self,
        kind: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, Fault> {
        match self {
            Self::Postgres(reader) => reader.read_kind(kind, after, limit).await,
            Self::Sqlite(reader) => reader.read_kind(kind, after, limit).await,
        }
    }

    /// Up to `limit` events after `after` that `filter` lets through, in order of position, and up to where that is all.
    pub(crate) async fn read_where(
        &self,
        filter: &Filter,
        after: u64,
        limit: usize,
    ) -> Result<(Vec<Recorded>, u64), Fault> {
        match self {
            Self::Postgres(reader) => reader.read_where(filter, after, limit).await,
            Self::Sqlite(reader) => reader.read_where(filter, after, limit).await,
        }
    }

    /// The last position in the log.
    pub(crate) async fn head(&self) -> Result<u64, Fault> {
        match self {
            Self::Postgres(reader) => reader.head().await,
            Self::Sqlite(reader) => reader.head().await,
        }
    }

    /// What the database's clock says, where it has one of its own.
    pub(crate) async fn time(&self) -> Result<Option<Timestamp>, Fault> {
        match self {
            Self::Postgres(reader) => reader.time().await.map(Some),
            Self::Sqlite(_) => Ok(None),
        }
    }

    /// The leaf hashes of up to `limit` events after `after`, in order of position.
    pub(crate) async fn leaves(&self, after: u64, limit: usize) -> Result<Vec<[u8; 32]>, Fault> {
        match self {
            Self::Postgres(reader) => reader.leaves(after, limit).await,
            Self::Sqlite(reader) => reader.leaves(after, limit).await,
        }
    }

    /// What a verifier needs beside the rows.
    pub(crate) async fn outline(&self) -> Result<Result<Outline, String>, Fault> {
        match self {
            Self::Postgres(reader) => reader.outline().await,
            Self::Sqlite(reader) => reader.outline().await,
        }
    }

    /// Up to `limit` rows after `after` and up to `until`, in order of position, taken as they are.
    pub(crate) async fn raw(
        &self,
        after: i64,
        until: i64,
        limit: usize,
    ) -> Result<Result<RawPage, String>, Fault> {
        match self {
            Self::Postgres(reader) => reader.raw(after, until, limit).await,
            Self::Sqlite(reader) => reader.raw(after, until, limit).await,
        }
    }

    /// Up to `limit` rows in order of stream and version, after the one named.
    pub(crate) async fn by_stream(
        &self,
        after: &(Vec<u8>, i64),
        limit: usize,
    ) -> Result<Result<Vec<Step>, String>, Fault> {
        match self {
            Self::Postgres(reader) => reader.by_stream(after, limit).await,
            Self::Sqlite(reader) => reader.by_stream(after, limit).await,
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Postgres(reader) => reader.close().await,
            Self::Sqlite(reader) => reader.close().await,
        }
    }
}
