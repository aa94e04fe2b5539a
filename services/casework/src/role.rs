//! The loop: look which signals belong nowhere, decide them in the order of the log, send the commands, look again.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use futures::stream::{self, StreamExt};
use seinhuis_domain::case::{Case, CaseCommand, CaseRefusal};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::ids::{CaseId, SignalId};
use seinhuis_eventstore::{Context, ExecuteError, Log};
use seinhuis_projections::{DirectoryView, Fault, Follower, LOOK_AGAIN, PendingSignal, Role, Views};
use seinhuis_runtime::Clock;
use tokio_util::sync::CancellationToken;

use crate::page::{Decision, Page};

/// Signals decided at a time.
const PAGE: usize = 512;
/// Commands under way at a time. Those of one case go one after the other.
const IN_FLIGHT: usize = 256;

/// The casework role.
#[derive(Debug)]
pub struct Casework {
    log: Log,
    follower: Follower,
    views: Views,
    directory: DirectoryView,
    clock: Clock,
    /// Signals no rule could place. They stay on the list of pending signals for people to see.
    parked: HashSet<SignalId>,
}

impl Role for Casework {
    const ACTOR: &'static str = "role:casework";

    async fn go_on(&mut self, drain: &CancellationToken) -> Result<(), Fault> {
        let mut head = self.log.watch();
        while !drain.is_cancelled() {
            let seen = self.follower.catch_up().await?;
            if self.work().await? == 0 {
                tokio::select! {
                    _ = head.past(seen) => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                    () = drain.cancelled() => {}
                }
            }
        }
        Ok(())
    }
}

impl Casework {
    /// `follower` follows the matching model in `views`.
    pub fn new(log: Log, follower: Follower, views: Views, directory: DirectoryView, clock: Clock) -> Self {
        Self { log, follower, views, directory, clock, parked: HashSet::new() }
    }

    /// Decides one page. Answers how many signals found their case.
    async fn work(&mut self) -> Result<usize, Fault> {
        let directory = self.directory.current();
        let Some((_, adopted)) = directory.in_force() else { return Ok(0) };
        let views = self.views.clone();
        let mut pending = views.pending(PAGE + self.parked.len()).await?;
        pending.retain(|signal| !self.parked.contains(&signal.signal.id));
        pending.truncate(PAGE);
        let mut page = Page::default();
        let mut chains: BTreeMap<CaseId, Vec<(SignalId, CaseCommand)>> = BTreeMap::new();
        for signal in pending {
            let candidates = views.candidates(&signal).await?;
            let decided =
                page.decide(&signal, candidates, &adopted.profile.policy.matching, &adopted.calendar);
            match decided {
                Ok(decision) => {
                    let command = self.command(&decision, &signal);
                    chains.entry(decision.case()).or_default().push((signal.signal.id, command));
                }
                Err(refusal) => self.park(signal.signal.id, &refusal),
            }
        }
        self.send(chains, &directory).await
    }

    fn command(&self, decision: &Decision, signal: &PendingSignal) -> CaseCommand {
        let (signal, at) = (signal.signal.clone(), self.clock.now());
        match *decision {
            Decision::Open(id) => CaseCommand::OpenCase { id, signal, at },
            Decision::Attach(_, because) => CaseCommand::AttachSignal { signal, because, at },
        }
    }

    async fn send(
        &mut self,
        chains: BTreeMap<CaseId, Vec<(SignalId, CaseCommand)>>,
        directory: &Arc<Directory>,
    ) -> Result<usize, Fault> {
        let (log, clock) = (&self.log, &self.clock);
        let outcomes: Vec<_> = stream::iter(chains)
            .map(|(case, commands)| async move {
                let mut outcomes = Vec::new();
                for (signal, command) in commands {
                    let context = Context { actor: Self::ACTOR.into(), at: clock.now(), trace: None };
                    let done = log.execute::<Case>(directory, &case.to_string(), command, &context).await;
                    outcomes.push((signal, done));
                }
                outcomes
            })
            .buffer_unordered(IN_FLIGHT)
            .collect()
            .await;
        let mut placed = 0;
        for (signal, outcome) in outcomes.into_iter().flatten() {
            match outcome {
                Ok(_) => placed += 1,
                // Somebody was faster, or the case closed meanwhile: the signal is still pending and comes round again.
                Err(ExecuteError::Conflict { .. } | ExecuteError::Overloaded) => placed += 1,
                Err(ExecuteError::Refused(CaseRefusal::CaseIsClosed)) => placed += 1,
                Err(ExecuteError::Refused(refusal)) => self.park(signal, &refusal),
                Err(ExecuteError::TooLarge { events, bytes }) => {
                    tracing::error!(%signal, events, bytes, "signal can't join its case: too large");
                    self.parked.insert(signal);
                }
                Err(ExecuteError::Fault(fault)) => return Err(Fault::Log(fault)),
            }
        }
        Ok(placed)
    }

    fn park(&mut self, signal: SignalId, refusal: &(dyn std::error::Error + 'static)) {
        tracing::error!(%signal, refusal, "signal finds no case; it stays pending");
        self.parked.insert(signal);
    }
}
