//! What may be asked of the benchmark.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

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
    backend: Option<BackendName>,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BackendName {
    Postgres,
    Sqlite,
}

impl Arguments {
    pub(crate) fn backends(&self) -> Vec<BackendName> {
        self.backend.map_or(vec![BackendName::Sqlite, BackendName::Postgres], |one| vec![one])
    }
}

fn many(text: &str) -> Result<u64, String> {
    let (digits, times) = match text.as_bytes().last() {
        Some(b'k') => (&text[..text.len() - 1], 1_000),
        Some(b'M') => (&text[..text.len() - 1], 1_000_000),
        _ => (text, 1),
    };
    let count: u64 = digits.parse().map_err(|_| format!("{text:?} is no number such as 200k or 10M"))?;
    Ok(count * times)
}
