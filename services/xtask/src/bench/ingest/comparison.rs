//! The door, the log and UmaDB side by side, with the ratios and what was to be reached.

use std::fmt;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use crate::bench::figures::{OurRow, Ours, Peers, Row};

/// DESIGN section 7, in signals a second.
const GOALS: [(&str, &str, f64); 8] = [
    ("stream", "sqlite", 60_000.0),
    ("stream", "postgres", 45_000.0),
    ("unary", "postgres", 18_000.0),
    ("pipeline", "sqlite", 10_000.0),
    ("pipeline", "postgres", 6_000.0),
    ("stream", "split", 45_000.0),
    ("unary", "split", 18_000.0),
    ("pipeline", "split", 6_000.0),
];
/// The same of what is no rate: what its name begins and ends with, and what it may be, in the unit it is told in.
const BOUNDS: [(&str, &str, f64); 3] = [
    ("most memory of a process", "", 512.0),
    ("receipt to read model", "p50", 3.0),
    ("receipt to read model", "p99", 15.0),
];

/// What the benchmark of the door found.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Door {
    seed: u64,
    settings: Vec<String>,
    /// How long a request is on average.
    message_bytes: f64,
    durability: Vec<Durability>,
    rows: Vec<OurRow>,
    facts: Vec<Fact>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Durability {
    backend: String,
    says: String,
}

/// A number that is no rate.
#[derive(Debug, Serialize, Deserialize)]
struct Fact {
    backend: String,
    name: String,
    value: f64,
    unit: String,
}

impl Door {
    pub(super) fn read(json: &str) -> anyhow::Result<Self> {
        let door: Self =
            serde_json::from_str(json).context("what the benchmark of the door wrote is not understood")?;
        ensure!(
            !(door.rows.is_empty() && door.facts.is_empty()),
            "the benchmark of the door measured nothing"
        );
        Ok(door)
    }
}

/// Everything that was said, and how it relates.
#[derive(Debug, Serialize)]
pub(super) struct Comparison {
    machine: String,
    door: Door,
    log: Ours,
    uma: Peers,
    /// One for each of the door's rows, in their order.
    ratios: Vec<Ratios>,
}

/// A rate of the door over what it is held against; none where that was not measured.
#[derive(Debug, Serialize)]
struct Ratios {
    log_singles: Option<f64>,
    log_batches: Option<f64>,
    uma_singles: Option<f64>,
    uma_batches: Option<f64>,
    goal: Option<f64>,
}

impl Comparison {
    pub(super) fn of(machine: String, door: Door, log: Ours, uma: Peers) -> Self {
        let ratios = door.rows.iter().map(|row| Ratios::of(row, &log, &uma)).collect();
        Self { machine, door, log, uma, ratios }
    }
}

impl Ratios {
    fn of(row: &OurRow, log: &Ours, uma: &Peers) -> Self {
        let over = |rate: Option<f64>| rate.map(|rate| row.per_second / rate);
        let of_log = |name| over(log.best(name, log_of(&row.backend)).map(|best| best.per_second));
        let of_uma = |like: &str| over(fastest(uma, like).map(|best| best.per_second));
        let goal = GOALS.iter().find(|(name, backend, _)| (*name, *backend) == (&row.name, &row.backend));
        Self {
            log_singles: of_log("singles"),
            log_batches: of_log("batches"),
            uma_singles: of_uma("singles"),
            uma_batches: of_uma("batches"),
            goal: over(goal.map(|(.., goal)| *goal)),
        }
    }
}

/// Where the log lies of a hub on this backend.
pub(super) fn log_of(backend: &str) -> &str {
    if backend == "split" { "postgres" } else { backend }
}

/// The best that was reached in one way.
fn fastest<'a>(uma: &'a Peers, like: &str) -> Option<&'a Row> {
    uma.rows.iter().filter(|row| row.like == like).max_by(|a, b| a.per_second.total_cmp(&b.per_second))
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Door { seed, settings, message_bytes, durability, rows, facts } = &self.door;
        let runs = rows.first().map_or(0, |row| row.runs.len());
        writeln!(f, "seed       {seed}; median of {runs} runs (slowest to fastest)")?;
        writeln!(f, "message    {message_bytes:.0} bytes on average")?;
        for setting in settings {
            writeln!(f, "setting    {setting}")?;
        }
        for Durability { backend, says } in durability {
            writeln!(f, "durability {backend}: {says}")?;
        }
        writeln!(f, "           UmaDB: its defaults, which sync before they answer\n")?;
        writeln!(
            f,
            "{:<9} {:<9} {:>7} {:>10}  {:<18} {:>8} {:>8} {:>8} {:>8} {:>8}",
            "backend",
            "figure",
            "callers",
            "signals/s",
            "runs",
            "log 1",
            "log 100",
            "UmaDB 1",
            "UmaDB100",
            "goal"
        )?;
        for (row, ratios) in rows.iter().zip(&self.ratios) {
            let all =
                [ratios.log_singles, ratios.log_batches, ratios.uma_singles, ratios.uma_batches, ratios.goal];
            let OurRow { name, backend, callers, per_second, .. } = row;
            write!(f, "{backend:<9} {name:<9} {callers:>7} {per_second:>10.0}  {:<18}", extremes(&row.runs))?;
            for ratio in all {
                write!(f, " {:>8}", ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}")))?;
            }
            writeln!(f)?;
        }
        writeln!(f)?;
        for row in self.log.rows.iter().filter(|row| ["singles", "batches"].contains(&row.name.as_str())) {
            let OurRow { name, backend, callers, per_second, .. } = row;
            writeln!(f, "{backend:<9} log {name}, {callers} callers: {per_second:.0} events/s")?;
        }
        for row in &self.uma.rows {
            let Row { peer, what, callers, per_second, .. } = row;
            writeln!(f, "{peer} {what}, {callers} callers: {per_second:.0} events/s")?;
        }
        for Fact { backend, name, value, unit } in facts {
            let bound = BOUNDS.iter().find(|(begin, end, _)| name.starts_with(begin) && name.ends_with(end));
            let over = bound.filter(|(.., most)| value > most).map(|(.., most)| format!(", ABOVE {most}"));
            let digits = if unit == "ms" { 2 } else { 0 };
            writeln!(f, "{backend:<9} {name}: {value:.digits$} {unit}{}", over.unwrap_or_default())?;
        }
        Ok(())
    }
}

/// The slowest and the fastest run.
fn extremes(runs: &[f64]) -> String {
    let slowest = runs.iter().copied().fold(f64::INFINITY, f64::min);
    let fastest = runs.iter().copied().fold(0.0, f64::max);
    format!("{slowest:.0} to {fastest:.0}")
}

#[cfg(test)]
mod specs {
    use super::*;

    const DOOR: &str = r#"{"seed": 2026, "settings": ["eight partners"], "message_bytes": 140.5,
        "durability": [{"backend": "sqlite", "says": "WAL"}],
        "rows": [{"name": "stream", "backend": "sqlite", "callers": 8, "per_second": 30000.0, "runs": [30000.0], "remark": ""},
                 {"name": "stream", "backend": "given", "callers": 8, "per_second": 10.0, "runs": [10.0], "remark": ""}],
        "facts": [{"backend": "sqlite", "name": "most memory of a process in door", "value": 600.0, "unit": "MiB"},
                  {"backend": "sqlite", "name": "receipt to read model at 2000 signals/s, p50", "value": 2.5, "unit": "ms"},
                  {"backend": "sqlite", "name": "receipt to read model at 2000 signals/s, p99", "value": 15.5, "unit": "ms"}]}"#;
    const LOG: &str = r#"{"seed": 2026, "rows": [
        {"name": "singles", "backend": "sqlite", "callers": 256, "per_second": 20000.0, "runs": [20000.0], "ratio_to_raw": 0.5},
        {"name": "batches", "backend": "postgres", "callers": 64, "per_second": 80000.0, "runs": [80000.0], "ratio_to_raw": 0.9}]}"#;
    const UMA: &str = r#"{"seed": 2026, "seconds": 3, "payload_bytes": 318, "postgres": {}, "stores": [], "rows": [
        {"peer": "UmaDB", "what": "one", "like": "singles", "callers": 16, "batch": 1, "per_second": 9000.0, "runs": [9000.0]},
        {"peer": "UmaDB", "what": "one", "like": "singles", "callers": 256, "batch": 1, "per_second": 15000.0, "runs": [15000.0]}]}"#;

    fn comparison() -> Comparison {
        let (door, log) = (Door::read(DOOR).unwrap(), Ours::read(LOG).unwrap());
        Comparison::of("two cores".into(), door, log, Peers::read(UMA).unwrap())
    }

    #[test]
    fn a_figure_is_held_against_the_log_of_its_own_backend_and_the_best_of_the_peer() {
        let Ratios { log_singles, log_batches, uma_singles, uma_batches, goal } = &comparison().ratios[0];
        assert_eq!((*log_singles, *log_batches), (Some(1.5), None));
        assert_eq!((*uma_singles, *uma_batches, *goal), (Some(2.0), None, Some(0.5)));
        assert_eq!(comparison().ratios[1].goal, None);
    }

    #[test]
    fn a_hub_that_took_too_much_memory_or_time_is_pointed_at() {
        let table = comparison().to_string();
        for told in [
            "most memory of a process in door: 600 MiB, ABOVE 512\n",
            "signals/s, p50: 2.50 ms\n",
            "signals/s, p99: 15.50 ms, ABOVE 15\n",
            "30000",
        ] {
            assert!(table.contains(told), "{told} is missing in {table}");
        }
    }

    #[test]
    fn a_benchmark_that_measured_nothing_is_no_figure() {
        let nothing = DOOR.split("\"rows\"").next().unwrap().to_owned() + r#""rows": [], "facts": []}"#;
        assert!(Door::read(&nothing).unwrap_err().to_string().contains("measured nothing"));
    }
}
