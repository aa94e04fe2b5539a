//! What may be asked of the benchmark.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

#[derive(Parser)]
#[command(name = "log", disable_version_flag = true)]
pub(crate) struct Arguments {
    /// Where the log is kept; both when left out.
    #[arg(long)]
    backend: Option<BackendName>,
    /// How often each figure is measured; the median is told.
    #[arg(long, default_value_t = 5)]
    pub(crate) runs: usize,
    /// The seed the events are made from.
    #[arg(long, default_value_t = 2026)]
    pub(crate) seed: u64,
    /// Only these figures, as in `singles,batches`.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// One JSON object instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
    /// Measures what an append costs in a log of a million events and, once it has grown to so many millions, again.
    #[arg(long, value_name = "MILLIONS")]
    pub(crate) grow: Option<u64>,
    /// Where the databases are put for the time being; a folder of the system's when left out.
    #[arg(long)]
    pub(crate) folder: Option<PathBuf>,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BackendName {
    Postgres,
    Sqlite,
}

impl BackendName {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }
}

impl Arguments {
    pub(crate) fn backends(&self) -> Vec<BackendName> {
        self.backend.map_or(vec![BackendName::Postgres, BackendName::Sqlite], |one| vec![one])
    }

    pub(crate) fn wants(&self, figure: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == figure)
    }
}
