//! The whole history of a hub in one process, which is killed and started again under load.

use seinhuis_eventstore::Log;
use seinhuis_testkit::Hub;

use crate::history::Crash;
use crate::load::Amount;
use crate::scene::{SPEED, Scene};

const KILLS: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_in_one_process_keeps_its_whole_history_through_kills() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let scene = Scene::on(Hub::new("oude-ijsselstreek").unwrap(), SPEED);
    let process = scene.hub.serve().unwrap();
    let url = vec![process.url.clone()];
    let log = Log::open(&scene.hub.log_url()).await.unwrap();
    let amount = Amount { signals: 100.0, acts: 10.0, households: 60, alone: 3 };
    let mut run = scene.begin(log, url.clone(), url, amount, seed).await;
    for _ in 0..KILLS {
        run.acknowledged(150).await;
        process.kill().unwrap();
        let at = run.watch.now();
        run.history.crashes.push(Crash { from: at, until: at });
        process.start().unwrap();
    }
    let settled = run.settle(None).await;
    assert_eq!(process.stop().unwrap(), 0, "{}", scene.hub.log());
    let mut verdict = settled.judge().await;
    verdict.findings.extend(scene.verified(None));
    println!("{:?}, {} tried again", verdict.counts, verdict.retries);
    assert!(verdict.findings.is_empty() && verdict.strange.is_empty(), "{verdict:#?}");
    assert!(verdict.counts.rungs > 0 && verdict.counts.mails > 0, "{verdict:?}");
}
