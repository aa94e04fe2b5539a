//! `seinhuis send`: the rows of a CSV or NDJSON file become signals, by a map, over one gRPC stream.
//!
//! Nothing is sent before map and file fit together. A row that makes no signal, or that the hub refuses, goes to the
//! refusals file and the rest goes on. Sending a file twice does no harm: references make the second time duplicates.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use tonic::transport::Channel;

mod books;
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
pub use patience::{Patience, may_retry};
pub use progress::ProgressError;
pub use source::SourceError;
pub use totals::Totals;

use books::Books;
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
    /// Where the progress is kept; beside the file by default, with `.progress.json` behind its name. It
    /// is there as long as there is something to resume.
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

    fn listed_in(&self) -> PathBuf {
        self.refusals.clone().unwrap_or_else(|| self.beside(".refusals.csv"))
    }

    fn kept_in(&self) -> PathBuf {
        self.progress.clone().unwrap_or_else(|| self.beside(".progress.json"))
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.file.as_os_str().to_owned();
        name.push(ending);
        name.into()
    }
}

/// A file and a map that fit together, ready to be sent.
pub struct Prepared {
    args: SendArgs,
    mapping: Mapping,
    rows: Rows,
    progress: Progress,
}

/// Sends a file: [`prepare`] and [`Prepared::send`] in one.
pub async fn run(args: SendArgs, channel: Channel, token: String) -> anyhow::Result<Totals> {
    prepare(args)?.send(client::authed(channel, &token)?).await
}

/// Checks the map, and the file against it. Needs no hub and writes nothing.
///
/// # Errors
/// When map or file can't be read or don't fit together, or when there is nothing to resume from.
pub fn prepare(args: SendArgs) -> anyhow::Result<Prepared> {
    let mapping = Mapping::load(&args.map)?;
    let rows = Rows::open(&args.file, &mapping)?;
    overwrites_nothing(&args)?;
    let of = Fingerprint::take(&args.file, &args.map)
        .with_context(|| format!("{}: can't be read", args.file.display()))?;
    let progress = if args.resume { Progress::load(&args.kept_in(), of)? } else { Progress::none(of) };
    Ok(Prepared { args, mapping, rows, progress })
}

impl Prepared {
    /// Sends the rows to a hub, with a partner's token, and returns when each is settled.
    ///
    /// # Errors
    /// When the hub refuses the token, can't be reached any more or breaks the contract, or when a file fails. What
    /// was acknowledged until then stays, and the progress is kept.
    pub async fn send(self, hub: Authed) -> anyhow::Result<Totals> {
        let Self { args, mapping, rows, progress } = self;
        let skip = progress.rows;
        let books = open_books(&args, progress)?;
        let mapping = Arc::new(mapping);
        let taken = reader::start(rows, mapping.clone(), skip);
        let mut pump = Pump::new(hub, mapping, taken, args.in_flight.max(1), args.patience, books);
        let done = pump.run().await;
        let totals = pump.books.close(done.is_ok());
        done.map_err(|error| match &totals {
            Ok(totals) if totals.rows > 0 => error.context(format!(
                "stopped after {} settled rows of {}; go on with --resume",
                totals.rows + totals.settled_before,
                args.file.display()
            )),
            _ => error,
        })?;
        totals
    }
}

/// Opens what the run writes. Without --resume, what an earlier run left is gone from here on.
fn open_books(args: &SendArgs, progress: Progress) -> anyhow::Result<Books> {
    let (listed_in, kept_in) = (args.listed_in(), args.kept_in());
    let mut meter = Meter::new(args.show, progress.of.file_bytes);
    let refusals = if args.resume {
        RefusalsFile::go_on(&listed_in, progress.refusals_bytes)
    } else {
        RefusalsFile::anew(&listed_in)
    };
    let refusals =
        refusals.with_context(|| format!("{}: refusals can't be listed there", listed_in.display()))?;
    let kept_in = match progress.keep(&kept_in) {
        Ok(()) => Some(kept_in),
        Err(error) if args.resume || args.progress.is_some() => return Err(error.into()),
        Err(error) => {
            meter.tell(&format!("{error}; this run can't be resumed"));
            None
        }
    };
    Ok(Books::open(progress, kept_in, refusals, meter))
}

/// What is written must not be what is read.
fn overwrites_nothing(args: &SendArgs) -> anyhow::Result<()> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (listed_in, kept_in) = (args.listed_in(), args.kept_in());
    for (own, name, other, what) in [
        (&listed_in, "refusals", &args.file, "the file"),
        (&listed_in, "refusals", &args.map, "the map"),
        (&listed_in, "refusals", &kept_in, "the progress file"),
        (&kept_in, "progress", &args.file, "the file"),
        (&kept_in, "progress", &args.map, "the map"),
    ] {
        ensure!(absolute(own) != absolute(other), "--{name} {}: that is {what}", own.display());
    }
    Ok(())
}
