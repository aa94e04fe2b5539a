//! Looking at what a hub keeps without touching it, for whoever judges the hub from beside it: nothing is made, brought up to
//! date, locked or refused. A server that the log wouldn't be given to is looked at all the same.

mod file;
mod log;
mod pooler;
mod schema;
mod server;

pub use crate::keyring::{KeysSeen, inspect as keys};
pub use file::{File, file};
pub use log::{LogSeen, leases, log, log_schema};
pub use pooler::shares_sessions;
pub use schema::Schema;
pub(crate) use schema::of_file;
pub use server::{Server, server};
