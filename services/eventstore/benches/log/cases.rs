//! The figures, one after the other, all in one run: raw and ours take turns, so that both meet the same machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::ensure;
use seinhuis_eventstore::{Append, AppendError, Log, Position, StreamId, verify};

use crate::arguments::Arguments;
use crate::events::{Maker, payload_bytes};
use crate::place::Place;
use crate::raw::{Raw, rows};
use crate::report::{Figure, Report, median};
use crate::sealing::Sealing;

/// Callers at once, and how many events they append in a run.
const SINGLES: [(usize, usize); 3] = [(1, 4_000), (16, 40_000), (256, 120_000)];
/// Callers, events per append, appends in a run.
const BATCHES: (usize, usize, usize) = (64, 100, 4_000);
const RAW: usize = 200_000;
/// Callers, streams they share, appends in a run.
const MIXED: (usize, usize, usize) = (64, 256, 20_000);
/// Events that are sealed and hashed.
const SEALED: usize = 50_000;
/// Events a reader asks for at once.
const PAGE: usize = 2_048;

/// Measures one backend.
pub(crate) async fn run(place: &Place, arguments: &Arguments, report: &mut Report) -> anyhow::Result<()> {
    let mut bench = Bench::open(place, arguments).await?;
    bench.appends(arguments, report).await?;
    if arguments.wants("mixed") {
        bench.mixed(arguments, report).await?;
    }
    if arguments.wants("read") {
        bench.reads(arguments, report).await?;
    }
    if arguments.wants("verify") {
        bench.verify(arguments, report).await?;
    }
    if arguments.wants("share") {
        bench.share(arguments, report).await?;
    }
    bench.close(place, arguments, report).await
}

struct Bench {
    backend: &'static str,
    url: String,
    log: Log,
    raw: Raw,
    inserted: i64,
    maker: Maker,
}

impl Bench {
    async fn open(place: &Place, arguments: &Arguments) -> anyhow::Result<Self> {
        let backend = match place {
            Place::Postgres(_) => "postgres",
            Place::Sqlite(_) => "sqlite",
        };
        let url = place.address("log.sqlite")?;
        let log = Log::open(&url).await?;
        let raw = Raw::open(place).await?;
        Ok(Self { backend, url, log, raw, inserted: 0, maker: Maker::new(arguments.seed) })
    }

    /// Raw, singles and batches, turn by turn.
    async fn appends(&mut self, arguments: &Arguments, report: &mut Report) -> anyhow::Result<()> {
        if arguments.wants("singles") {
            let (mut raw, mut runs) = (Vec::new(), [const { Vec::new() }; 3]);
            for _ in 0..arguments.runs {
                raw.push(self.raw(RAW, 1).await?);
                for (runs, (callers, events)) in runs.iter_mut().zip(SINGLES) {
                    let work = self.maker.appends(events, 1);
                    runs.push(append_all(&self.log, work, callers).await?);
                }
            }
            let limit = median(&raw);
            report.add(self.figure("raw", 1, raw, None, "one connection, 4,096 rows a transaction"));
            for (runs, (callers, _)) in runs.into_iter().zip(SINGLES) {
                report.add(self.figure("singles", callers, runs, Some(limit), "one event an append"));
            }
        }
        if arguments.wants("batches") {
            let ((callers, events, appends), mut raw, mut runs) = (BATCHES, Vec::new(), Vec::new());
            for _ in 0..arguments.runs {
                raw.push(self.raw(appends, events).await?);
                let work = self.maker.appends(appends, events);
                runs.push(append_all(&self.log, work, callers).await?);
            }
            let limit = median(&raw);
            report.add(self.figure("raw-100", 1, raw, None, "the same in streams of 100"));
            report.add(self.figure("batches", callers, runs, Some(limit), "100 events an append"));
        }
        Ok(())
    }

    fn figure(
        &self,
        name: &'static str,
        callers: usize,
        runs: Vec<f64>,
        raw: Option<f64>,
        remark: &str,
    ) -> Figure {
        let limit = raw.map(|raw| ("raw", median(&runs) / raw));
        Figure { name, backend: self.backend, callers, runs, limit, remark: remark.to_owned() }
    }

    async fn raw(&mut self, appends: usize, events: usize) -> anyhow::Result<f64> {
        let work = self.maker.appends(appends, events);
        let ready = rows(&work, self.inserted);
        let began = Instant::now();
        self.raw.insert(&ready).await?;
        let took = began.elapsed();
        self.inserted += ready.len() as i64;
        Ok(ready.len() as f64 / took.as_secs_f64())
    }

    /// Streams that many write to: who lost tries again at the version he was told.
    async fn mixed(&mut self, arguments: &Arguments, report: &mut Report) -> anyhow::Result<()> {
        let (callers, streams, appends) = MIXED;
        let (mut runs, mut lost, mut tried) = (Vec::new(), 0, 0);
        for _ in 0..arguments.runs {
            let shared: Vec<_> = (0..streams).map(|_| (self.maker.stream(), AtomicU64::new(0))).collect();
            let work: Vec<_> = (0..appends)
                .map(|_| {
                    let events = 1 + self.maker.below(4);
                    (self.maker.below(streams), (0..events).map(|_| self.maker.event()).collect::<Vec<_>>())
                })
                .collect();
            let events: usize = work.iter().map(|(_, events)| events.len()).sum();
            let began = Instant::now();
            let conflicts = contended(&self.log, Arc::new(shared), work, callers).await?;
            runs.push(events as f64 / began.elapsed().as_secs_f64());
            lost += conflicts;
            tried += conflicts + appends;
        }
        let share = 100.0 * lost as f64 / tried as f64;
        let remark = format!("1 to 4 events on {streams} streams, {share:.0} % of the tries lost");
        report.add(Figure { name: "mixed", backend: self.backend, callers, runs, limit: None, remark });
        Ok(())
    }

    async fn reads(&mut self, arguments: &Arguments, report: &mut Report) -> anyhow::Result<()> {
        let (mut scans, mut reads, mut decodes) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..arguments.runs {
            let began = Instant::now();
            let seen = self.raw.scan(PAGE as i64).await?;
            scans.push(seen as f64 / began.elapsed().as_secs_f64());
            reads.push(read_all(&self.log, false).await?);
            decodes.push(read_all(&self.log, true).await?);
        }
        let limit = median(&scans);
        let figure = |name, runs: Vec<f64>, remark: &str| {
            let ratio = (name != "scan").then(|| ("scan", median(&runs) / limit));
            Figure { name, backend: self.backend, callers: 1, runs, limit: ratio, remark: remark.to_owned() }
        };
        report.add(figure("scan", scans, "raw, pages of 2,048, nothing looked at"));
        report.add(figure("read", reads, "pages of 2,048"));
        report.add(figure("decode", decodes, "pages of 2,048, every event decoded"));
        Ok(())
    }

    async fn verify(&mut self, arguments: &Arguments, report: &mut Report) -> anyhow::Result<()> {
        let mut runs = Vec::new();
        for _ in 0..arguments.runs {
            let began = Instant::now();
            let verdict = verify(&self.log).await?;
            ensure!(verdict.is_sound(), "the log doesn't verify: {:?}", verdict.findings.first());
            runs.push(verdict.events as f64 / began.elapsed().as_secs_f64());
        }
        let remark = format!("{} events", self.log.head().0);
        report.add(Figure { name: "verify", backend: self.backend, callers: 1, runs, limit: None, remark });
        Ok(())
    }

    /// What sealing and hashing take of what an append costs.
    async fn share(&mut self, arguments: &Arguments, report: &mut Report) -> anyhow::Result<()> {
        let work = self.maker.appends(SEALED, 1);
        let sealing = Sealing::open().await?;
        let (mut hashed, mut sealed) = (Vec::new(), Vec::new());
        for _ in 0..arguments.runs {
            let began = Instant::now();
            std::hint::black_box(rows(&work, 0));
            hashed.push(began.elapsed().as_secs_f64() * 1e6 / SEALED as f64);
            sealed.push(sealing.seal_all(&work, 256).await?);
        }
        let (hashing, sealing) = (median(&hashed), median(&sealed));
        report.fact(self.backend, "hashing an event", hashing, "µs");
        report.fact(self.backend, "sealing 200 bytes of text under one key", sealing, "µs");
        if let Some(rate) = report.median_of(self.backend, "singles", 256) {
            let share = (hashing + sealing) / (1e6 / rate);
            report.fact(self.backend, "both, of what an append of 256 callers costs", 100.0 * share, "%");
        }
        Ok(())
    }

    async fn close(self, place: &Place, arguments: &Arguments, report: &mut Report) -> anyhow::Result<()> {
        let events = self.log.head().0;
        self.log.close().await;
        if events > 0 {
            let each = place.bytes(&self.url).await? as f64 / events as f64;
            for (part, bytes) in place.parts(&self.url).await? {
                report.fact(self.backend, format!("of it {part}"), bytes as f64 / events as f64, "bytes");
            }
            let payload = payload_bytes(arguments.seed);
            report.fact(self.backend, "a row with its indexes", each, "bytes");
            report.fact(self.backend, "the goal, 1.3 × payload + 200", 1.3 * payload + 200.0, "bytes");
        }
        Ok(())
    }
}

/// Appends all of `work` with so many callers at once, each waiting for his answer. Events a second.
pub(crate) async fn append_all(log: &Log, work: Vec<Append>, callers: usize) -> anyhow::Result<f64> {
    let events: usize = work.iter().map(|append| append.events.len()).sum();
    let mut shares: Vec<Vec<Append>> = (0..callers).map(|_| Vec::new()).collect();
    for (n, append) in work.into_iter().enumerate() {
        shares[n % callers].push(append);
    }
    let began = Instant::now();
    let callers = shares.into_iter().map(|share| {
        let log = log.clone();
        tokio::spawn(async move {
            for append in share {
                log.append(append).await?;
            }
            Ok::<_, AppendError>(())
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await??;
    }
    Ok(events as f64 / began.elapsed().as_secs_f64())
}

type Shared = Arc<Vec<(StreamId, AtomicU64)>>;
type Work = Vec<(usize, Vec<seinhuis_eventstore::NewEvent>)>;

/// How many tries were lost.
async fn contended(log: &Log, streams: Shared, work: Work, callers: usize) -> anyhow::Result<usize> {
    let (work, next) = (Arc::new(work), Arc::new(AtomicUsize::new(0)));
    let callers = (0..callers).map(|_| {
        let (log, streams, work, next) =
            (log.clone(), Arc::clone(&streams), Arc::clone(&work), Arc::clone(&next));
        tokio::spawn(async move {
            let mut lost = 0;
            while let Some((stream, events)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                let (name, version) = &streams[*stream];
                let mut expected_version = version.load(Ordering::Relaxed);
                loop {
                    let append = Append { stream: name.clone(), expected_version, events: events.clone() };
                    match log.append(append).await {
                        Ok(done) => break version.store(done.version, Ordering::Relaxed),
                        Err(AppendError::Conflict { actual, .. }) => {
                            (expected_version, lost) = (actual, lost + 1)
                        }
                        Err(other) => return Err(other),
                    }
                }
            }
            Ok(lost)
        })
    });
    let mut lost = 0;
    for caller in callers.collect::<Vec<_>>() {
        lost += caller.await??;
    }
    Ok(lost)
}

async fn read_all(log: &Log, decode: bool) -> anyhow::Result<f64> {
    let (mut after, mut seen) = (Position::START, 0);
    let began = Instant::now();
    loop {
        let page = log.read(after, PAGE).await?;
        let Some(last) = page.events.last() else { break };
        after = last.position;
        seen += page.events.len();
        for event in page.events.iter().filter(|_| decode) {
            std::hint::black_box(event.event()?);
        }
    }
    Ok(seen as f64 / began.elapsed().as_secs_f64())
}
