//! What may be asked of the benchmark.

use std::path::PathBuf;

use clap::Parser;
use seinhuis_testkit::{Backend, many};

#[derive(Debug, Parser)]
#[command(name = "timers", disable_version_flag = true)]
pub(crate) struct Arguments {
    /// How many timers wait meanwhile, as in `200k` or `10M`.
    #[arg(long, default_value = "200k", value_parser = many)]
    pub(crate) pending: u64,
    /// How many climbs fall due each second, evenly.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) rate: u32,
    /// For how many seconds.
    #[arg(long, default_value_t = 30)]
    pub(crate) seconds: u32,
    /// How many fall due in the same second afterwards; one in a hundred of them climbs to the college.
    #[arg(long, default_value = "100k", value_parser = many)]
    pub(crate) burst: u64,
    /// In this database; both in turn when left out.
    #[arg(long)]
    backend: Option<Backend>,
    /// The seed that the ids of cases follow from.
    #[arg(long, default_value_t = 2026)]
    pub(crate) seed: u64,
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
}
