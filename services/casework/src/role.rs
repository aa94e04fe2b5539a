//! The loop: look which signals belong nowhere, decide them in the order of the log, send the commands, look again.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::case::{Case, CaseCommand, CaseRefusal};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::ids::{CaseId, SignalId};
use seinhuis_eventstore::{Asked, Chain, Context, ExecuteError, Known, Log};
use seinhuis_projections::{DirectoryView, Fault, Follower, LOOK_AGAIN, PendingSignal, Rest, Role, Views};
use seinhuis_runtime::Clock;
use seinhuis_runtime::trace::{Kind, Step};
use tokio_util::sync::CancellationToken;

use crate::page::{Decision, Page};

/// Signals decided at a time.
const PAGE: usize = 512;
/// Cases it keeps in mind, so that a signal that joins one doesn't have its whole stream read.
const KNOWN: usize = 8_192;
/// A breath when the log is busy.
const BUSY: Duration = Duration::from_millis(50);
/// How long a signal that no rule could place is set aside.
const ASIDE: SignedDuration = SignedDuration::from_mins(1);

/// A signal on its way into a case.
struct Placing {
    signal: SignalId,
    command: CaseCommand,
    step: Step,
}

/// The casework role.
#[derive(Debug)]
pub struct Casework {
    log: Log,
    follower: Follower,
    views: Views,
    directory: DirectoryView,
    clock: Clock,
    /// Signals no rule could place, and when they are tried again. They stay on the list of pending signals.
    parked: HashMap<SignalId, Timestamp>,
    /// Cases as it left them. Whoever writes to one behind its back only costs it another look.
    known: Known<Case>,
}

impl Role for Casework {
    const ACTOR: &'static str = "role:casework";

    async fn go_on(&mut self, drain: &CancellationToken) -> Result<(), Fault> {
        let mut head = self.log.watch();
        while !drain.is_cancelled() {
            let rest = Rest::begin();
            let seen = self.follower.catch_up().await?;
            let decided = self.work().await?;
            self.follower.beat();
            if decided == 0 {
                let news = rest.then(head.past(seen));
                tokio::select! {
                    _ = news => {}
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
        Self { log, follower, views, directory, clock, parked: HashMap::new(), known: Known::new(KNOWN) }
    }

    /// Decides one page. Answers how many signals found their case.
    async fn work(&mut self) -> Result<usize, Fault> {
        let directory = self.directory.current();
        let Some((_, adopted)) = directory.in_force() else { return Ok(0) };
        let views = self.views.clone();
        let now = self.clock.now();
        self.parked.retain(|_, again| *again > now);
        let mut pending = views.pending(PAGE + self.parked.len()).await?;
        pending.retain(|signal| !self.parked.contains_key(&signal.signal.id));
        pending.truncate(PAGE);
        let mut page = Page::default();
        let mut chains: BTreeMap<CaseId, Vec<Placing>> = BTreeMap::new();
        let candidates = views.candidates(&pending).await?;
        for (signal, candidates) in pending.into_iter().zip(candidates) {
            let decided =
                page.decide(&signal, candidates, &adopted.profile.policy.matching, &adopted.calendar);
            match decided {
                Ok(decision) => {
                    let placing = Placing {
                        signal: signal.signal.id,
                        command: self.command(&decision, &signal),
                        step: step(&decision, &signal, now),
                    };
                    chains.entry(decision.case()).or_default().push(placing);
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
        chains: BTreeMap<CaseId, Vec<Placing>>,
        directory: &Arc<Directory>,
    ) -> Result<usize, Fault> {
        let context = Context { actor: Self::ACTOR.into(), at: self.clock.now(), trace: None };
        // The steps last until what came of them is on disk.
        let mut signals = Vec::with_capacity(chains.len());
        let chains: Vec<Chain<CaseCommand>> = chains
            .into_iter()
            .map(|(case, all)| {
                let opens =
                    matches!(all.first(), Some(Placing { command: CaseCommand::OpenCase { .. }, .. }));
                let (own, commands): (Vec<_>, Vec<_>) = all
                    .into_iter()
                    .map(|Placing { signal, command, step }| {
                        let trace = step.traceparent();
                        ((signal, step), Asked { command, trace })
                    })
                    .unzip();
                signals.push(own);
                Chain { id: case.to_string(), opens, commands }
            })
            .collect();
        let (mut placed, mut busy) = (0, false);
        let outcomes = self.log.execute_all::<Case>(directory, &chains, &context, &mut self.known).await;
        for (own, outcome) in signals.iter().zip(outcomes) {
            placed += outcome.done;
            own.iter().skip(outcome.done).for_each(|(_, step)| step.failed("not_placed"));
            // The rest of the chain counted on the one that wasn't done. They are still pending and come round again.
            let (Some((signal, _)), Some(why)) = (own.get(outcome.done), outcome.stopped) else { continue };
            match why {
                // Somebody was faster, or the case closed meanwhile: the signal is still pending and comes round again.
                ExecuteError::Conflict { .. }
                | ExecuteError::Overloaded
                | ExecuteError::Refused(CaseRefusal::CaseIsClosed | CaseRefusal::NoSuchCase) => busy = true,
                ExecuteError::Refused(refusal) => self.park(*signal, &refusal),
                ExecuteError::TooLarge { events, bytes } => {
                    tracing::error!(%signal, events, bytes, "signal can't join its case: too large");
                    self.set_aside(*signal);
                }
                ExecuteError::Fault(fault) => return Err(Fault::Log(fault)),
            }
        }
        if busy {
            tokio::time::sleep(BUSY).await;
        }
        Ok(placed + usize::from(busy))
    }

    fn park(&mut self, signal: SignalId, refusal: &(dyn std::error::Error + 'static)) {
        tracing::error!(%signal, refusal, "signal finds no case; it stays pending");
        self.set_aside(signal);
    }

    fn set_aside(&mut self, signal: SignalId) {
        let again = self.clock.now().saturating_add(ASIDE).unwrap_or(Timestamp::MAX);
        self.parked.insert(signal, again);
    }
}

/// Placing a signal, as a step of the trace it was reported in.
fn step(decision: &Decision, signal: &PendingSignal, now: Timestamp) -> Step {
    let step = Step::after("place signal", Kind::Internal, signal.trace.as_slice(), now);
    let decided = match decision {
        Decision::Open(_) => "open",
        Decision::Attach(..) => "attach",
    };
    step.word("seinhuis.decision", decided).word("seinhuis.kind", signal.signal.kind.code());
    step.case(decision.case().0.as_u128()).area(signal.signal.area.as_str());
    step.number("seinhuis.signal.position", signal.position.0);
    step
}
