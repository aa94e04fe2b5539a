//! Where the log is kept, chosen by its address. Nothing of the choice leaks out.

mod sqlite;

pub(crate) use sqlite::{durable, migrate, private_file};

use crate::event::Recorded;
use crate::fault::Fault;
use crate::verify::{Outline, Raw, Step};
use crate::writer::{Proposal, Verdict};

/// A place to read the log from.
#[derive(Debug)]
pub(crate) enum Backend {
    Sqlite(sqlite::Reader),
}

/// The one place that writes to it.
pub(crate) enum BackendWriter {
    Sqlite(sqlite::Writer),
}

/// A group, committed.
pub(crate) struct Outcome {
    /// One per proposal, in their order.
    pub(crate) verdicts: Vec<Verdict>,
    /// The head after the commit.
    pub(crate) head: u64,
}

/// Opens the log at `url`, making it when it isn't there, and tells its head.
pub(crate) async fn open(url: &str) -> Result<(Backend, BackendWriter, u64), Fault> {
    let address = || Fault::Address { url: url.to_owned() };
    let path = url.strip_prefix("sqlite:").filter(|path| !path.is_empty()).ok_or_else(address)?;
    let (reader, writer, head) = sqlite::open(path.as_ref()).await?;
    Ok((Backend::Sqlite(reader), BackendWriter::Sqlite(writer), head))
}

impl BackendWriter {
    /// Commits what may go in of `proposals`, all of it in one transaction.
    pub(crate) async fn commit(&mut self, proposals: Vec<Proposal>) -> Result<Outcome, Fault> {
        match self {
            Self::Sqlite(writer) => writer.commit(proposals).await,
        }
    }

    pub(crate) async fn close(self) {
        match self {
            Self::Sqlite(writer) => writer.close().await,
        }
    }
}

impl Backend {
    /// Up to `limit` events after `after`, in order of position.
    pub(crate) async fn read(&self, after: u64, limit: usize) -> Result<Vec<Recorded>, Fault> {
        match self {
            Self::Sqlite(reader) => reader.read(after, limit).await,
        }
    }

    /// Every event of one stream, in order of version.
    pub(crate) async fn read_stream(&self, stream: &str) -> Result<Vec<Recorded>, Fault> {
        match self {
            Self::Sqlite(reader) => reader.read_stream(stream).await,
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
            Self::Sqlite(reader) => reader.read_kind(kind, after, limit).await,
        }
    }

    /// What a verifier needs beside the rows.
    pub(crate) async fn outline(&self) -> Result<Result<Outline, String>, Fault> {
        match self {
            Self::Sqlite(reader) => reader.outline().await,
        }
    }

    /// Up to `limit` rows after `after`, taken as they are.
    pub(crate) async fn raw(&self, after: i64, limit: usize) -> Result<Result<Vec<Raw>, String>, Fault> {
        match self {
            Self::Sqlite(reader) => reader.raw(after, limit).await,
        }
    }

    /// Up to `limit` rows in order of stream and version, after the one named.
    pub(crate) async fn by_stream(
        &self,
        after: &(Vec<u8>, i64),
        limit: usize,
    ) -> Result<Result<Vec<Step>, String>, Fault> {
        match self {
            Self::Sqlite(reader) => reader.by_stream(after, limit).await,
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(reader) => reader.close().await,
        }
    }
}
