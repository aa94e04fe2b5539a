//! What is due is sent to its cases: a group of them is read in one trip and stored in one piece.

use std::collections::HashMap;

use futures::stream::{self, StreamExt};
use seinhuis_domain::case::{Case, CaseCommand, CaseRefusal};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::ids::CaseId;
use seinhuis_eventstore::{Asked, Chain, Context, ExecuteError, Known, Log};
use seinhuis_runtime::trace::{Kind, Step, Traced};

/// Cases of a group, and groups that are under way at a time.
const TOGETHER: usize = 128;
const IN_FLIGHT: usize = 4;

/// Sends each command to its case, of which there is one at most. Answers, in their order, why one was not done. `traces`: those in
/// which what is due was planned.
pub(crate) async fn send(
    log: &Log,
    directory: &Directory,
    commands: &[(CaseId, CaseCommand)],
    traces: &HashMap<CaseId, Traced>,
    context: &Context,
) -> Vec<Option<ExecuteError<CaseRefusal>>> {
    let groups: Vec<_> = commands
        .chunks(TOGETHER)
        .map(|group| async move {
            // The steps last until what came of them is on disk.
            let steps: Vec<_> = group.iter().map(|(case, _)| step(*case, traces, context)).collect();
            let chains: Vec<_> = group.iter().zip(&steps).map(|(due, step)| chain(due, step)).collect();
            let outcomes = log.execute_all::<Case>(directory, &chains, context, &mut Known::new(0)).await;
            let stopped: Vec<_> = outcomes.into_iter().map(|outcome| outcome.stopped).collect();
            let failed = steps.iter().zip(&stopped).filter(|(_, stopped)| stopped.is_some());
            failed.for_each(|(step, _)| step.failed("not_fired"));
            stopped
        })
        .collect();
    let sent: Vec<_> = stream::iter(groups).buffered(IN_FLIGHT).collect().await;
    sent.into_iter().flatten().collect()
}

fn step(case: CaseId, traces: &HashMap<CaseId, Traced>, context: &Context) -> Step {
    let planned = traces.get(&case).copied();
    let step = Step::after("fire timer", Kind::Internal, planned.as_slice(), context.at);
    step.case(case.0.as_u128());
    step
}

fn chain((case, command): &(CaseId, CaseCommand), step: &Step) -> Chain<CaseCommand> {
    let asked = Asked { command: command.clone(), trace: step.traceparent() };
    Chain { id: case.to_string(), opens: false, commands: vec![asked] }
}
