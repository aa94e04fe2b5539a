//! The figures of read models: all of them rebuilt from a log of whole lives, the past seen, appends meanwhile, and a page of a few
//! events taken in. `cargo xtask bench projections` runs it; docs/benchmarks.md says how to read it.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark at the terminal: printing is its job, and what goes wrong must stop it"
)]

mod arguments;
mod beside;
mod life;
mod page;
mod past;
mod rebuilt;
mod town;

use std::time::{Duration, Instant};

use clap::Parser as _;
use mimalloc::MiMalloc;
use seinhuis_eventstore::{Log, Position};
use seinhuis_projections::Model;
use seinhuis_runtime::Background;
use seinhuis_testkit::{Place, memory};
use tokio::sync::watch;

use arguments::Arguments;
use life::Life;
use rebuilt::Took;
use town::Size;

/// As in the hub. The system's own loses much time over memory that one thread takes and another gives back.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The read models as the hub groups them: each group has a follower of its own, and they follow at the same time.
const GROUPS: [&[Model]; 5] =
    [Model::ASKED, &[Model::Matching], &[Model::Timers], &[Model::Notices], &[Model::Versions, Model::Flow]];
/// What can be asked for. Rebuilds are always measured: the others ask what they made.
const FIGURES: [&str; 5] = ["rebuild", "past", "page", "append", "follow"];
/// Events per page of a follower that catches up, and of a plain reader.
const PAGE: usize = 4_000;
/// Events per page of a follower that keeps up with a busy hub, and how many are followed like that.
const SMALL: usize = 64;
const SOME: u64 = 19_000;

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    println!(
        "seed       {}; {} events, log and read models in the same database; median of {}",
        arguments.seed, arguments.events, arguments.runs
    );
    println!(
        "durability postgres: fsync on, synchronous_commit on for the log; sqlite: WAL, synchronous FULL for the log"
    );
    for size in arguments.sizes() {
        for backend in arguments.backends() {
            let place = Place::make(backend, arguments.folder.as_deref()).unwrap();
            let background = Background::start().unwrap();
            Bench { arguments: &arguments, size, place, background }.run().await;
        }
    }
}

struct Bench<'a> {
    arguments: &'a Arguments,
    size: Size,
    place: Place,
    /// Where the hub's followers and a rebuild by command work: they give way to whoever is waited for.
    background: Background,
}

impl Bench<'_> {
    async fn run(&self) {
        let kept = self.arguments.log.clone();
        let log =
            Log::open(&kept.unwrap_or_else(|| self.place.address("log.sqlite").unwrap())).await.unwrap();
        let mut life = Life::new(self.size, self.arguments.seed);
        if log.head() == Position::START {
            let began = Instant::now();
            life = life.go_on(&log, self.arguments.events).await;
            let signals = life.reported as f64;
            let remark = format!("whole lives, {:.1} events a signal", log.head().0 as f64 / signals);
            self.line("made", per_second(log.head(), began.elapsed()), "events/s", &remark);
        }
        if !FIGURES.iter().any(|figure| self.arguments.wants(figure)) {
            return log.close().await;
        }
        let views = self.rebuilds(&log).await;
        if self.arguments.wants("past") {
            self.past(&log, &views, &life).await;
        }
        if self.arguments.wants("page") {
            for models in GROUPS {
                let (took, events) = page::pages(&log, &views, models, &mut life, self.arguments.pages).await;
                let names: Vec<&str> = models.iter().map(|model| model.name()).collect();
                let remark =
                    format!("p99 {:.2} ms, {events:.1} events, {}", ms(share(&took, 99)), names.join(", "));
                self.line("page", ms(share(&took, 50)), "ms", &remark);
            }
        }
        self.place.remove(&views).unwrap();
        if self.arguments.wants("append") {
            self.appends(&log, life).await;
        }
        if self.arguments.wants("follow") {
            let (url, some) = (self.place.address("small").unwrap(), Position(log.head().0.min(SOME)));
            let took = rebuilt::followed(&log, &url, some, SMALL).await;
            let remark = format!("the first {some} in pages of {SMALL}");
            self.line("follow", per_second(some, took), "events/s", &remark);
        }
        log.close().await;
    }

    /// Measures rebuilds, and leaves the last one's read models at the address it gives.
    async fn rebuilds(&self, log: &Log) -> String {
        let head = log.head();
        let (mut reads, mut decodes, mut all, mut folds, mut swap) =
            (vec![], vec![], vec![], vec![], Duration::ZERO);
        let mut last = None;
        memory::begin();
        for run in 0..self.arguments.runs {
            if let Some(before) = last.replace(self.place.address(&format!("views-{run}")).unwrap()) {
                self.place.remove(&before).unwrap();
            }
            reads.push(rebuilt::read(log, false).await);
            decodes.push(rebuilt::read(log, true).await);
            let took = self.rebuilt(log, last.as_ref().unwrap(), head).await;
            all.push(took.all);
            folds.push(took.folded);
            swap = swap.max(took.swap);
        }
        let decode = median(decodes);
        self.line("read", per_second(head, median(reads)), "events/s", "nothing done with them");
        for (name, took) in [("decode", decode), ("fold", median(folds)), ("rebuild", median(all))] {
            let ratio = decode.as_secs_f64() / took.as_secs_f64();
            self.line(name, per_second(head, took), "events/s", &format!("{ratio:.2} of decode"));
        }
        self.line("swap", ms(swap), "ms", "the longest");
        self.line("memory", memory::most() as f64, "MiB", "the most while rebuilding (VmHWM)");
        last.unwrap()
    }

    async fn rebuilt(&self, log: &Log, url: &str, head: Position) -> Took {
        let rebuilding = rebuilt::rebuilt(log.clone(), url.to_owned(), head);
        self.background.handle().spawn(rebuilding).await.unwrap()
    }

    async fn past(&self, log: &Log, views: &str, life: &Life) {
        let Arguments { seed, probes, .. } = *self.arguments;
        memory::begin();
        let past::Seen { took, cases } =
            past::seen(log, views, (life.who(), life.areas()), seed, probes).await;
        let remark = format!(
            "p99 {:.2} ms, longest {:.2} ms; {probes} neighbourhoods and moments, {cases:.0} open cases each",
            ms(share(&took, 99)),
            ms(share(&took, 100))
        );
        self.line("as-of", ms(share(&took, 50)), "ms", &remark);
        self.line("memory", memory::most() as f64, "MiB", "the most while asking (VmHWM)");
    }

    /// Appends with and without a rebuild beside them, in turns.
    async fn appends(&self, log: &Log, mut life: Life) {
        let (mut alone, mut beside) = (vec![], vec![]);
        for run in 0..self.arguments.runs {
            let url = self.place.address(&format!("beside-{run}")).unwrap();
            let (done, over) = watch::channel(false);
            let appending = tokio::spawn(beside::appended(log.clone(), life, over));
            let took = self.rebuilt(log, &url, log.head()).await;
            done.send_replace(true);
            let (lived, took_beside) = appending.await.unwrap();
            self.place.remove(&url).unwrap();
            let (done, over) = watch::channel(false);
            let appending = tokio::spawn(beside::appended(log.clone(), lived, over));
            tokio::time::sleep(took.all).await;
            done.send_replace(true);
            let (lived, took_alone) = appending.await.unwrap();
            life = lived;
            alone.push(took_alone);
            beside.push(took_beside);
        }
        let p99 = |mut runs: Vec<Vec<Duration>>| {
            runs.sort_unstable_by_key(|took| share(took, 99));
            let took = &runs[runs.len() / 2];
            (share(took, 50), share(took, 99))
        };
        let (alone, beside) = (p99(alone), p99(beside));
        self.line("append", ms(alone.1), "ms p99", &format!("p50 {:.2} ms; nothing beside it", ms(alone.0)));
        let times = beside.1.as_secs_f64() / alone.1.as_secs_f64();
        let remark = format!("p50 {:.2} ms; while all is rebuilt, {times:.2} of that", ms(beside.0));
        self.line("append", ms(beside.1), "ms p99", &remark);
    }

    fn line(&self, figure: &str, value: f64, unit: &str, remark: &str) {
        let (size, backend) = (self.size.name(), self.place.name());
        let digits = if value < 1_000.0 { 2 } else { 0 };
        println!("{size:<9} {backend:<9} {figure:<8} {value:>9.digits$} {unit:<9} {remark}");
    }
}

fn median(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() / 2]
}

/// What so many per cent stay within, of what is in order.
fn share(took: &[Duration], percent: usize) -> Duration {
    took[(took.len() * percent / 100).min(took.len() - 1)]
}

fn per_second(events: Position, took: Duration) -> f64 {
    events.0 as f64 / took.as_secs_f64()
}

fn ms(took: Duration) -> f64 {
    took.as_secs_f64() * 1e3
}
