//! The task that owns the key store: one request after the other, new subjects of a whole queue at once.
//!
//! Other processes erase subjects and rotate master keys. Each raises the generation of the store, which is read once
//! for every group of requests: nothing is answered from memory that was out of date when it was asked.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use seinhuis_domain::ids::SubjectId;
use seinhuis_runtime::Entropy;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::cache::Cache;
use super::crypto::{Key, Token};
use super::masters::{Files, Masters, Wrapped};
use super::store::{Inserted, Store, Stored};
use super::{Erasure, Held, IdentifierKind};
use crate::fault::Fault;

/// Requests answered together.
const GROUP: usize = 4_096;

/// How often to look what others did when nobody asks anything: keys of erased subjects don't stay in memory.
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

/// What the keeper works with.
pub(super) struct Keeper {
    pub(super) store: Store,
    pub(super) masters: Masters,
    pub(super) files: Files,
    /// Filled by this task only, in the order of what it does: an erased key can't slip back in.
    pub(super) cache: Arc<Mutex<Cache>>,
    pub(super) entropy: Entropy,
    /// Up to which generation memory is true; `None` when nobody can tell.
    pub(super) generation: Option<i64>,
}

impl Keeper {
    /// Serves the queue until it is closed.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        let mut rounds = tokio::time::interval(LOOK_AROUND);
        rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut jobs = Vec::with_capacity(GROUP);
        let mut closed = None;
        loop {
            let came = tokio::select! {
                came = queue.recv_many(&mut jobs, GROUP) => came,
                _ = rounds.tick() => {
                    if let Err(fault) = self.look_around().await {
                        tracing::warn!(fault = &fault as &dyn std::error::Error, "can't look what others did to the keys");
                    }
                    continue;
                }
            };
            if came == 0 {
                break;
            }
            if let Some(answer) = self.serve(jobs.drain(..)).await {
                queue.close();
                closed = Some(answer);
            }
        }
        self.store.close().await;
        if let Some(answer) = closed {
            let _ = answer.send(());
        }
    }

    async fn serve(&mut self, jobs: impl Iterator<Item = Job>) -> Option<oneshot::Sender<()>> {
        let mut closed = None;
        let (mut enrolments, mut lookups) = (Vec::new(), Vec::new());
        for job in jobs {
            match job {
                Job::Enrol { wanted, answer } => enrolments.push((wanted, answer)),
                Job::Lookup { subjects, answer } => lookups.push((subjects, answer)),
                Job::Erase { subject, answer } => {
                    let erasure = self.store.erase(subject).await;
                    self.forget();
                    let _ = answer.send(erasure);
                }
                Job::Close { answer } => closed = Some(answer),
            }
        }
        // Mostly answered from memory, so they don't wait for what new subjects cost.
        if !lookups.is_empty() {
            self.look_up_all(lookups).await;
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
        let tokens: Vec<Token> = wanted.keys().copied().collect();
        let mut subjects = self.known(&tokens).await?;
        let missing: Vec<_> = wanted.into_iter().filter(|(token, _)| !subjects.contains_key(token)).collect();
        if missing.is_empty() {
            return Ok(subjects);
        }
        subjects.extend(self.insert(&missing).await?);
        // Another process may have been first with one of them.
        let taken: Vec<Token> =
            missing.iter().map(|(token, _)| *token).filter(|token| !subjects.contains_key(token)).collect();
        if !taken.is_empty() {
            subjects.extend(self.known(&taken).await?);
        }
        Ok(subjects)
    }

    /// The subjects of those of `tokens` that have one, which are kept in memory too.
    async fn known(&mut self, tokens: &[Token]) -> Result<HashMap<Token, SubjectId>, Fault> {
        let stored = self.store.by_token(tokens).await?;
        let mut subjects = HashMap::with_capacity(stored.len());
        for (token, subject, wrapped) in stored {
            self.unwrap(subject, &wrapped).await?;
            self.cache().keep_subject(token, subject);
            subjects.insert(token, subject);
        }
        Ok(subjects)
    }

    /// Makes subjects of `missing` and stores them. Answers with those that are new.
    async fn insert(
        &mut self,
        missing: &[(Token, IdentifierKind)],
    ) -> Result<HashMap<Token, SubjectId>, Fault> {
        let (mut new, mut keys) = self.make(missing)?;
        let mut inserted = self.store.insert(&new).await?;
        if inserted == Inserted::Retired {
            // The master key was rotated away at this very moment: once more, under the new one.
            self.reload().await?;
            (new, keys) = self.make(missing)?;
            inserted = self.store.insert(&new).await?;
        }
        let Inserted::Done { tokens } = inserted else { return Err(self.masters.newest_is_missing()) };
        let stored: HashSet<Token> = tokens.into_iter().collect();
        let mut cache = self.cache();
        let made = new.iter().zip(keys).filter(|(made, _)| stored.contains(&made.token));
        Ok(made
            .map(|(Stored { subject, token, .. }, key)| {
                cache.keep_key(*subject, key);
                cache.keep_subject(*token, *subject);
                (*token, *subject)
            })
            .collect())
    }

    fn make(&self, missing: &[(Token, IdentifierKind)]) -> Result<(Vec<Stored>, Vec<Arc<Key>>), Fault> {
        let make = |(token, kind): &(Token, IdentifierKind)| {
            let subject = SubjectId(Uuid::from_bytes(self.entropy.uuid()));
            let key = Key::random(&self.entropy);
            let wrapped = self.masters.newest().wrap(subject, &key, &self.entropy)?;
            Ok((Stored { subject, token: *token, kind: *kind, wrapped }, Arc::new(key)))
        };
        missing.iter().map(make).collect()
    }

    async fn look_up_all(&mut self, lookups: Vec<(Vec<SubjectId>, Answer<Vec<Held>>)>) {
        let looked = self.look_around().await;
        for (subjects, answer) in lookups {
            let held = match &looked {
                Ok(()) => self.look_up(&subjects).await,
                Err(fault) => Err(fault.clone()),
            };
            let _ = answer.send(held);
        }
    }

    async fn look_up(&mut self, subjects: &[SubjectId]) -> Result<Vec<Held>, Fault> {
        let cached: Option<Vec<_>> = {
            let cache = self.cache();
            subjects.iter().map(|subject| cache.key(*subject).map(Held::Key)).collect()
        };
        if let Some(held) = cached {
            return Ok(held);
        }
        let stored = self.store.by_id(subjects).await?;
        let mut held = Vec::with_capacity(subjects.len());
        for subject in subjects {
            held.push(match stored.get(subject) {
                Some(Some(wrapped)) => Held::Key(self.unwrap(*subject, wrapped).await?),
                Some(None) => Held::Erased,
                None => Held::Unknown,
            });
        }
        Ok(held)
    }

    /// The key of `subject`, which is kept in memory too. Under a master key not seen before, the files are read again.
    async fn unwrap(&mut self, subject: SubjectId, wrapped: &Wrapped) -> Result<Arc<Key>, Fault> {
        let key = match self.masters.unwrap(subject, wrapped) {
            Err(Fault::MissingMasterKey { .. }) => {
                self.reload().await?;
                self.masters.unwrap(subject, wrapped)
            }
            key => key,
        };
        let key = Arc::new(key?);
        self.cache().keep_key(subject, Arc::clone(&key));
        Ok(key)
    }

    /// Another process may have erased a subject or rotated the master key. What it did isn't known, only that it did
    /// something: forget everything.
    async fn look_around(&mut self) -> Result<(), Fault> {
        let now = match self.store.generation().await {
            Ok(now) => now,
            Err(fault) => {
                self.forget();
                return Err(fault);
            }
        };
        if self.generation != Some(now) {
            self.forget();
            self.reload().await?;
            self.generation = Some(now);
        }
        Ok(())
    }

    /// Finds out anew which master keys there are, and which of them are at hand.
    async fn reload(&mut self) -> Result<(), Fault> {
        let rows = self.store.masters().await?;
        self.masters = Masters::find(rows, &self.files, &self.masters.held())?;
        Ok(())
    }

    fn forget(&mut self) {
        self.generation = None;
        self.cache().clear();
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
