//! What can go wrong with read models.

use std::error::Error;
use std::sync::Arc;

use seinhuis_eventstore as eventstore;
use seinhuis_eventstore::{Position, Trouble};

/// Something is broken or out of reach.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The database didn't do what was asked.
    #[error("the read models' database can't {what}{trouble}")]
    Unavailable {
        /// What was asked.
        what: &'static str,
        /// What kind of trouble it is in.
        trouble: Trouble,
        /// What the database said.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The tables aren't there, or not in the shape that this version of the program knows.
    #[error("the read models aren't made yet: nobody has followed the log into them")]
    NotMade {
        /// What the database said.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// A model was begun again by another version of this program, which makes something else of an event.
    #[error("{model} was begun again by another version of this program")]
    OtherVersion {
        /// The model.
        model: &'static str,
    },
    /// A later holder of the lease was here: this one's time is over, and nothing of what he brought was taken.
    #[error("epoch {epoch} of the lease {name} is over: a later holder was here")]
    Fenced {
        /// The lease.
        name: Arc<str>,
        /// The epoch that is over.
        epoch: u64,
    },
    /// Another rebuild of the same models has begun since: this one ends, and what it made stays there for the other.
    #[error("another rebuild of {models} has begun")]
    Superseded {
        /// The models.
        models: String,
    },
    /// What was asked for has not been taken in yet, or is being taken in again.
    #[error(transparent)]
    Behind(#[from] NotYet),
    /// The address names no place for read models.
    #[error("{url} names no read models: sqlite:<path>, or postgres://<user>@<host>/<database>")]
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
        move |source| {
            let told = if let sqlx::Error::Database(told) = &source { Some(told) } else { None };
            let code = told.and_then(|told| told.code()).unwrap_or_default();
            let missing = told.is_some_and(|told| is_missing(&code, told.message()));
            Self::of(what, Trouble::of(&source), missing, Arc::new(source))
        }
    }

    /// The same of a file.
    pub(crate) fn file(what: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| {
            let told = match &source {
                rusqlite::Error::SqliteFailure(error, message) => {
                    Some((error, message.as_deref().unwrap_or_default()))
                }
                _ => None,
            };
            let told = told.map(|(error, message)| (error.extended_code.to_string(), message));
            let trouble = told.as_ref().map_or(Trouble::Other, |(code, _)| Trouble::of_code(code));
            let missing = told.is_some_and(|(code, message)| is_missing(&code, message));
            Self::of(what, trouble, missing, Arc::new(source))
        }
    }

    fn of(what: &'static str, trouble: Trouble, missing: bool, source: Arc<dyn Error + Send + Sync>) -> Self {
        if missing { Self::NotMade { source } } else { Self::Unavailable { what, trouble, source } }
    }

    /// Whether trying again later can help.
    pub fn is_passing(&self) -> bool {
        use Trouble::{Full, Locked, OutOfReach, ReadOnly};
        match self {
            Self::Unavailable { trouble, .. } => matches!(trouble, Full | Locked | OutOfReach | ReadOnly),
            Self::NotMade { .. }
            | Self::Superseded { .. }
            | Self::Behind(_)
            | Self::Log(eventstore::Fault::Unavailable { .. }) => true,
            _ => false,
        }
    }
}

/// Whether what was asked for isn't there. PostgreSQL has codes for it: no such schema, table, column. SQLite has one for
/// a file that can't be opened.
fn is_missing(code: &str, message: &str) -> bool {
    ["3F000", "42P01", "42703", "14"].contains(&code)
        || ["no such table", "no such column"].iter().any(|words| message.starts_with(words))
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
