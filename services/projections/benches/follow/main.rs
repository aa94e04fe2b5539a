//! The figures of read models: all of them rebuilt from the log, and a page of a few events taken in. `cargo xtask bench
//! views` runs it; docs/benchmarks.md says how to read it.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark at the terminal: printing is its job, and what goes wrong must stop it"
)]

mod cases;
#[path = "../../tests/follow/scene.rs"]
#[allow(unused_macros, unused_imports, reason = "the tests share it")]
mod scene;

use std::time::{Duration, Instant};

use clap::Parser as _;
use seinhuis_eventstore::{Log, Position};
use seinhuis_projections::{Follower, Model, Rebuild, Stage, Views};
use seinhuis_testkit::Postgres;

use mimalloc::MiMalloc;
use scene::Scene;

/// As in the hub. The system's own loses much time over memory that one thread takes and another gives back.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What may be asked of the benchmark.
#[derive(clap::Parser)]
#[command(name = "views", disable_version_flag = true)]
struct Arguments {
    /// How often each figure is measured; the median is told.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// The seed the cases are made from.
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// How many cases the log tells of; each is some four events.
    #[arg(long, default_value_t = 30_000)]
    cases: usize,
    /// Pages of a few events to measure.
    #[arg(long, default_value_t = 400)]
    pages: usize,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
}

/// The read models as the hub groups them: each group has a follower of its own, and they follow at the same time.
const GROUPS: [&[Model]; 5] =
    [Model::ASKED, &[Model::Matching], &[Model::Timers], &[Model::Notices], &[Model::Versions]];
/// What `seinhuis projections rebuild` may hold in memory.
const MEMORY: usize = 256 << 20;
/// Events per page of a follower that catches up, and of a plain reader.
const PAGE: usize = 4_000;
/// Events per page of a follower that keeps up with a busy hub, and how many are followed like that.
const SMALL: usize = 64;
const SOME: u64 = 19_000;
/// A server that is given the room of a machine, not of a laptop.
const SETTINGS: &[&str] = &["shared_buffers=512MB", "max_wal_size=4GB", "checkpoint_timeout=15min"];

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let server = Postgres::start_private(SETTINGS).unwrap();
    let scene = Scene::new().await;
    cases::happen(&scene, arguments.seed, arguments.cases).await;
    let head = scene.head();
    println!(
        "seed       {}; {} cases, {head} events in SQLite; median of {}",
        arguments.seed, arguments.cases, arguments.runs
    );
    let mut took = Vec::new();
    for _ in 0..arguments.runs {
        took.push(decoded(&scene.log).await);
    }
    let read = median(took);
    println!("{:<9} {:<8} {:>9.0} events/s", "sqlite", "decode", per_second(head, read));
    let url_of = |backend: &str, name: &str| match backend {
        "sqlite" => scene.url(&format!("views-{name}")),
        _ => server.database().unwrap(),
    };
    for backend in ["sqlite", "postgres"] {
        let (mut together, mut folds, mut apart, mut swaps) = (vec![], vec![], vec![], vec![]);
        let mut last = String::new();
        for run in 0..arguments.runs {
            let url = url_of(backend, &format!("together-{run}"));
            let (took, folded, swap) = rebuilt(&scene.log, &url, head).await;
            together.push(took);
            folds.push(folded);
            swaps.push(swap);
            last = url_of(backend, &run.to_string());
            apart.push(followed(&scene.log, &last, head, PAGE).await);
        }
        for (name, took) in [("fold", median(folds)), ("rebuild", median(together)), ("apart", median(apart))]
        {
            let ratio = read.as_secs_f64() / took.as_secs_f64();
            println!("{backend:<9} {name:<8} {:>9.0} events/s  {ratio:.2} of decode", per_second(head, took));
        }
        let swap = swaps.into_iter().max().unwrap_or_default();
        println!("{backend:<9} {:<8} {:>9.2} ms, the longest", "swap", swap.as_secs_f64() * 1e3);
        let (url, some) = (url_of(backend, "small"), Position(head.0.min(SOME)));
        let took = followed(&scene.log, &url, some, SMALL).await;
        println!(
            "{backend:<9} {:<8} {:>9.0} events/s  the first {some} in pages of {SMALL}",
            "follow",
            per_second(some, took)
        );
        for models in &GROUPS[..3] {
            pages(backend, &scene, &last, models, arguments.pages).await;
        }
    }
}

fn median(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() / 2]
}

fn per_second(events: Position, took: Duration) -> f64 {
    events.0 as f64 / took.as_secs_f64()
}

/// Every event read and understood, and nothing done with it.
async fn decoded(log: &Log) -> Duration {
    let began = Instant::now();
    let mut at = Position::START;
    loop {
        let events = log.read(at, PAGE).await.unwrap().events;
        let Some(last) = events.last() else { return began.elapsed() };
        at = last.position;
        for event in &events {
            std::hint::black_box(event.event().unwrap());
        }
    }
}

/// All models rebuilt from nothing to `head` with one reading of the log: how long it took, until all was folded, and the
/// longest swap.
async fn rebuilt(log: &Log, url: &str, head: Position) -> (Duration, Duration, Duration) {
    let began = Instant::now();
    let mut rebuild = Rebuild::from(log.clone()).with_memory(MEMORY);
    let mut places = Vec::new();
    for models in GROUPS {
        let views = Views::open(&place(url, models), models).await.unwrap();
        rebuild = rebuild.with(&views, models);
        places.push(views);
    }
    let rebuild = rebuild.until(head);
    let mut progress = rebuild.progress();
    let folding = tokio::spawn(async move {
        progress.wait_for(|progress| progress.stage != Stage::Folding).await.unwrap();
        began.elapsed()
    });
    let rebuilt = rebuild.run().await.unwrap();
    let (took, folded) = (began.elapsed(), folding.await.unwrap());
    assert!(rebuilt.iter().all(|model| model.position == head));
    for views in places {
        views.close().await;
    }
    (took, folded, rebuilt.iter().map(|model| model.swap).max().unwrap_or_default())
}

/// All models followed from nothing to `head`, by a follower for each group. What is better rebuilt, each rebuilds.
async fn followed(log: &Log, url: &str, head: Position, page: usize) -> Duration {
    let began = Instant::now();
    let follow = |models: &'static [Model]| {
        let (url, log) = (place(url, models), log.clone());
        tokio::spawn(async move {
            let views = Views::open(&url, models).await.unwrap();
            let mut follower = Follower::new(log, views.clone()).with_page(page);
            let reached = follower.catch_up_to(head).await.unwrap();
            views.close().await;
            reached
        })
    };
    for group in GROUPS.map(follow) {
        assert_eq!(group.await.unwrap(), head);
    }
    began.elapsed()
}

/// A database for all groups, or a file for each.
fn place(url: &str, models: &[Model]) -> String {
    if url.starts_with("sqlite:") { format!("{url}-{}", models[0]) } else { url.to_owned() }
}

/// How long a page of a few events takes, from the question to the log to the commit.
async fn pages(backend: &str, scene: &Scene, url: &str, models: &'static [Model], pages: usize) {
    let views = Views::open(&place(url, models), models).await.unwrap();
    let mut follower = Follower::new(scene.log.clone(), views.clone());
    follower.catch_up().await.unwrap();
    let (mut took, mut events) = (Vec::new(), 0);
    for page in 0..pages {
        let before = scene.head();
        cases::one(scene, &format!("{backend}-{}-{page}", models[0]), page).await;
        events += scene.head().0 - before.0;
        let began = Instant::now();
        follower.catch_up().await.unwrap();
        took.push(began.elapsed());
    }
    views.close().await;
    took.sort_unstable();
    let names: Vec<&str> = models.iter().map(|model| model.name()).collect();
    println!(
        "{backend:<9} {:<8} {:>9.2} ms, p99 {:.2} ms  {:.1} events, {}",
        "page",
        took[took.len() / 2].as_secs_f64() * 1e3,
        took[took.len() * 99 / 100].as_secs_f64() * 1e3,
        events as f64 / pages as f64,
        names.join(", ")
    );
}
