//! `seinhuis send`: the rows of a CSV or NDJSON file become signals, by a map, over one gRPC stream.
//!
//! Nothing is sent before map and file fit together. A row that makes no signal, or that the hub refuses, goes to the
//! refusals file and the rest goes on. Sending a file twice does no harm: references make the second time duplicates.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use tonic::transport::Channel;

mod books;
mod door;
mod ledger;
mod map;
mod meter;
mod patience;
mod progress;
mod pump;
mod reader;
mod refusal;
mod refusals;
mod row;
mod signal;
mod source;
mod subject;
mod target;
mod totals;
mod when;

pub use map::MapError;
pub use meter::Show;
pub use patience::Patience;
pub use progress::ProgressError;
pub use source::SourceError;
pub use totals::Totals;

use books::Books;
use door::Door;
use map::Mapping;
use meter::Meter;
use progress::{Fingerprint, Progress};
use pump::Pump;
use refusals::RefusalsFile;
use source::Rows;

use crate::client::{self, Authed};

/// What to send, and how.
#[derive(Debug, Clone)]
pub struct SendArgs {
    /// The file.
    pub file: PathBuf,
    /// The map that makes signals of its rows.
    pub map: PathBuf,
    /// Where refused rows are listed; beside the file by default, with `.refusals.csv` behind its name.
    pub refusals: Option<PathBuf>,
    /// Where the progress is kept; beside the file by default, with `.progress.json` behind its name.
    pub progress: Option<PathBuf>,
    /// How many signals may be without a receipt at any moment; at least 1.
    pub in_flight: usize,
    /// Goes on where an earlier run of the same file and map stopped.
    pub resume: bool,
    /// Whether to show how far it is, on standard error.
    pub show: Show,
    /// How hard to try when the hub is away or busy.
    pub patience: Patience,
}

impl SendArgs {
    /// Sends `file` by `map`, everything else as by default.
    pub fn new(file: impl Into<PathBuf>, map: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            map: map.into(),
            refusals: None,
            progress: None,
            in_flight: 256,
            resume: false,
            show: Show::Nothing,
            patience: Patience::default(),
        }
    }
}

/// A file and a map that fit together, ready to be sent.
pub struct Prepared {
    args: SendArgs,
    mapping: Mapping,
    rows: Rows,
    books: Books,
    skip: u64,
}

/// Sends a file: [`prepare`] and [`Prepared::send`] in one.
pub async fn run(args: SendArgs, channel: Channel, token: String) -> anyhow::Result<Totals> {
    prepare(args)?.send(client::authed(channel, &token)?).await
}

/// Checks the map, and the file against it. Needs no hub.
///
/// # Errors
/// When map or file can't be read or don't fit together, or when there is nothing to resume from.
pub fn prepare(args: SendArgs) -> anyhow::Result<Prepared> {
    let mapping = Mapping::load(&args.map)?;
    let rows = Rows::open(&args.file, &mapping)?;
    let refusals = args.refusals.clone().unwrap_or_else(|| beside(&args.file, ".refusals.csv"));
    let kept_in = args.progress.clone().unwrap_or_else(|| beside(&args.file, ".progress.json"));
    overwrites_nothing(&args, &refusals, &kept_in)?;
    let of = Fingerprint::take(&args.file, &args.map)
        .with_context(|| format!("{}: can't be read", args.file.display()))?;
    let mut meter = Meter::new(args.show, of.file_bytes);
    let progress = if args.resume { Progress::load(&kept_in, of)? } else { Progress::none(of) };
    let refusals_file = if args.resume {
        RefusalsFile::go_on(&refusals, progress.refusals_bytes)
    } else {
        RefusalsFile::anew(&refusals)
    };
    let refusals =
        refusals_file.with_context(|| format!("{}: refusals can't be listed there", refusals.display()))?;
    let kept_in = match progress.keep(&kept_in) {
        Ok(()) => Some(kept_in),
        Err(error) if args.resume || args.progress.is_some() => return Err(error.into()),
        Err(error) => {
            meter.tell(&format!("{error}; this run can't be resumed"));
            None
        }
    };
    let skip = progress.rows;
    let books = Books::open(progress, kept_in, refusals, meter);
    Ok(Prepared { args, mapping, rows, books, skip })
}

impl Prepared {
    /// Sends the rows to a hub, with a partner's token, and returns when each is settled.
    ///
    /// # Errors
    /// When the hub refuses the token, can't be reached any more or breaks the contract, or when a file fails. What
    /// was acknowledged until then stays, and the progress is kept.
    pub async fn send(self, hub: Authed) -> anyhow::Result<Totals> {
        let Self { args, mapping, rows, books, skip } = self;
        let door = Door::new(hub, mapping.sector);
        let mapping = Arc::new(mapping);
        let taken = reader::start(rows, mapping.clone(), skip);
        let mut pump = Pump::new(door, mapping, taken, args.in_flight.max(1), args.patience, books);
        let done = pump.run().await;
        let totals = pump.books.close();
        done.map_err(|error| match &totals {
            Ok(totals) => error.context(format!(
                "stopped after {} settled rows of {}; go on with --resume",
                totals.rows + totals.settled_before,
                args.file.display()
            )),
            Err(_) => error,
        })?;
        totals
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// What is written must not be what is read.
fn overwrites_nothing(args: &SendArgs, refusals: &Path, progress: &Path) -> anyhow::Result<()> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let taken = [(&*args.file, "the file"), (&*args.map, "the map"), (progress, "the progress file")];
    for (own, name) in [(refusals, "refusals"), (progress, "progress")] {
        let clash = taken.iter().take(if name == "progress" { 2 } else { 3 });
        for (other, what) in clash {
            if absolute(own) == absolute(other) {
                bail!("--{name} {}: that is {what}", own.display());
            }
        }
    }
    Ok(())
}
