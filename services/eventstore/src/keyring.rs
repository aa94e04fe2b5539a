//! The keys of persons, households and places: pseudonyms, envelopes, and their destruction (INV-9).
//!
//! Whoever reports a person names him by an identifier (a BSN, a name with a date of birth, an address). The key store
//! turns it into a random pseudonym with a random key of its own, and forgets the identifier: it keeps only a keyed
//! hash, by which the same identifier meets the same pseudonym again. What is personal is sealed under that key. To
//! erase a subject is to destroy its key and that hash: from then on nobody can open what was sealed, or find out whom
//! the pseudonym stood for, while the log still verifies.
//!
//! | what | how |
//! |---|---|
//! | wrap keys, check value and id | HKDF-SHA-256 of the master key, each under a label of its own |
//! | index key | 32 random bytes, stored wrapped by AES-256-GCM-SIV under each master key; never changes |
//! | identifier → hash | HMAC-SHA-256 under the index key, over kind and normalised value |
//! | subject key | 32 random bytes, stored wrapped by AES-256-GCM-SIV under a master key that it names |
//! | envelope | AES-256-GCM-SIV per part, deterministic for one place in the log |

mod cache;
mod crypto;
mod envelope;
mod identifier;
mod inspect;
mod keeper;
mod master;
mod masters;
mod rotate;
mod seal;
mod store;

use std::ffi::OsStr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use seinhuis_domain::ids::SubjectId;
use seinhuis_runtime::Entropy;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

pub use identifier::{Identifier, IdentifierKind};
pub use inspect::{KeysSeen, inspect};
pub use masters::MasterId;
pub use rotate::{Inventory, Rotation, rotate, take_inventory};
pub use seal::{Content, Opened, Part, Place, SealError};

use crate::fault::Fault;
use cache::Cache;
use crypto::{Index, Key, Token};
use keeper::{Job, Keeper};
use masters::{Files, Master, Masters};
use store::Store;

/// Requests that may wait for the key store; callers beyond that wait for room.
const QUEUE: usize = 4_096;

/// Subjects whose keys are held in memory.
const CACHED: usize = 131_072;

/// The key store, open. Clones are the same store.
#[derive(Debug, Clone)]
pub struct Keyring(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    index: Index,
    cache: Arc<Mutex<Cache>>,
    jobs: mpsc::Sender<Job>,
    keeper: Mutex<Option<JoinHandle<()>>>,
}

/// What the key store knows of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It has a key.
    Active,
    /// It had one.
    Erased,
    /// It never had one here.
    Unknown,
}

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasure {
    /// The key and the way to it are destroyed, now.
    Done,
    /// They were destroyed before.
    Already,
    /// There never were any; nothing was done.
    Unknown,
}

/// A subject's key, or why there is none.
#[derive(Debug, Clone)]
pub(crate) enum Held {
    Key(Arc<Key>),
    Erased,
    Unknown,
}

impl Keyring {
    /// Opens the key store at `at`, a `postgres://` address or the path of a file, under the master key in the file
    /// `master`, making both when there is neither. Refused when the master key can be read by others than its owner,
    /// or isn't one of this store's.
    ///
    /// While master keys are rotated, the next one stands in `<master>.next` and both count. A store that is open reads
    /// the files again when it meets a key under one that it doesn't know.
    pub async fn open(at: impl AsRef<OsStr>, master: &Path, entropy: Entropy) -> Result<Self, Fault> {
        let (store, masters, files) = opened(at.as_ref(), master, &entropy).await?;
        let index = Index::of(masters.index()?);
        let cache = Arc::new(Mutex::new(Cache::new(CACHED)));
        let (jobs, queue) = mpsc::channel(QUEUE);
        let keeper = Keeper { store, masters, files, cache: Arc::clone(&cache), entropy, generation: None };
        let keeper = Mutex::new(Some(tokio::spawn(keeper.run(queue))));
        Ok(Self(Arc::new(Shared { index, cache, jobs, keeper })))
    }

    /// The pseudonym of each identifier, in their order. New ones get a random id and key, on disk before this
    /// returns; callers who come at the same moment share one transaction.
    pub async fn pseudonyms(&self, identifiers: &[Identifier]) -> Result<Vec<SubjectId>, Fault> {
        let tokens: Vec<Token> =
            identifiers.iter().map(|identifier| self.0.index.token(identifier)).collect();
        let cached: Option<Vec<_>> = {
            let cache = self.cache();
            tokens.iter().map(|token| cache.subject(token)).collect()
        };
        if let Some(subjects) = cached {
            return Ok(subjects);
        }
        let kinds = identifiers.iter().map(Identifier::kind);
        let wanted = tokens.into_iter().zip(kinds).collect();
        self.ask(|answer| Job::Enrol { wanted, answer }).await
    }

    /// Destroys the subject's key and the way from its identifier to it, and leaves no trace of either in any file. A
    /// later report of the same person starts a new pseudonym. Doing it twice is doing it once.
    pub async fn erase(&self, subject: SubjectId) -> Result<Erasure, Fault> {
        self.ask(|answer| Job::Erase { subject, answer }).await
    }

    /// What the key store knows of `subject`.
    pub async fn known(&self, subject: SubjectId) -> Result<Known, Fault> {
        let held = self.held(&[subject]).await?;
        Ok(match held.first() {
            Some(Held::Key(_)) => Known::Active,
            Some(Held::Erased) => Known::Erased,
            Some(Held::Unknown) | None => Known::Unknown,
        })
    }

    /// Finishes what is asked already and closes the file.
    pub async fn close(self) {
        let (answer, closed) = oneshot::channel();
        if self.0.jobs.send(Job::Close { answer }).await.is_ok() {
            let _ = closed.await;
        }
        let keeper = self.0.keeper.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(keeper) = keeper {
            let _ = keeper.await;
        }
    }

    /// The keys of `subjects`, in their order, as the store has them at this moment: a subject that anybody erased
    /// before this was asked has none.
    async fn held(&self, subjects: &[SubjectId]) -> Result<Vec<Held>, Fault> {
        let subjects = subjects.to_vec();
        self.ask(|answer| Job::Lookup { subjects, answer }).await
    }

    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<Result<T, Fault>>) -> Job) -> Result<T, Fault> {
        let gone = || Fault::Closed { what: "the key store" };
        let (answer, outcome) = oneshot::channel();
        self.0.jobs.send(job(answer)).await.map_err(|_| gone())?;
        outcome.await.map_err(|_| gone())?
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.0.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The store at `at` and its master keys, as far as they are at hand. A store without any takes the one in the file, or
/// one newly made.
async fn opened(at: &OsStr, master: &Path, entropy: &Entropy) -> Result<(Store, Masters, Files), Fault> {
    let mut store = Store::open(&at.to_string_lossy()).await?;
    let files = Files::of(master);
    let mut rows = store.masters().await?;
    if rows.is_empty() {
        let key = match master::read(master)? {
            Some(key) => key,
            None => master::make(master, entropy)?,
        };
        let first = Master::of(&key).row(&Key::random(entropy), entropy)?;
        store.add_master(&first, None).await?;
        // Asked again: another process may have been first.
        rows = store.masters().await?;
    }
    let masters = Masters::find(rows, &files, &[])?;
    Ok((store, masters, files))
}
