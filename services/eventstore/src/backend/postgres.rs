//! The log in a PostgreSQL database, in the schema `seinhuis`. Writers in any number of processes.

mod address;
mod append;
pub(super) mod book;
mod connect;
mod migrate;
mod read;
mod registry;
mod schema;
mod survey;

use std::time::Duration;

pub use address::Address;
pub(crate) use append::Writer;
pub(crate) use book::Book;
pub(crate) use connect::{connect, connect_durably, within};
pub(crate) use migrate::{Schema, Step, look_at, migrate};
pub(crate) use read::Reader;
pub(crate) use registry::{Registry, leases};

use crate::fault::Fault;
use crate::inspect;

/// Groups on their way at once: one is encoded and handed over while the other one syncs. The head row lets only one at
/// a time in, so a third would only wait.
const LANES: usize = 2;

/// Opens the log and its leases, bringing its schema up to date, and tells its head.
pub(crate) async fn open(
    address: &Address,
    patience: Duration,
) -> Result<(Reader, Vec<Writer>, Registry, u64), Fault> {
    let mut connection = connect_durably(address, patience).await?;
    migrate(&mut connection, address, &schema::LOG).await?;
    let reader = Reader::open(address, patience);
    let head = reader.head().await?;
    let lanes = (0..LANES).map(|_| Writer::new(address, patience)).collect();
    Ok((reader, lanes, Registry::open(address), head))
}

/// How the schema of the log at `address` stands.
pub(crate) async fn log_schema(address: &Address, patience: Duration) -> Result<inspect::Schema, Fault> {
    look_at(address, &schema::LOG, patience).await
}
