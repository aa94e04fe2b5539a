//! What can go wrong with the bus. Nothing of it is worse than waiting.

use std::error::Error;
use std::sync::Arc;

/// Something is set wrongly, broken or out of reach.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The address names no server.
    #[error("{url:?} names no NATS server: nats://<host>:<port>, or tls://<host>:<port>")]
    Address {
        /// What was given, without what may be a password.
        url: String,
    },
    /// A setting breaks its rule.
    #[error("{setting} can't be {given:?}: {rule}")]
    Setting {
        /// Which.
        setting: &'static str,
        /// What was given.
        given: String,
        /// What would be right.
        rule: &'static str,
    },
    /// A file of certificates or keys can't be read.
    #[error("can't read {path}")]
    File {
        /// The file.
        path: String,
        /// What the machine said.
        source: Arc<std::io::Error>,
    },
    /// No connection, or none any more.
    #[error("NATS can't be reached")]
    Unreachable {
        /// What it ran into.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// JetStream didn't do what was asked.
    #[error("JetStream can't {what}")]
    JetStream {
        /// What was asked.
        what: &'static str,
        /// What it said.
        source: Arc<dyn Error + Send + Sync>,
    },
}

/// The connection was there and is gone; what was under way may have arrived or not.
#[derive(Debug, thiserror::Error)]
#[error("the connection was lost")]
pub(crate) struct ConnectionLost;

/// What the server said on the connection.
#[derive(Debug, thiserror::Error)]
#[error("NATS refuses: {0}")]
pub(crate) struct Refusal(pub(crate) String);

impl Fault {
    pub(crate) fn unreachable(source: impl Error + Send + Sync + 'static) -> Self {
        Self::Unreachable { source: Arc::new(source) }
    }

    pub(crate) fn jetstream<E: Error + Send + Sync + 'static>(what: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::JetStream { what, source: Arc::new(source) }
    }
}
