//! What tests of the real thing need: the real binary in a folder of its own, a mail server that keeps what it gets,
//! throw-away servers of PostgreSQL and NATS, poolers, proxies that lose what goes through them, and disks that are
//! soon full.

mod hub;
mod mail;
mod nats;
mod pgbouncer;
mod postgres;
mod proxy;
mod server;
mod session;
mod shared;
mod small_disk;

pub use hub::{Hub, HubProcess, Said};
pub use mail::MailSink;
pub use nats::Nats;
pub use pgbouncer::PgBouncer;
pub use postgres::{Postgres, programs};
pub use proxy::Proxy;
pub use server::{free_port, signal};
pub use session::Session;
pub use shared::shared;
pub use small_disk::SmallDisk;
