//! Two versions of the program beside each other, as while a hub is renewed: the later one has one more field in a signal.

use seinhuis_domain::event::Event;
use seinhuis_testkit::{HubProcess, Placed};
use tokio::task::block_in_place;

use super::stage::{SOME, Stage};
use crate::fault::followers;
use crate::ground::Ground;

/// Has the second process of each role be of the next version.
///
/// # Panics
/// When that was not built.
pub(super) fn second_of_each(plan: &mut [Placed], ground: &Ground) {
    let tomorrow = ground.tomorrow.as_ref().unwrap();
    for role in followers().chain(["ingest"]) {
        let second = plan.iter_mut().filter(|placed| **placed == Placed::role(role)).nth(1).unwrap();
        *second = second.clone().from(tomorrow);
    }
}

/// Both versions take signals in, and each role is at work in both, one after the other. Then what is left of the earlier
/// one is renewed.
pub(super) async fn renew(stage: &Stage, ground: &Ground) {
    let head = stage.head().await;
    stage.until("signals of both versions", |stage| both_took_in(stage, head)).await;
    // What it took in and did not answer is sent again to the later one.
    let earlier = stage.served.process("ingest", 1);
    earlier.kill().unwrap();
    block_in_place(|| earlier.start()).unwrap();
    for role in followers() {
        hand_over(stage, role).await;
        hand_over(stage, role).await;
    }
    let tomorrow = ground.tomorrow.as_ref().unwrap();
    for process in followers().chain(["monitor", "ingest"]).map(|role| stage.served.process(role, 1)) {
        process.renew(tomorrow);
        restart(process);
        stage.run.acknowledged(SOME / 4).await;
    }
    let head = stage.head().await;
    stage.run.acknowledged(SOME).await;
    let signals = stage.run.watch.with(|seen| {
        let after = seen.log.iter().filter(|entry| entry.position > head);
        after
            .filter(|entry| matches!(entry.event, Event::Signal(_)))
            .map(|entry| entry.later)
            .collect::<Vec<_>>()
    });
    assert!(signals.iter().all(|later| *later), "an earlier version is still there");
}

fn both_took_in(stage: &Stage, head: u64) -> bool {
    let took_in = |later: bool| {
        stage.run.watch.with(|seen| {
            let mut signals = seen.log.iter().filter(|entry| matches!(entry.event, Event::Signal(_)));
            signals.any(|entry| entry.position > head && entry.later == later)
        })
    };
    took_in(true) && took_in(false)
}

/// The process at work stops, and the other one, of the other version, goes on.
async fn hand_over(stage: &Stage, role: &str) {
    let leading = stage.leading(role).await;
    assert_eq!(block_in_place(|| leading.stop()).unwrap(), 0, "{}", leading.log());
    let other = |stage: &Stage| stage.leads(role).is_some_and(|now| !std::ptr::eq(now, leading));
    stage.until("other version at work", other).await;
    stage.run.acknowledged(SOME / 4).await;
    block_in_place(|| leading.start()).unwrap();
}

fn restart(process: &HubProcess) {
    assert_eq!(block_in_place(|| process.stop()).unwrap(), 0, "{}", process.log());
    block_in_place(|| process.start()).unwrap();
}
