//! Where keys are kept, chosen by its address. Nothing of the choice leaks out.

mod postgres;
mod sqlite;

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use seinhuis_domain::ids::SubjectId;
use uuid::Uuid;

use super::crypto::Token;
use super::masters::{MasterId, MasterRow, Wrapped};
use super::{Erasure, IdentifierKind};
use crate::backend::postgres::{Address, look_at};
use crate::fault::Fault;
use crate::inspect::{Schema, of_file};

/// A subject as stored.
pub(super) struct Stored {
    pub(super) subject: SubjectId,
    pub(super) token: Token,
    pub(super) kind: IdentifierKind,
    pub(super) wrapped: Wrapped,
}

/// What became of new subjects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inserted {
    /// Those whose token nobody was first with are stored.
    Done {
        /// Theirs.
        tokens: Vec<Token>,
    },
    /// None is stored: the master key that one is under was rotated away.
    Retired,
}

/// A stretch of the store's keys, in order of subject.
pub(super) type Stretch = Vec<(SubjectId, Wrapped)>;

/// The open store. After a fault its connection is made anew.
#[derive(Debug)]
pub(super) enum Store {
    Postgres(postgres::Store),
    Sqlite(sqlite::Store),
}

/// Hands a call on to the backend.
macro_rules! on {
    ($store:ident, $call:ident($($argument:expr),*)) => {
        match $store {
            Store::Postgres(store) => store.$call($($argument),*).await,
            Store::Sqlite(store) => store.$call($($argument),*).await,
        }
    };
}

impl Store {
    /// Opens the store at `at`, a `postgres://` address or the path of a file, making it when it isn't there and
    /// bringing its schema up to date.
    pub(super) async fn open(at: &str) -> Result<Self, Fault> {
        if let Some(address) = Address::parse(at)? {
            return postgres::Store::open(address).await.map(Self::Postgres);
        }
        let path = at.strip_prefix("sqlite:").unwrap_or(at);
        sqlite::Store::open(path.as_ref()).await.map(Self::Sqlite)
    }

    /// The store at `at` for who only looks: nothing is made there, and a server that may lose what it acknowledged is looked
    /// at all the same. `None` where nobody has made it yet.
    pub(super) async fn look_in(at: &str, patience: Duration) -> Result<(Schema, Option<Self>), Fault> {
        if let Some(address) = Address::parse(at)? {
            let schema = look_at(&address, &postgres::KEYS, patience).await?;
            let store = (schema != Schema::NotMade).then(|| Self::Postgres(postgres::Store::at(address)));
            return Ok((schema, store));
        }
        let path = Path::new(at.strip_prefix("sqlite:").unwrap_or(at));
        let schema = of_file(path, &sqlite::STEPS).await?;
        let store = match schema {
            Schema::NotMade => None,
            _ => Some(Self::Sqlite(sqlite::Store::look_in(path).await?)),
        };
        Ok((schema, store))
    }

    /// The subjects known by `tokens`.
    pub(super) async fn by_token(
        &mut self,
        tokens: &[Token],
    ) -> Result<Vec<(Token, SubjectId, Wrapped)>, Fault> {
        on!(self, by_token(tokens))
    }

    /// The wrapped keys of those of `subjects` that have one; `None` stands for an erased one.
    pub(super) async fn by_id(
        &mut self,
        subjects: &[SubjectId],
    ) -> Result<HashMap<SubjectId, Option<Wrapped>>, Fault> {
        on!(self, by_id(subjects))
    }

    /// Stores `new` in one transaction, in order of token. A token that another process was first with stays as it is.
    pub(super) async fn insert(&mut self, new: &[Stored]) -> Result<Inserted, Fault> {
        on!(self, insert(new))
    }

    /// Destroys what there is of `subject` but its name.
    pub(super) async fn erase(&mut self, subject: SubjectId) -> Result<Erasure, Fault> {
        on!(self, erase(subject))
    }

    /// Goes up whenever a subject is erased or the master keys change, by whomever.
    pub(super) async fn generation(&mut self) -> Result<i64, Fault> {
        on!(self, generation())
    }

    /// The master keys that keys may be under, oldest first.
    pub(super) async fn masters(&mut self) -> Result<Vec<MasterRow>, Fault> {
        on!(self, masters())
    }

    /// Adds `row` as the newest master key, if `after` is the newest now.
    pub(super) async fn add_master(&mut self, row: &MasterRow, after: Option<MasterId>) -> Result<(), Fault> {
        on!(self, add_master(row, after))
    }

    /// Up to `limit` keys of the subjects after `after`.
    pub(super) async fn stretch(&mut self, after: Option<SubjectId>, limit: usize) -> Result<Stretch, Fault> {
        on!(self, stretch(after, limit))
    }

    /// Puts the second form of each key in the place of the first, in one transaction. A key that has changed or gone
    /// since is left alone.
    pub(super) async fn rewrap(&mut self, keys: &[(SubjectId, Wrapped, Wrapped)]) -> Result<(), Fault> {
        on!(self, rewrap(keys))
    }

    /// Takes away every master key but `newest`, unless a key is still under one of them. Tells whether it did.
    pub(super) async fn retire_all_but(&mut self, newest: MasterId) -> Result<bool, Fault> {
        on!(self, retire_all_but(newest))
    }

    /// Sees to it that what was deleted leaves the database's files, as far as the database can.
    pub(super) async fn tidy(&mut self) -> Result<(), Fault> {
        on!(self, tidy())
    }

    pub(super) async fn close(self) {
        match self {
            Self::Postgres(store) => store.close().await,
            Self::Sqlite(store) => store.close().await,
        }
    }
}

fn subject(column: Result<&[u8], sqlx::Error>) -> Result<SubjectId, Fault> {
    Ok(SubjectId(Uuid::from_bytes(array(column)?)))
}

fn array<const N: usize>(column: Result<&[u8], sqlx::Error>) -> Result<[u8; N], Fault> {
    let changed = |_| Fault::Envelope { reason: "a row of the key store was changed" };
    column.map_err(unreadable)?.try_into().map_err(changed)
}

fn unreadable(error: sqlx::Error) -> Fault {
    Fault::database("read the key store")(error)
}
