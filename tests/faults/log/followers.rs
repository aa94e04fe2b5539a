//! Never skip, never stall: whatever becomes of connections and transactions around it, every acknowledged event reaches
//! every follower once and in order, and as soon as ever (INV-2).

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use seinhuis_runtime::Clock;
use seinhuis_testkit::Proxy;
use seinhuis_tests::told::{Page, Told};

use crate::appender::Appender;
use crate::disturbance::Disturbance;
use crate::oracle::Oracle;
use crate::place::{Database, Place};
use crate::plan::Plan;
use crate::traffic::{Follower, Known, follows_to, in_order, lags, p99, pages, take};

/// Processes that write: 64 writers in all.
const PROCESSES: usize = 4;
const CALLERS: usize = 16;
/// The longest pause of a writer between two appends, in milliseconds.
const PAUSE: u64 = 250;
/// How much later a follower may know of an event because of what goes on around it.
const SLACK: Duration = Duration::from_millis(50);
/// A machine that is busy with something else makes followers late as well: then it is measured once more.
const ATTEMPTS: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inv2_on_postgres_followers_never_skip_and_never_stall_whatever_goes_on_around_them() {
    let plan = Plan::of_this_run();
    let (calm, disturbed) = if plan.long { (10, 60) } else { (1, 5) };
    for attempt in 1.. {
        let late = run(plan.seed, Duration::from_secs(calm), Duration::from_secs(disturbed)).await;
        if late <= SLACK {
            return;
        }
        assert!(attempt < ATTEMPTS, "followers are {late:?} later when disturbed");
    }
}

/// Half of the processes are reached by way of the proxy, and half of them follow what all of them write.
fn writers(url: &str, proxy: &Proxy, seed: u64) -> Vec<Appender> {
    let started = (0..PROCESSES).map(|process| {
        let callers: Vec<String> = (0..CALLERS).map(|caller| format!("lamp-{process}-{caller} 0")).collect();
        let mut more = vec![format!("--pause-ms={PAUSE}"), format!("--seed={}", seed ^ process as u64)];
        more.extend((process < PROCESSES / 2).then(|| "--follow".to_owned()));
        let url = if process % 2 == 0 { url.to_owned() } else { proxy.address(url).unwrap() };
        Appender::start(&url, &format!("p{process}"), &callers, &more)
    });
    started.collect()
}

/// Writes and follows undisturbed, disturbed, and undisturbed again. Everything but time is judged here; told is how much later a follower
/// knew, 99 times of 100, when disturbed.
async fn run(seed: u64, calm: Duration, disturbed: Duration) -> Duration {
    let database = Database::new();
    let url = database.url();
    let proxy = Arc::new(Proxy::start(database.server.port().unwrap()).unwrap());
    let clock = Clock::system();
    let mut writers = writers(&url, &proxy, seed);
    let mut reader = Appender::start(&url, "reader", &[], &["--follow".into()]);
    let follower = Follower::start(&url, clock.clone()).await;
    for writer in &mut writers {
        writer.stored(CALLERS).await;
    }

    let now = || clock.now().as_microsecond();
    let began = now();
    tokio::time::sleep(calm).await;
    let middle = now();
    let disturbance = Disturbance::start(&url, Arc::clone(&proxy), seed);
    tokio::time::sleep(disturbed).await;
    let ended = now();
    let done = disturbance.end();
    let quiet = now();
    tokio::time::sleep(calm).await;
    let last = now();
    assert!(done.killed > 0 && done.cut > 0 && done.rolled_back > 0, "{done:?}");

    let (mut oracle, mut known) = (Oracle::default(), Known::new());
    let (mut followed, mut faults): (Vec<Vec<Page>>, usize) = (Vec::new(), 0);
    for (process, writer) in writers.into_iter().enumerate() {
        let told = writer.stop();
        take(&mut oracle, &mut known, &format!("p{process}"), &told);
        faults += told.iter().filter(|told| matches!(told, Told::Fault(_))).count();
        if process < PROCESSES / 2 {
            followed.push(pages(&told));
        }
    }
    let log = database.open().await;
    let head = oracle.audit(&log).await.events;
    log.close().await;
    // These follow from processes of their own, to the very end.
    follows_to(&mut reader, head).await;
    let to_the_end = [pages(&reader.stop()), follower.up_to(head).await];
    assert!(to_the_end.iter().all(|pages| in_order(pages) == head));
    followed.iter().for_each(|pages| assert!(in_order(pages) > 0));
    followed.extend(to_the_end);

    let late = |stretches: &[Range<i64>]| {
        let each = followed.iter().flat_map(|pages| stretches.iter().map(move |stretch| (pages, stretch)));
        let mut all: Vec<i64> = each.flat_map(|(pages, stretch)| lags(&known, pages, stretch)).collect();
        all.sort_unstable();
        (p99(&all), all.len())
    };
    let (calmly, few) = late(&[began..middle, quiet..last]);
    let (during, many) = late(std::slice::from_ref(&(middle..ended)));
    println!(
        "{head} events, {} receipts, {} of them for what a lost answer had been about; {done:?}, {faults} faults told; \
         {} followers, lag p99 {calmly} us over {few} undisturbed and {during} us over {many} disturbed",
        oracle.receipts,
        oracle.found,
        followed.len()
    );
    Duration::from_micros((during - calmly).max(0) as u64)
}
