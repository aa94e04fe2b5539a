//! What may be asked of the benchmark.

use std::path::PathBuf;

use clap::Parser;
use seinhuis_testkit::{Backend, many};

use crate::town::Size;

#[derive(Debug, Parser)]
#[command(name = "projections", disable_version_flag = true)]
pub(crate) struct Arguments {
    /// How many events the logs hold, as in `200k` or `10M`.
    #[arg(long, default_value = "200k", value_parser = many)]
    pub(crate) events: u64,
    /// A hub of this size; both in turn when left out.
    #[arg(long)]
    size: Option<Size>,
    /// Log and read models in this database; both in turn when left out.
    #[arg(long)]
    backend: Option<Backend>,
    /// Only these figures beside rebuilds, as in `past,append`; `none` makes the log and no more.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// How often each rebuild is measured; the median is told.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) runs: u16,
    /// The seed that all that happens follows from.
    #[arg(long, default_value_t = 2026)]
    pub(crate) seed: u64,
    /// Questions about the past.
    #[arg(long, default_value_t = 2_000)]
    pub(crate) probes: usize,
    /// Pages of a few events to measure.
    #[arg(long, default_value_t = 200)]
    pub(crate) pages: usize,
    /// The address of a log that is kept: made when it is empty, and otherwise one that an earlier run with the same seed, size and
    /// number of events made. Of the latter only `rebuild` and `past` can be asked.
    #[arg(long)]
    pub(crate) log: Option<String>,
    /// Where logs and read models are put for the time being; a folder of the system's when left out.
    #[arg(long)]
    pub(crate) folder: Option<PathBuf>,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Arguments {
    pub(crate) fn backends(&self) -> Vec<Backend> {
        Backend::chosen(self.backend)
    }

    pub(crate) fn sizes(&self) -> Vec<Size> {
        self.size.map_or(vec![Size::Pilot, Size::National], |one| vec![one])
    }

    pub(crate) fn wants(&self, figure: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == figure)
    }
}
