//! The log in one SQLite file.

pub(super) mod book;
mod connect;
mod insert;
mod read;
mod schema;
mod survey;

use std::path::Path;
use std::time::Duration;

pub(crate) use book::Book;
pub(crate) use connect::{Steps, durable, migrate, private_file, reading};
pub(crate) use insert::Writer;
pub(crate) use read::Reader;

use crate::fault::Fault;

/// The steps of a log's schema.
pub(crate) const LOG_STEPS: Steps = Steps { what: "a log", application: schema::APPLICATION, known: 2 };

/// Opens the file, bringing its schema up to date, and tells its head.
pub(crate) async fn open(path: &Path, patience: Duration) -> Result<(Reader, Writer, u64), Fault> {
    private_file(path)?;
    let mut writer = Writer::new(path, patience);
    let head = writer.prepare().await?;
    Ok((Reader::open(path, patience), writer, head))
}
