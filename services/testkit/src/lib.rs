//! What tests of the real thing need: the real binary in a folder of its own or spread over processes, a mail server and a
//! receiver of telemetry that keep what they get, throw-away servers of PostgreSQL and NATS, a place for what a benchmark makes,
//! poolers, proxies that lose what goes through them, and disks that are soon full.

mod backend;
mod engines;
mod found;
mod heard;
pub mod http;
mod hub;
mod mail;
pub mod memory;
mod nats;
mod otlp;
mod pgbouncer;
mod place;
mod placed;
mod postgres;
mod process;
mod prometheus;
mod proxy;
mod served;
mod server;
mod session;
mod shared;
mod small_disk;
mod topology;

pub use backend::{Backend, many};
pub use engines::Engines;
pub use heard::Heard;
pub use hub::{Hub, Said};
pub use mail::MailSink;
pub use nats::Nats;
pub use otlp::{Origins, OtlpSink, Span, Spans};
pub use pgbouncer::PgBouncer;
pub use place::Place;
pub use placed::{Placed, ROLES};
pub use postgres::{Postgres, ROOMY, programs};
pub use process::HubProcess;
pub use prometheus::Prometheus;
pub use proxy::Proxy;
pub use served::Served;
pub use server::{free_port, signal};
pub use session::Session;
pub use shared::shared;
pub use small_disk::SmallDisk;
pub use topology::Topology;
