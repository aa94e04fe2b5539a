//! The task that owns the key store's file: one request after the other, new subjects of a whole queue at once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use seinhuis_domain::ids::SubjectId;
use seinhuis_runtime::Entropy;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::cache::Cache;
use super::crypto::{Derived, Key, Token};
use super::store::{Store, Stored};
use super::{Erasure, Held, IdentifierKind};
use crate::fault::Fault;

/// Requests answered together.
const GROUP: usize = 512;

/// How long an erasure by another process may go unnoticed in memory here.
const LOOK_AROUND: Duration = Duration::from_secs(1);

type Answer<T> = oneshot::Sender<Result<T, Fault>>;

/// Tokens whose subjects are wanted, and who waits for them.
type Enrolment = (Vec<(Token, IdentifierKind)>, Answer<Vec<SubjectId>>);

/// What is asked of the key store.
pub(super) enum Job {
    Enrol { wanted: Vec<(Token, IdentifierKind)>, answer: Answer<Vec<SubjectId>> },
    Lookup { subjects: Vec<SubjectId>, answer: Answer<Vec<Held>> },
    Erase { subject: SubjectId, answer: Answer<Erasure> },
    Close { answer: oneshot::Sender<()> },
}

/// Serves the queue until it is closed.
pub(super) async fn run(
    mut queue: mpsc::Receiver<Job>,
    store: Store,
    derived: Derived,
    cache: Arc<Mutex<Cache>>,
    entropy: Entropy,
) {
    let mut keeper = Keeper { store, derived, cache, entropy, foreign: None };
    let mut rounds = tokio::time::interval(LOOK_AROUND);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut jobs = Vec::with_capacity(GROUP);
    let mut closed = None;
    loop {
        let came = tokio::select! {
            came = queue.recv_many(&mut jobs, GROUP) => came,
            _ = rounds.tick() => {
                keeper.look_around().await;
                continue;
            }
        };
        if came == 0 {
            break;
        }
        if let Some(answer) = keeper.serve(jobs.drain(..)).await {
            queue.close();
            closed = Some(answer);
        }
    }
    keeper.store.close().await;
    if let Some(answer) = closed {
        let _ = answer.send(());
    }
}

struct Keeper {
    store: Store,
    derived: Derived,
    /// Filled by this task only, in the order of what it does: an erased key can't slip back in.
    cache: Arc<Mutex<Cache>>,
    entropy: Entropy,
    foreign: Option<i64>,
}

impl Keeper {
    async fn serve(&mut self, jobs: impl Iterator<Item = Job>) -> Option<oneshot::Sender<()>> {
        let mut closed = None;
        let mut enrolments = Vec::new();
        for job in jobs {
            match job {
                Job::Enrol { wanted, answer } => enrolments.push((wanted, answer)),
                Job::Lookup { subjects, answer } => {
                    let _ = answer.send(self.lookup(&subjects).await);
                }
                Job::Erase { subject, answer } => {
                    let erasure = self.store.erase(subject).await;
                    self.cache().clear();
                    let _ = answer.send(erasure);
                }
                Job::Close { answer } => closed = Some(answer),
            }
        }
        if !enrolments.is_empty() {
            self.enrol_all(enrolments).await;
        }
        closed
    }

    async fn enrol_all(&mut self, enrolments: Vec<Enrolment>) {
        // Ordered, so that ids and keys are a function of the entropy's seed.
        let wanted: BTreeMap<Token, IdentifierKind> =
            enrolments.iter().flat_map(|(wanted, _)| wanted.iter().copied()).collect();
        match self.enrol(wanted).await {
            Ok(subjects) => {
                for (wanted, answer) in enrolments {
                    let found: Option<_> =
                        wanted.iter().map(|(token, _)| subjects.get(token).copied()).collect();
                    // A token that was there and is gone was erased in between, by another process.
                    let _ =
                        answer.send(found.ok_or(Fault::Envelope { reason: "a subject was erased just now" }));
                }
            }
            Err(fault) => {
                for (_, answer) in enrolments {
                    let _ = answer.send(Err(fault.clone()));
                }
            }
        }
    }

    /// The subject of every token, new ones made durable first.
    async fn enrol(
        &mut self,
        wanted: BTreeMap<Token, IdentifierKind>,
    ) -> Result<HashMap<Token, SubjectId>, Fault> {
        let known = self.store.by_token(wanted.keys()).await?;
        let here: HashSet<Token> = known.iter().map(|(token, ..)| *token).collect();
        let missing = wanted.iter().filter(|(token, _)| !here.contains(*token));
        let new = missing.map(|(token, kind)| self.make(*token, *kind)).collect::<Result<Vec<_>, _>>()?;
        let stored = if new.is_empty() {
            known
        } else {
            self.store.insert(&new).await?;
            // Asked again: another process may have been first with one of them.
            self.store.by_token(wanted.keys()).await?
        };
        let mut subjects = HashMap::with_capacity(stored.len());
        for (token, subject, wrapped) in stored {
            let key = Arc::new(self.derived.unwrap(subject, &wrapped)?);
            let mut cache = self.cache();
            cache.keep_key(subject, key);
            cache.keep_subject(token, subject);
            subjects.insert(token, subject);
        }
        Ok(subjects)
    }

    fn make(&self, token: Token, kind: IdentifierKind) -> Result<Stored, Fault> {
        let subject = SubjectId(Uuid::from_bytes(self.entropy.uuid()));
        let wrapped = self.derived.wrap(subject, &Key::random(&self.entropy), &self.entropy)?;
        Ok(Stored { subject, token, kind, wrapped })
    }

    async fn lookup(&mut self, subjects: &[SubjectId]) -> Result<Vec<Held>, Fault> {
        let stored = self.store.by_id(subjects.iter()).await?;
        let held = |subject: &SubjectId| match stored.get(subject) {
            Some(Some(wrapped)) => {
                let key = Arc::new(self.derived.unwrap(*subject, wrapped)?);
                self.cache().keep_key(*subject, Arc::clone(&key));
                Ok(Held::Key(key))
            }
            Some(None) => Ok(Held::Erased),
            None => Ok(Held::Unknown),
        };
        subjects.iter().map(held).collect()
    }

    /// Another process may have erased a subject. What it wrote isn't known, only that it did: forget everything.
    async fn look_around(&mut self) {
        match self.store.foreign_writes().await {
            Ok(version) if self.foreign == Some(version) => {}
            Ok(version) => {
                if self.foreign.replace(version).is_some() {
                    self.cache().clear();
                }
            }
            Err(fault) => {
                tracing::warn!(error = %fault, "can't tell whether the key store was changed by others");
                self.cache().clear();
            }
        }
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
