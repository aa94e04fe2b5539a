//! What was measured, as a table or as JSON.

use serde_json::{Value, json};

/// One figure.
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) backend: &'static str,
    pub(crate) callers: usize,
    /// Events a second, one number per run.
    pub(crate) runs: Vec<f64>,
    /// The figure's limit, and what it is of it.
    pub(crate) limit: Option<(&'static str, f64)>,
    /// What else there is to say.
    pub(crate) remark: String,
}

/// Everything measured in one go.
pub(crate) struct Report {
    seed: u64,
    runs: usize,
    described: Vec<(&'static str, String)>,
    figures: Vec<Figure>,
    facts: Vec<(&'static str, String, f64, &'static str)>,
}

impl Report {
    pub(crate) fn new(seed: u64, runs: usize) -> Self {
        Self { seed, runs, described: Vec::new(), figures: Vec::new(), facts: Vec::new() }
    }

    /// Says how durable a backend was.
    pub(crate) fn describe(&mut self, backend: &'static str, durability: String) {
        self.described.push((backend, durability));
    }

    /// Adds a figure; on the terminal it is said at once, since the next one may take minutes.
    pub(crate) fn add(&mut self, figure: Figure) {
        eprintln!(
            "{:<9} {:<9} {:>4} callers  {:>9.0}/s",
            figure.backend,
            figure.name,
            figure.callers,
            median(&figure.runs)
        );
        self.figures.push(figure);
    }

    /// Adds a number that is no rate: its backend, name and unit.
    pub(crate) fn fact(
        &mut self,
        backend: &'static str,
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
    ) {
        let name = name.into();
        eprintln!("{backend:<9} {name} {value:.2} {unit}");
        self.facts.push((backend, name, value, unit));
    }

    /// The median of a figure measured before.
    pub(crate) fn median_of(&self, backend: &str, name: &str, callers: usize) -> Option<f64> {
        let is =
            |figure: &&Figure| figure.backend == backend && figure.name == name && figure.callers == callers;
        self.figures.iter().find(is).map(|figure| median(&figure.runs))
    }

    pub(crate) fn table(&self) -> anyhow::Result<()> {
        println!("machine    {}", machine());
        println!("seed       {}; median of {} runs (slowest to fastest)", self.seed, self.runs);
        println!("payload    {:.0} bytes on average", crate::events::payload_bytes(self.seed));
        for (backend, durability) in &self.described {
            println!("durability {backend}: {durability}");
        }
        println!();
        println!(
            "{:<9} {:<9} {:>7} {:>10}  {:<22} {:<18} remark",
            "backend", "figure", "callers", "events/s", "runs", "ratio"
        );
        for figure in &self.figures {
            let (slowest, fastest) = ends(&figure.runs);
            let ratio =
                figure.limit.map(|(limit, ratio)| format!("{ratio:.2} of {limit}")).unwrap_or_default();
            println!(
                "{:<9} {:<9} {:>7} {:>10.0}  {:<22} {:<18} {}",
                figure.backend,
                figure.name,
                figure.callers,
                median(&figure.runs),
                format!("{slowest:.0} to {fastest:.0}"),
                ratio,
                figure.remark
            );
        }
        for (backend, name, value, unit) in &self.facts {
            println!("{backend:<9} {name}: {value:.2} {unit}");
        }
        Ok(())
    }

    pub(crate) fn json(&self) -> anyhow::Result<()> {
        let rows = self.figures.iter().map(|figure| {
            json!({
                "name": figure.name, "backend": figure.backend, "callers": figure.callers,
                "per_second": median(&figure.runs), "runs": figure.runs, "remark": figure.remark,
                "ratio_to_raw": figure.limit.map(|(_, ratio)| ratio),
            })
        });
        let facts = self.facts.iter().map(|(backend, name, value, unit)| {
            json!({ "backend": backend, "name": name, "value": value, "unit": unit })
        });
        let durability: Vec<Value> = self
            .described
            .iter()
            .map(|(backend, durability)| json!({ "backend": backend, "says": durability }))
            .collect();
        let all = json!({
            "machine": machine(), "seed": self.seed, "durability": durability,
            "rows": rows.collect::<Vec<_>>(), "facts": facts.collect::<Vec<_>>(),
        });
        println!("{all}");
        Ok(())
    }
}

/// The middle one.
pub(crate) fn median(runs: &[f64]) -> f64 {
    let mut sorted = runs.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn ends(runs: &[f64]) -> (f64, f64) {
    runs.iter().fold((f64::INFINITY, 0.0), |(low, high), run| (run.min(low), run.max(high)))
}

fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(':'));
    let threads = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{}, {threads} threads", model.map_or("unknown processor", |(_, name)| name.trim()))
}
