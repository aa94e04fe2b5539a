//! What is heard of a follower that rebuilds: it beats whenever it gets somewhere. What memory holds is written in bulk, and
//! says nothing meanwhile; a database that hangs then ends the rebuild by a fault.

use seinhuis_runtime::Pulse;
use tokio::sync::watch;

use super::LOOK_AGAIN;
use crate::rebuild::{Progress, Stage};

/// Has `pulse` beat for as long as a rebuild goes on. Never ends: whoever waits for the rebuild drops it.
pub(super) async fn beats(pulse: Pulse, mut progress: watch::Receiver<Progress>) {
    loop {
        let folds = progress.borrow_and_update().stage == Stage::Folding;
        tokio::select! {
            changed = progress.changed() => {
                if changed.is_err() {
                    std::future::pending().await
                }
            }
            () = tokio::time::sleep(LOOK_AGAIN), if !folds => {}
        }
        pulse.beat();
    }
}

#[cfg(test)]
mod specs {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_rebuild_is_heard_while_it_gets_somewhere_and_while_it_writes() {
        let (told, progress) = watch::channel(Progress::default());
        let pulse = Pulse::new();
        tokio::spawn(beats(pulse.clone(), progress));
        let after = async |stage: Option<Stage>, passed: u64| {
            if let Some(stage) = stage {
                told.send_modify(|progress| progress.stage = stage);
            }
            tokio::time::sleep(Duration::from_secs(passed)).await;
            pulse.age().as_secs()
        };
        assert_eq!(after(Some(Stage::Folding), 30).await, 30, "it is stuck in a page");
        assert!(after(Some(Stage::Writing), 30).await <= 1, "it writes");
        assert_eq!(after(Some(Stage::Folding), 7).await, 7);
        drop(told);
    }
}
