//! What can go wrong with read models.

use std::error::Error;
use std::sync::Arc;

use seinhuis_eventstore as eventstore;
use seinhuis_eventstore::Position;

/// Something is broken or out of reach.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The database didn't do what was asked.
    #[error("the read models' database can't {what}")]
    Unavailable {
        /// What was asked.
        what: &'static str,
        /// What the database said.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The address names no file of read models.
    #[error("{url:?} names no read models: sqlite:<path>")]
    Address {
        /// What was given.
        url: String,
    },
    /// The file is another program's.
    #[error("{path} can't hold read models: it belongs to another program")]
    Foreign {
        /// The file.
        path: String,
    },
    /// A rebuild starts in a file of its own, and this one exists.
    #[error("{path} exists: a rebuild needs a fresh file")]
    NotFresh {
        /// The file.
        path: String,
    },
    /// The log can't be read.
    #[error("the log can't be read")]
    Log(#[source] eventstore::Fault),
    /// An event that can't be understood. The models stop before it and keep what they have.
    #[error("{models} can't take in event {position}, {name} schema {schema}")]
    Poisoned {
        /// The models that stopped.
        models: String,
        /// Where.
        position: Position,
        /// The stored type.
        name: String,
        /// The stored schema version.
        schema: u32,
        /// What is wrong with it.
        source: eventstore::Fault,
    },
    /// The pages came out of order: a model is at one position and was given another's successor.
    #[error("{model} is at {at} and was given event {given}")]
    Gap {
        /// The model.
        model: &'static str,
        /// How far it is.
        at: Position,
        /// The first event it was given.
        given: Position,
    },
    /// A stored row can't be read back. A rebuild mends it.
    #[error("{table} holds a row that can't be read: {what}")]
    Damaged {
        /// The table.
        table: &'static str,
        /// What was expected.
        what: String,
    },
}

impl Fault {
    pub(crate) fn database(what: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Unavailable { what, source: Arc::new(source) }
    }

    /// Whether trying again later can help.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Log(eventstore::Fault::Unavailable { .. }))
    }
}

/// The read models didn't get that far in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the read models are at {at}, not yet at {wanted}")]
pub struct NotYet {
    /// The position waited for.
    pub wanted: Position,
    /// How far they are.
    pub at: Position,
}
