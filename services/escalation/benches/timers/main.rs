//! How late timers fire: so many a second while many wait, and very many in one second. `cargo xtask bench timers` runs it;
//! docs/benchmarks.md says how to read it.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark at the terminal: printing is its job, and what goes wrong must stop it"
)]

mod alone;
mod arguments;
mod cases;
mod late;

use std::time::{Duration, Instant};

use clap::Parser as _;
use jiff::{SignedDuration, Timestamp};
use mimalloc::MiMalloc;
use seinhuis_domain::ladder::Rung;
use seinhuis_escalation::Escalation;
use seinhuis_eventstore::Log;
use seinhuis_projections::{DirectoryView, Follower, Model, Views, work};
use seinhuis_runtime::{Background, Clock};
use seinhuis_testkit::{Place, memory};
use tokio_util::sync::CancellationToken;

use arguments::Arguments;
use cases::{Cases, Wish};
use late::{Late, watched};

/// As in the hub.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Time to put into the log what is to fall due, and to take it in.
const BEFORE: SignedDuration = SignedDuration::from_secs(10);
/// The timers that only wait have so long to go.
const FAR: SignedDuration = SignedDuration::from_hours(600);

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    println!(
        "seed       {}; {} timers wait; {} a second for {} s, then {} in one second",
        arguments.seed, arguments.pending, arguments.rate, arguments.seconds, arguments.burst
    );
    println!(
        "durability postgres: fsync on, synchronous_commit on for the log; sqlite: WAL, synchronous FULL for the log"
    );
    for backend in arguments.backends() {
        let place = Place::make(backend, arguments.folder.as_deref()).unwrap();
        Bench { arguments: &arguments, place, clock: Clock::system() }.run().await;
    }
}

struct Bench<'a> {
    arguments: &'a Arguments,
    place: Place,
    clock: Clock,
}

impl Bench<'_> {
    async fn run(&self) {
        let Arguments { pending, rate, seconds, burst, seed, .. } = *self.arguments;
        let log = Log::open(&self.place.address("log.sqlite").unwrap()).await.unwrap();
        let began = Instant::now();
        let far = self.clock.now() + FAR;
        let waiting = (0..pending).map(move |number| Wish {
            due_at: far + SignedDuration::from_micros(i64::try_from(number).unwrap()),
            to: Rung::Team,
        });
        let cases = Cases::begin(&log, seed).await.make(&log, waiting).await;
        self.line("made", pending as f64 / began.elapsed().as_secs_f64(), "cases/s", "whole batches");
        let single = alone::appended(&log, self.clock.now()).await;
        self.line("append", single, "events/s", "one event an append, to a stream of its own, 256 callers");

        let views = Views::open(&self.place.address("timers").unwrap(), &[Model::Timers]).await.unwrap();
        let mut follower = Follower::new(log.clone(), views.clone());
        follower.catch_up().await.unwrap();
        memory::begin();
        let directory = DirectoryView::load(log.clone()).await.unwrap();
        let clock = self.clock.clone();
        let escalation =
            Escalation::new(log.clone(), follower, views.clone(), directory, clock.clone(), clock);
        let (background, drain) = (Background::start().unwrap(), CancellationToken::new());
        let role = background.handle().spawn(work(escalation, drain.clone()));

        let total = u64::from(rate) * u64::from(seconds);
        let steady = move |from: Timestamp, number: u64| {
            from + SignedDuration::from_micros(i64::try_from(number * 1_000_000 / u64::from(rate)).unwrap())
        };
        let (cases, late, _) =
            self.fire(&log, cases, total, move |from, number| (steady(from, number), Rung::Team)).await;
        self.late("steady", &late, &[500, 990, 999], None);
        self.line("early", late.early as f64, "climbs", &late.histogram());

        let to = |number: u64| if number.is_multiple_of(100) { Rung::College } else { Rung::Team };
        let (_, late, took) = self.fire(&log, cases, burst, move |from, number| (from, to(number))).await;
        let speed = burst as f64 / took.as_secs_f64();
        self.line("burst", speed, "climbs/s", &format!("{:.2} of append", speed / single));
        self.late("college", &late, &[500, 990], Some(Rung::College));
        self.late("all", &late, &[500, 990, 1_000], None);
        self.line("early", late.early as f64, "climbs", &late.histogram());
        self.line(
            "memory",
            memory::most() as f64,
            "MiB",
            "the most while firing, of a process with log and role (VmHWM)",
        );
        drain.cancel();
        role.await.unwrap().unwrap();
        views.close().await;
        log.close().await;
    }

    /// Has so many cases climb, each when `wish` says that it is due, and watches. With how long after the first was due the last
    /// had climbed.
    async fn fire(
        &self,
        log: &Log,
        cases: Cases,
        count: u64,
        wish: impl Fn(Timestamp, u64) -> (Timestamp, Rung) + Send + 'static,
    ) -> (Cases, Late, Duration) {
        // As long again as it takes to make them.
        let each = SignedDuration::from_micros(100);
        let from = self.clock.now() + BEFORE + each * i32::try_from(count).unwrap();
        let watching = tokio::spawn(watched(log.clone(), log.head(), usize::try_from(count).unwrap()));
        let cases = cases
            .make(
                log,
                (0..count).map(move |number| {
                    let (due_at, to) = wish(from, number);
                    Wish { due_at, to }
                }),
            )
            .await;
        assert!(self.clock.now() < from, "the cases were made too slowly to be watched");
        let late = watching.await.unwrap();
        let took = self.clock.now().duration_since(from);
        (cases, late, Duration::try_from(took).unwrap())
    }

    fn late(&self, figure: &str, late: &Late, shares: &[usize], rung: Option<Rung>) {
        for per_mille in shares {
            let remark = match per_mille {
                1_000 => "the latest".to_owned(),
                share => format!("p{}", *share as f64 / 10.0),
            };
            let ms = late.within(*per_mille, rung).as_secs_f64() * 1e3;
            self.line(figure, ms, "ms late", &format!("{remark}, until it can be read from the log"));
        }
    }

    fn line(&self, figure: &str, value: f64, unit: &str, remark: &str) {
        let digits = if value < 1_000.0 { 2 } else { 0 };
        println!("{:<9} {figure:<8} {value:>9.digits$} {unit:<9} {remark}", self.place.name());
    }
}
