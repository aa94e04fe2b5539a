//! What may be asked of the benchmark.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

#[derive(Parser)]
#[command(name = "ingest", disable_version_flag = true)]
pub(crate) struct Arguments {
    /// Where the hub keeps what it has, and how it is spread; one after the other when left out.
    #[arg(long)]
    backend: Option<BackendName>,
    /// How often each figure is measured; the median is told.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) runs: u16,
    /// The seed the signals are made from.
    #[arg(long, default_value_t = 2026)]
    pub(crate) seed: u64,
    /// Only these figures, as in `stream,unary`.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Signals of one run over streams; a unary run sends half of it, a run of the pipeline a quarter.
    #[arg(long, default_value_t = 200_000)]
    pub(crate) signals: usize,
    /// Signals a second, of all partners together, while each is watched until it is seen (`seen`).
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) rate: u32,
    /// Signals of one stream that the hub has under way at once (`ingest.in_flight`).
    #[arg(long, default_value_t = 512)]
    pub(crate) in_flight: usize,
    /// How many processes take signals in where a split hub is measured without its followers.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..))]
    pub(crate) doors: u8,
    /// How many people the signals are about.
    #[arg(long, default_value_t = 40_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) people: u32,
    /// Where the database server is put for the time being; a folder of the system's when left out.
    #[arg(long)]
    pub(crate) folder: Option<PathBuf>,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BackendName {
    /// One process, its log and keys in PostgreSQL.
    Postgres,
    /// One process, all in files.
    Sqlite,
    /// A process for each role, on PostgreSQL and NATS.
    Split,
}

impl Arguments {
    pub(crate) fn backends(&self) -> Vec<BackendName> {
        let all = [BackendName::Sqlite, BackendName::Postgres, BackendName::Split];
        self.backend.map_or(all.to_vec(), |one| vec![one])
    }

    pub(crate) fn wants(&self, figure: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == figure)
    }
}
