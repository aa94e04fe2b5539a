//! Forgetting somebody, in three steps: the order is in the log, the keys are destroyed, the log says that they are. A
//! crash in between leaves an order that is carried out later, by the command when it is run again or by the hub.

use std::collections::BTreeSet;
use std::time::Duration;

use cqrs_es::Aggregate;
use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::subject::{Subject, SubjectCommand, SubjectEvent, SubjectRefusal};
use seinhuis_eventstore::keyring::{Erasure, Keyring};
use seinhuis_eventstore::{Context, ExecuteError, Fault, Log, Position};
use seinhuis_runtime::{Clock, Pulse};
use tokio_util::sync::CancellationToken;

/// Events of one question.
const PAGE: usize = 1_000;

/// Between two looks for orders that nobody carried out.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Why an order wasn't carried out.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// The key store never had a key of this subject: it isn't this log's.
    #[error("the key store knows no subject {subject}")]
    Unknown {
        /// The pseudonym.
        subject: SubjectId,
    },
    /// The key store is broken or out of reach.
    #[error("the keys can't be destroyed")]
    Keys(#[source] Fault),
    /// The keys are gone, and the log doesn't say so yet.
    #[error("the erasure can't be recorded")]
    Log(#[source] ExecuteError<SubjectRefusal>),
}

/// Destroys the keys of a subject whose erasure was ordered, and records it. Doing it twice is doing it once. Tells where
/// the fact stands.
pub async fn carry_out(
    log: &Log,
    keyring: &Keyring,
    subject: SubjectId,
    context: &Context,
) -> Result<Position, EraseError> {
    if keyring.erase(subject).await.map_err(EraseError::Keys)? == Erasure::Unknown {
        return Err(EraseError::Unknown { subject });
    }
    let command = SubjectCommand::RecordErasure { subject };
    let done = log.execute::<Subject>(&(), &subject.to_string(), command, context).await;
    Ok(done.map_err(EraseError::Log)?.position)
}

/// Carries out what was ordered and left lying.
#[derive(Debug)]
pub struct Eraser {
    log: Log,
    keyring: Keyring,
    clock: Clock,
    after: Position,
    ordered: BTreeSet<SubjectId>,
    pulse: Pulse,
}

impl Eraser {
    /// An eraser that has seen nothing yet. `pulse` beats once a turn.
    pub fn new(log: Log, keyring: Keyring, clock: Clock, pulse: Pulse) -> Self {
        Self { log, keyring, clock, after: Position::START, ordered: BTreeSet::new(), pulse }
    }

    /// Looks, again and again, until the hub drains. An event that can't be understood stops it; what may pass doesn't.
    pub async fn run(mut self, draining: CancellationToken) -> Result<(), Fault> {
        loop {
            match self.catch_up().await {
                Err(fault @ Fault::Unavailable { .. }) => {
                    tracing::warn!(
                        fault = &fault as &dyn std::error::Error,
                        "can't look for ordered erasures"
                    );
                }
                done => {
                    done?;
                    self.pulse.beat();
                }
            }
            tokio::select! {
                () = draining.cancelled() => return Ok(()),
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    /// Takes in what was ordered and done since, and does what is left.
    async fn catch_up(&mut self) -> Result<(), Fault> {
        if self.log.look().await? > self.after {
            self.read_on().await?;
        }
        let actor = "role:erasure".to_owned();
        let context = Context { actor, at: self.clock.now(), trace: None };
        for subject in self.ordered.clone() {
            match carry_out(&self.log, &self.keyring, subject, &context).await {
                Ok(position) => {
                    tracing::info!(%subject, %position, "an erasure that was ordered is done");
                    self.ordered.remove(&subject);
                }
                Err(error @ EraseError::Unknown { .. }) => {
                    tracing::error!(
                        fault = &error as &dyn std::error::Error,
                        "an erasure that was ordered is given up"
                    );
                    self.ordered.remove(&subject);
                }
                Err(error) => {
                    tracing::warn!(fault = &error as &dyn std::error::Error, %subject, "an erasure that was ordered waits");
                }
            }
        }
        Ok(())
    }

    async fn read_on(&mut self) -> Result<(), Fault> {
        let head = self.log.head();
        loop {
            let page = self.log.read_kind(Subject::TYPE, self.after, PAGE).await?;
            for row in &page {
                match row.decode()? {
                    SubjectEvent::ErasureOrdered { subject, .. } => self.ordered.insert(subject),
                    SubjectEvent::SubjectErased { subject, .. } => self.ordered.remove(&subject),
                    SubjectEvent::SubjectHeld { .. } | SubjectEvent::HoldLifted { .. } => false,
                };
                self.after = row.position;
            }
            if page.len() < PAGE {
                self.after = self.after.max(head);
                return Ok(());
            }
        }
    }
}
