//! A process that appends until it is told to stop or killed, and tells what it was told: what the fault suites of the
//! log kill.
//!
//! On standard input it reads one line per caller, `STREAM VERSION`, with the version that is known to be stored; a
//! stream that others write to as well is marked `shared STREAM VERSION`. An empty line begins the work, the end of the
//! input ends it.

mod caller;
mod follower;
mod mouth;
mod notary;

use std::io::BufRead;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Parser;
use seinhuis_eventstore::{Lease, Leases, Log, Settings, StreamId};
use seinhuis_runtime::{Clock, Entropy};
use seinhuis_tests::told::Told;
use tokio_util::sync::CancellationToken;

use crate::caller::Caller;
use crate::mouth::Mouth;

#[derive(Parser)]
struct Arguments {
    /// Where the log is.
    url: String,
    /// What it signs its events with.
    name: String,
    /// How long an append or a read may take.
    #[arg(long, default_value_t = 2_000)]
    patience_ms: u64,
    /// The longest of the random pauses between two appends of a caller.
    #[arg(long, default_value_t = 0)]
    pause_ms: u64,
    /// What the pauses follow from.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Also follows the log from its beginning.
    #[arg(long)]
    follow: bool,
    /// Appends under this lease, once it holds it.
    #[arg(long)]
    lease: Option<String>,
    /// Also signs the log, into a proof book with the key of a file.
    #[arg(long, num_args = 2, value_names = ["BOOK", "KEY"])]
    sign: Option<Vec<String>>,
}

/// A caller's line.
struct Line {
    stream: StreamId,
    version: u64,
    shared: bool,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let lines = lines()?;
    let patience = Duration::from_millis(arguments.patience_ms);
    let settings = Settings { patience, look: Duration::from_millis(10), ..Settings::default() };
    let mouth = Mouth::new(Clock::system());
    let log = opened(&arguments.url, settings, &mouth).await;
    mouth.tell(&Told::Ready);
    let drain = drain();
    let mut lease = None;
    if let Some(name) = &arguments.lease {
        lease = Leases::of(&log, arguments.name.clone()).take(name, &drain).await?;
        let Some(fence) = lease.as_ref().and_then(Lease::fence) else { return Ok(ExitCode::SUCCESS) };
        mouth.tell(&Told::Leads(fence.epoch));
    }
    let under = log.under(lease.as_ref().and_then(Lease::fence));
    let entropy = Entropy::seeded(arguments.seed);
    let mut work = tokio::task::JoinSet::new();
    for Line { stream, version, shared } in lines {
        let caller = Caller {
            log: under.clone(),
            mouth: mouth.clone(),
            by: arguments.name.clone(),
            stream,
            version,
            shared,
            pause: arguments.pause_ms,
            entropy: entropy.clone(),
            tenure: lease.as_ref().map(Lease::tenure),
        };
        work.spawn(caller.append_for_ever());
    }
    if arguments.follow {
        work.spawn(follower::follow(log.clone(), mouth.clone()));
    }
    if let Some([book, key]) = arguments.sign.as_deref() {
        work.spawn(notary::sign(log.clone(), mouth.clone(), book.clone(), key.into()));
    }
    let broken = tokio::select! {
        broken = work.join_next() => broken.context("no caller")??,
        () = drain.cancelled() => {
            work.shutdown().await;
            if let Some(lease) = lease {
                lease.release().await;
            }
            log.close().await;
            return Ok(ExitCode::SUCCESS);
        }
    };
    mouth.tell(&Told::Broken(broken));
    Ok(ExitCode::FAILURE)
}

/// The log, tried for until it opens: its database may just be away.
async fn opened(url: &str, settings: Settings, mouth: &Mouth) -> Log {
    loop {
        match Log::open_with(url, settings).await {
            Ok(log) => return log,
            Err(fault) => mouth.fault(&fault).await,
        }
    }
}

fn lines() -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        let (stream, version, shared) = match words[..] {
            [""] => return Ok(lines),
            ["shared", stream, version] => (stream, version, true),
            [stream, version] => (stream, version, false),
            _ => bail!("{line:?} is no caller: [shared] STREAM VERSION"),
        };
        lines.push(Line { stream: StreamId::parse(stream)?, version: version.parse()?, shared });
    }
    bail!("the callers' lines end with an empty one")
}

/// Is cancelled when whoever started us lets go.
fn drain() -> CancellationToken {
    let drain = CancellationToken::new();
    let ends = drain.clone();
    std::thread::spawn(move || {
        // Whatever still comes is of no interest.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        ends.cancel();
    });
    drain
}
