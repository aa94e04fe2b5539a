//! The bus: says that there is more, to roles in other processes, and carries the public feed to everybody else.
//!
//! It holds no truth and nothing personal. A wake-up is a hint: who hears none looks for himself a moment later, and
//! whatever is said here is checked against the log or the read models before anybody acts on it. The feed is made
//! from the log and can be made again. Lose all of it, and only latency suffers.
//!
//! In one process the bus is memory; between processes it is NATS: wake-ups over its core, which keeps nothing, and
//! the feed in JetStream, which keeps it for a bounded while.

mod bus;
mod connect;
mod fault;
mod feed;
mod hint;
pub mod inspect;
mod outbox;
mod settings;
mod voice;
mod wire;

pub use bus::Bus;
pub use fault::Fault;
pub use feed::{Feed, Message};
pub use settings::{FeedSettings, Login, Settings, Tls};
