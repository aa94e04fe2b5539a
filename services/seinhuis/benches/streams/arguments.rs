//! What may be asked of the benchmark.

use std::path::PathBuf;

use clap::Parser;

#[derive(Parser)]
#[command(name = "streams", disable_version_flag = true)]
pub(crate) struct Arguments {
    /// The seed the signals are made from.
    #[arg(long, default_value_t = 2026)]
    pub(crate) seed: u64,
    /// Only these figures, as in `honest,stalled,fast`.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Who watch at a time (`honest` and `stalled`).
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(100..))]
    pub(crate) watchers: u32,
    /// Facts a second while they do.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rate: u32,
    /// Who watch everything at a high rate (`fast`).
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) few: u32,
    /// Facts a second while they do.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) high: u32,
    /// For how many seconds.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) seconds: u32,
    /// Streams that share a connection.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=512))]
    pub(crate) shared: u32,
    /// Where the database server is put for the time being; a folder of the system's when left out.
    #[arg(long)]
    pub(crate) folder: Option<PathBuf>,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Arguments {
    pub(crate) fn wants(&self, figure: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == figure)
    }
}
