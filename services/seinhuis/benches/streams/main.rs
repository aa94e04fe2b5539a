//! How soon those who watch are told: thousands of them, some of whom take nothing, and a few at a high rate. Over gRPC, process
//! against process, everything acknowledged on disk. `cargo xtask bench streams` runs it; docs/benchmarks.md says how to read
//! it.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark at the terminal: printing is its job"
)]

mod arguments;
mod crowd;
mod feed;
mod glance;
#[expect(dead_code, reason = "the benchmark of the door asks more of it")]
#[path = "../ingest/signals.rs"]
mod signals;
mod told;
mod town;
#[expect(dead_code, reason = "the benchmark of the door asks more of it")]
#[path = "../ingest/wire.rs"]
mod wire;

use std::time::Instant;

use anyhow::Context as _;
use clap::Parser as _;
use mimalloc::MiMalloc;
use seinhuis_domain::calendar::local_date;
use seinhuis_domain::profile::Profile;
use seinhuis_runtime::Clock;
use seinhuis_testkit::{Hub, Placed, Postgres, ROOMY};

use arguments::Arguments;
use crowd::{Crowd, WINDOWS};
use feed::{Feed, worked};
use signals::Supply;
use told::Figure;
use town::{PROFILE, STALLED, Town, Wish};

/// As in the hub.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What an ordinary hub bounds for a single partner, and a benchmark does not.
const LIFTED: [(&str, &str); 3] = [
    ("SEINHUIS_INGEST__RATE_PER_SECOND", "1000000"),
    ("SEINHUIS_INGEST__BURST", "1000000"),
    ("SEINHUIS_INGEST__IN_FLIGHT", "512"),
];
/// People the signals are about.
const PEOPLE: usize = 40_000;
/// Signals sent before anybody watches, by which is known how many facts follow from one.
const BEFORE: usize = 600;
/// The goals: 99 of 100 told within so many milliseconds, by so much memory in MiB.
const CROWD_MS: f64 = 50.0;
const FEW_MS: f64 = 15.0;
const MEMORY: f64 = 512.0;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let Arguments { watchers, rate, few, high, seconds, shared, seed, .. } = &arguments;
    println!(
        "seed       {seed}; signals of the demo's generator about {PEOPLE} people, {seconds} s a figure"
    );
    println!(
        "durability sqlite (honest, stalled): WAL, synchronous FULL; postgres (fast): fsync on, synchronous_commit on"
    );
    println!(
        "watchers   {watchers} at {rate} facts/s: of 1000, 930 watch one of 139 neighbourhoods, 60 one of 42 districts,"
    );
    println!(
        "           8 one of 5 working areas, 2 the municipality; one in {STALLED}, who watches the municipality, takes"
    );
    println!(
        "           nothing (stalled), or isn't there (honest); and {few} who watch all at {high} facts/s (fast)"
    );
    println!(
        "wire       {shared} streams a connection, windows of {} and {} KiB",
        WINDOWS.0 >> 10,
        WINDOWS.1 >> 10
    );
    let profile = seinhuis::profile::named(PROFILE)?.profile;
    let town = Town::new(profile.clone())?;
    let today = local_date(Clock::system().now());
    let supply = Supply::new(town.reported(), PEOPLE, arguments.seed, today);
    let mut bench = Bench { arguments, town, profile, supply };
    bench.many().await?;
    bench.few().await
}

struct Bench {
    arguments: Arguments,
    town: Town,
    profile: Profile,
    supply: Supply,
}

impl Bench {
    /// Very many, of a whole hub.
    async fn many(&mut self) -> anyhow::Result<()> {
        let wanted = ["honest", "stalled"].map(|figure| self.arguments.wants(figure));
        if wanted == [false, false] {
            return Ok(());
        }
        let feed = Feed::start(hub()?, Placed::all(), &self.town, &self.profile).await?;
        let before = feed.settled().await?;
        feed.steadily(self.supply.take(BEFORE), BEFORE as f64 / 2.0).await?;
        let facts_of_one = (feed.settled().await? - before) as f64 / BEFORE as f64;
        let rate = f64::from(self.arguments.rate) / facts_of_one;
        println!("facts      {facts_of_one:.2} follow from a signal, so there are {rate:.0} signals/s");
        let all = self.town.wishes(self.arguments.watchers);
        let honest = all.iter().filter(|wish| wish.reads).cloned().collect();
        for (name, wishes, wanted) in [("honest", honest, wanted[0]), ("stalled", all, wanted[1])] {
            if wanted {
                self.watched(&feed, name, wishes, rate, CROWD_MS).await?;
            }
        }
        Ok(())
    }

    /// A few, of a door with nobody behind it: what follows the log would want all of this machine at such a rate.
    async fn few(&mut self) -> anyhow::Result<()> {
        if !self.arguments.wants("fast") {
            return Ok(());
        }
        let folder = self.arguments.folder.clone().unwrap_or_else(std::env::temp_dir);
        let server = Postgres::start_private_in(&folder, ROOMY)?;
        let mut hub = hub()?.with("SEINHUIS_DATA__LOG_URL", &server.database()?);
        hub = hub.with("SEINHUIS_KEYS__URL", &server.database()?);
        hub = hub.with("SEINHUIS_DATA__VIEWS_URL", &server.database()?);
        let feed = Feed::start(hub, Placed::role("ingest,monitor"), &self.town, &self.profile).await?;
        let wish = Wish { area: "GM0995".to_owned(), reads: true };
        let wishes = vec![wish; self.arguments.few as usize];
        self.watched(&feed, "fast", wishes, f64::from(self.arguments.high), FEW_MS).await
    }

    /// Has them watch while signals come at `rate`, and tells how soon they were told.
    async fn watched(
        &mut self,
        feed: &Feed,
        name: &str,
        wishes: Vec<Wish>,
        rate: f64,
        goal: f64,
    ) -> anyhow::Result<()> {
        let (count, began) = (wishes.len(), Instant::now());
        let crowd = Crowd::begin(&feed.url, &feed.token, wishes, self.arguments.shared as usize).await?;
        eprintln!("{count} watch after {:.1} s", began.elapsed().as_secs_f64());
        let signals = self.supply.take((rate * f64::from(self.arguments.seconds)) as usize);
        let work = [feed.worked(), worked(std::process::id())];
        let began = Instant::now();
        let acknowledged = feed.steadily(signals, rate).await?;
        let took = began.elapsed().as_secs_f64();
        let work = [feed.worked() - work[0], worked(std::process::id()) - work[1]];
        let signals = || acknowledged.keys().copied();
        let first = signals().min().context("nothing was sent")?;
        // Where nobody follows the log, nothing follows from a signal.
        let last = if name == "fast" { signals().max() } else { Some(feed.settled().await?) };
        let last = last.context("nothing was sent")?;
        let told = crowd.end(last).await?;
        let figure = Figure::of(&told, &acknowledged, (last - first + 1) as f64 / took)?;
        figure.print(name, count, goal);
        println!(
            "           processors: hub {:.2}, watchers and partners {:.2}, of 2",
            work[0] / took,
            work[1] / took
        );
        let peak = feed.peak()?;
        println!(
            "           memory: {peak:.0} MiB, the most of the hub so far (VmHWM); {:.2} of {MEMORY:.0}: {}",
            peak / MEMORY,
            told::reached(peak <= MEMORY)
        );
        Ok(())
    }
}

fn hub() -> anyhow::Result<Hub> {
    let hub = Hub::new(PROFILE)?.with("SEINHUIS_LOG__FILTER", "warn");
    Ok(LIFTED.iter().fold(hub, |hub, (name, value)| hub.with(name, value)))
}
