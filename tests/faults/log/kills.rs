//! Appenders are killed (SIGKILL) at random moments and started again, several at work on one log. What they were told is
//! then held against the log (INV-1, INV-2, INV-3), and
//! so is what notaries signed meanwhile (INV-10).

use std::time::{Duration, Instant};

use crate::appender::Appender;
use crate::oracle::Oracle;
use crate::place::{Database, File, Place};
use crate::plan::Plan;
use crate::signed::Notaries;

/// Callers of a process that have a stream of their own.
const CALLERS: usize = 6;
/// Receipts before a kill, at the most.
const MOST: usize = 60;
/// The longest a kill waits after the last of these, so that it comes at any moment of an append.
const LATER: Duration = Duration::from_millis(5);
/// Rounds after which callers begin new streams, so that looking one up stays cheap.
const GENERATION: usize = 10;

/// The processes at work, and what all of them were ever told.
struct Scene {
    url: String,
    seats: Vec<Option<Appender>>,
    /// What the appenders are started with besides.
    more: Vec<String>,
    oracle: Oracle,
}

impl Scene {
    fn name(seat: usize) -> String {
        format!("p{seat}")
    }

    /// Starts whoever isn't there. A caller goes on with its stream, and sends first what may or may not be stored.
    fn fill(&mut self, generation: usize) {
        for seat in 0..self.seats.len() {
            if self.seats[seat].is_none() {
                let own = (0..CALLERS).map(|caller| format!("lamp-{generation}-{seat}-{caller}"));
                let mut callers: Vec<String> =
                    own.map(|stream| format!("{stream} {}", self.oracle.version(&stream))).collect();
                let shared = format!("lamp-{generation}-all");
                callers.push(format!("shared {shared} {}", self.oracle.version(&shared)));
                self.seats[seat] = Some(Appender::start(&self.url, &Self::name(seat), &callers, &self.more));
            }
        }
    }

    fn kill(&mut self, seat: usize) {
        if let Some(appender) = self.seats[seat].take() {
            self.oracle.take(&Self::name(seat), &appender.kill());
        }
    }

    fn kill_all(&mut self) {
        for seat in 0..self.seats.len() {
            self.kill(seat);
        }
    }
}

async fn kill_rounds(place: &impl Place, processes: usize, notaries: &Notaries, more: &[&str]) {
    let plan = Plan::of_this_run();
    let mut rng = fastrand::Rng::with_seed(plan.seed);
    let began = Instant::now();
    let mut scene = Scene {
        url: place.url(),
        seats: std::iter::repeat_with(|| None).take(processes).collect(),
        more: notaries.arguments().into_iter().chain(more.iter().map(|&more| more.to_owned())).collect(),
        oracle: Oracle::default(),
    };
    let (mut audited, mut kills) = (0, 0);
    for round in 0..plan.rounds {
        scene.fill(round / GENERATION);
        let victim = rng.usize(..processes);
        // One in eight is killed as soon as it begins: while it opens the log, brings it up to date or recovers it.
        let enough = if rng.u8(..8) == 0 { 0 } else { rng.usize(1..MOST) };
        if enough > 0 {
            scene.seats[victim].as_mut().unwrap().stored(enough).await;
        }
        tokio::time::sleep(LATER.mul_f64(rng.f64())).await;
        scene.kill(victim);
        kills += 1;
        // Now and then nobody is left: the next one finds the log as a crash of the machine's hub would leave it.
        let last_of_generation = round % GENERATION == GENERATION - 1;
        if last_of_generation || rng.u8(..4) == 0 {
            kills += scene.seats.iter().flatten().count();
            scene.kill_all();
        }
        if last_of_generation {
            let log = place.open().await;
            audited = scene.oracle.audit_after(&log, audited).await;
            log.close().await;
        }
    }
    kills += scene.seats.iter().flatten().count();
    scene.kill_all();
    let log = place.open().await;
    let verdict = scene.oracle.audit(&log).await;
    let signed = notaries.audit(&log, verdict.root).await;
    log.close().await;
    let Oracle { receipts, found, .. } = scene.oracle;
    assert!(receipts > plan.rounds, "the rounds were too short to say anything: {receipts}");
    println!(
        "{} rounds, {kills} kills, {} events, {signed} checkpoints, {receipts} receipts, {found} of them for what a lost answer had been \
         about; {:.1?}",
        plan.rounds,
        verdict.events,
        Duration::from_millis(began.elapsed().as_millis() as u64)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inv1_on_sqlite_kills_at_any_moment_lose_nothing_and_double_nothing() {
    // Without pauses the one that has the lock keeps it from the other: SQLite queues nobody.
    kill_rounds(&File::new(), 2, &Notaries::new(None), &["--pause-ms=4"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inv1_on_postgres_kills_of_any_of_three_writers_lose_nothing_and_double_nothing() {
    let database = Database::new();
    let notaries = Notaries::new(Some(database.url()));
    kill_rounds(&database, 3, &notaries, &[]).await;
}
