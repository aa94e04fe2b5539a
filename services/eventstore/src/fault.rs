//! What can go wrong with the log and with the keys.

mod trouble;

use std::error::Error;
use std::sync::Arc;

use seinhuis_domain::ids::SubjectId;

use crate::keyring::MasterId;
use crate::position::Position;
use crate::stream::StreamId;
pub use trouble::Trouble;

/// Something is broken or out of reach. Clones share their cause, because one failed commit answers many callers.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The database didn't do what was asked. After a failed append the outcome is unknown: try again, the expected
    /// version keeps it from happening twice.
    #[error("the database can't {what}{trouble}")]
    Unavailable {
        /// What was asked.
        what: &'static str,
        /// What kind of trouble it is in.
        trouble: Trouble,
        /// What the database said.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The log or the key store was closed, or the task that serves it has died.
    #[error("{what} is closed")]
    Closed {
        /// Which of the two.
        what: &'static str,
    },
    /// The lease it was done under has been taken by somebody else. Nothing was stored, and nothing will be.
    #[error("the lease {name} has passed on: its epoch {epoch} is over")]
    Fenced {
        /// The lease.
        name: Arc<str>,
        /// The epoch that is over.
        epoch: u64,
    },
    /// The address names no log.
    #[error("{url:?} names no log: sqlite:<path>, or postgres://<user>@<host>/<database>")]
    Address {
        /// What was given.
        url: String,
    },
    /// The file is of another program, or of a newer version of this one.
    #[error("{path} can't serve as {what}: {reason}")]
    Foreign {
        /// The file.
        path: String,
        /// What it was to be.
        what: &'static str,
        /// Why it can't.
        reason: String,
    },
    /// A stored row breaks the format.
    #[error("event {position} is corrupt: {what}")]
    Corrupt {
        /// Where.
        position: Position,
        /// What is wrong, without any content.
        what: String,
    },
    /// An event of a type or a schema that this version doesn't know.
    #[error("event {position} is of an unknown kind: {name}, schema {schema}")]
    UnknownEvent {
        /// Where.
        position: Position,
        /// The stored type.
        name: String,
        /// The stored schema version.
        schema: u32,
    },
    /// A known event whose payload doesn't have the shape of its schema.
    #[error("event {position} can't be read as {name}, schema {schema}")]
    Unreadable {
        /// Where.
        position: Position,
        /// The stored type.
        name: String,
        /// The stored schema version.
        schema: u32,
        /// What doesn't fit.
        source: Arc<serde_json::Error>,
    },
    /// An event enum that isn't tagged as [`seinhuis_domain::fact::Fact`] demands.
    #[error("{name} doesn't serialise as type and data, or its schema version is no whole number")]
    Misshapen {
        /// What the event calls itself.
        name: String,
    },
    /// The master key can't be used.
    #[error("the master key {path} can't be used: {reason}")]
    MasterKey {
        /// Its file.
        path: String,
        /// Why not.
        reason: String,
    },
    /// The file holds another master key than the store's.
    #[error("the master key {path} is {}, and the key store is under {}", ids(given), ids(needed))]
    WrongMasterKey {
        /// The file.
        path: String,
        /// The master keys that were found there.
        given: Arc<[MasterId]>,
        /// Those of the store, oldest first; any of them opens it.
        needed: Arc<[MasterId]>,
    },
    /// The master keys are being rotated, and the one that a subject's key is under isn't at hand.
    #[error("the master key {id} is missing: it stands neither in {path} nor in {path}.next")]
    MissingMasterKey {
        /// Which.
        id: MasterId,
        /// Where it was looked for.
        path: String,
    },
    /// Another rotation of the master key has begun and not ended.
    #[error("a rotation to the master key {to} is under way: end that one first")]
    RotationUnderWay {
        /// What it leads to.
        to: MasterId,
    },
    /// A file of the key store can't be read or written.
    #[error("can't {what} {path}")]
    File {
        /// What was tried.
        what: &'static str,
        /// On which file.
        path: String,
        /// What the machine said.
        source: Arc<std::io::Error>,
    },
    /// The key store has never had a key for this subject: it isn't the store that sealed the envelope.
    #[error("the key store knows no subject {subject}")]
    UnknownSubject {
        /// The pseudonym.
        subject: SubjectId,
    },
    /// An envelope was changed, belongs to another place, or a key in the store was.
    #[error("the envelope can't be opened: {reason}")]
    Envelope {
        /// What was found.
        reason: &'static str,
    },
    /// The signing key can't be used.
    #[error("the signing key {path} can't be used: {reason}")]
    ProofKey {
        /// Its file.
        path: String,
        /// Why not.
        reason: String,
    },
    /// The log isn't the one that was signed: it went on differently at `position`.
    #[error("the log differs at {position} from what was signed at size {signed}")]
    Forked {
        /// The first event that differs.
        position: Position,
        /// The size of the checkpoint.
        signed: u64,
    },
    /// The log has lost events that were signed.
    #[error("the log ends at {head}, and {signed} events were signed")]
    CutShort {
        /// Its last position.
        head: Position,
        /// The size of the last checkpoint.
        signed: u64,
    },
    /// A checkpoint in the proof book doesn't count.
    #[error("the checkpoint of size {size} in the proof book doesn't count")]
    Checkpoint {
        /// Its size.
        size: u64,
        /// Why not.
        source: crate::proof::NoteError,
    },
    /// The tiles in the proof book aren't those of the tree that was signed.
    #[error("the proof book is damaged: the tiles below size {size} don't make the root that was signed")]
    Tiles {
        /// The size of the tree.
        size: u64,
    },
}

fn ids(of: &[MasterId]) -> String {
    of.iter().map(MasterId::to_string).collect::<Vec<_>>().join(" and ")
}

impl Fault {
    pub(crate) fn database(what: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Unavailable { what, trouble: Trouble::of(&source), source: Arc::new(source) }
    }

    pub(crate) fn file(what: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::File { what, path, source: Arc::new(source) }
    }
}

/// Why an append wasn't done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// Somebody else wrote to the stream first. Load again and decide again.
    #[error("{stream} is at version {actual}, not at {expected}")]
    Conflict {
        /// The stream.
        stream: StreamId,
        /// The version the caller had seen.
        expected: u64,
        /// The version it has.
        actual: u64,
    },
    /// The queue to the disk is full (INV-11). Nothing was stored; try again later.
    #[error("the log is overloaded")]
    Overloaded,
    /// The batch is empty or larger than one append may be. Nothing was stored.
    #[error("a batch of {events} events and {bytes} bytes can't be appended in one piece")]
    Size {
        /// Events in the batch.
        events: usize,
        /// Bytes in the batch.
        bytes: usize,
    },
    /// The log is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why a command wasn't done.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError<R> {
    /// The aggregate's rules refuse it.
    #[error("refused")]
    Refused(#[source] R),
    /// Others kept writing to the same stream. Nothing was stored; try again later.
    #[error("gave way to other writers {attempts} times")]
    Conflict {
        /// How often it was tried.
        attempts: u32,
    },
    /// The queue to the disk is full (INV-11). Nothing was stored; try again later.
    #[error("the log is overloaded")]
    Overloaded,
    /// The command makes more events than one append may hold. Nothing was stored.
    #[error("a batch of {events} events and {bytes} bytes can't be appended in one piece")]
    TooLarge {
        /// Events in the batch.
        events: usize,
        /// Bytes in the batch.
        bytes: usize,
    },
    /// The log is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}
