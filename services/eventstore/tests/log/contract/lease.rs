//! Leases, as far as every backend grants them, and fences that nobody gave.

use seinhuis_eventstore::{AppendError, Fault, Fence, Leases, Position};
use tokio_util::sync::CancellationToken;

use super::Ledger;
use crate::lamp::{batch, queued};

pub(crate) async fn a_lease_is_held_until_it_is_given_up_and_granted_again(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let leases = Leases::of(&log, "somebody".into());
    for turn in 0..2 {
        let lease = leases.take("casework", &CancellationToken::new()).await.unwrap().unwrap();
        assert!(lease.is_held());
        let under = log.under(lease.fence());
        assert_eq!(under.append(batch("lamp-1", turn, 1)).await.unwrap().version, turn + 1);
        let tenure = lease.tenure();
        assert!(tenure.is_held());
        lease.release().await;
        tenure.lost().await;
        assert!(!tenure.is_held());
    }
    // A lease that is free keeps nobody else from writing.
    log.append(batch("lamp-1", 2, 1)).await.unwrap();
}

pub(crate) async fn who_drains_is_given_no_lease(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let drain = CancellationToken::new();
    drain.cancel();
    assert!(Leases::of(&log, "somebody".into()).take("casework", &drain).await.unwrap().is_none());
}

pub(crate) async fn a_fence_that_nobody_gave_keeps_out_what_shows_it_and_nothing_else(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let nobodys = log.under(Some(Fence { name: "casework".into(), epoch: 7 }));
    ledger.hold().await;
    let mut waiting = Vec::new();
    for (through, stream, expected) in
        [(&log, "lamp-1", 0), (&nobodys, "lamp-1", 1), (&log, "lamp-1", 1), (&nobodys, "lamp-2", 0)]
    {
        waiting.push(queued(through, batch(stream, expected, 1)).await);
    }
    ledger.release().await;
    let mut told = Vec::new();
    for append in waiting {
        told.push(match append.await {
            Ok(done) => Some(done.first.0),
            Err(AppendError::Fault(Fault::Fenced { name, epoch: 7 })) if &*name == "casework" => None,
            Err(other) => panic!("{other:?}"),
        });
    }
    assert_eq!(told, [Some(1), None, Some(2), None]);
    let stored = log.read(Position::START, 10).await.unwrap().events;
    assert!(stored.iter().all(|event| event.stream.as_str() == "lamp-1"), "{stored:?}");
    assert_eq!(stored.len(), 2);
}
