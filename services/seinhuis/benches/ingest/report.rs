//! What was measured, as the JSON that `cargo xtask bench ingest` reads.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::drive::Run;
use crate::seen::{Seen, Shares};
use crate::target::{Target, WINDOW};

struct Row {
    name: &'static str,
    backend: &'static str,
    callers: usize,
    /// Signals a second, one number per run.
    runs: Vec<f64>,
    /// Microseconds of the hub's processors for a signal, one number per run.
    costs: Vec<f64>,
    remark: &'static str,
}

/// Everything measured in one go.
pub(crate) struct Report {
    seed: u64,
    settings: Vec<String>,
    described: Vec<Value>,
    rows: Vec<Row>,
    /// Backend, what was waited for, and how long, in milliseconds, one number per run.
    waits: Vec<(&'static str, String, Vec<f64>)>,
    /// Backend, and the rate of a watched hub over that of one that isn't, one number per run.
    shares: Vec<(&'static str, f64)>,
    facts: Vec<Value>,
}

impl Report {
    pub(crate) fn new(arguments: &Arguments) -> Self {
        let Arguments { people, in_flight, .. } = arguments;
        let settings = vec![
            format!("signals of the demo's generator about {people} people, made and encoded beforehand"),
            format!("8 partners, each on a connection of its own, windows of {WINDOW} bytes for receipts"),
            format!(
                "ingest.in_flight {in_flight}; ingest.rate_per_second and ingest.burst lifted to a million"
            ),
        ];
        Self {
            seed: arguments.seed,
            settings,
            described: vec![],
            rows: vec![],
            waits: vec![],
            shares: vec![],
            facts: vec![],
        }
    }

    /// Says how durable a backend was.
    pub(crate) fn describe(&mut self, backend: &'static str, says: String) {
        self.described.push(json!({ "backend": backend, "says": says }));
    }

    /// One more run of a figure.
    pub(crate) fn add(
        &mut self,
        name: &'static str,
        backend: &'static str,
        callers: usize,
        Run { rate, cost }: Run,
        remark: &'static str,
    ) {
        eprintln!("{backend:<9} {name:<9} {callers:>4} callers  {rate:>9.0}/s  {cost:>6.1} µs of the hub");
        let known = self.rows.iter_mut().find(|row| (row.name, row.backend) == (name, backend));
        match known {
            Some(row) => {
                row.runs.push(rate);
                row.costs.push(cost);
            }
            None => {
                let (runs, costs) = (vec![rate], vec![cost]);
                self.rows.push(Row { name, backend, callers, runs, costs, remark });
            }
        }
    }

    /// One more run at a steady rate.
    pub(crate) fn seen(&mut self, backend: &'static str, rate: u32, Seen { after, receipt }: Seen) {
        for (what, Shares { p50, p99 }) in [("receipt to read model", after), ("signal to receipt", receipt)]
        {
            for (share, value) in [("p50", p50), ("p99", p99)] {
                let name = format!("{what} at {rate} signals/s, {share}");
                eprintln!("{backend:<9} {name} {value:.2} ms");
                match self.waits.iter_mut().find(|wait| (wait.0, &wait.1) == (backend, &name)) {
                    Some((.., runs)) => runs.push(value),
                    None => self.waits.push((backend, name, vec![value])),
                }
            }
        }
    }

    /// What part of its rate a hub keeps while it is watched.
    pub(crate) fn shared(&mut self, backend: &'static str, share: f64) {
        eprintln!("{backend:<9} watched, it keeps {:.1} % of its rate", share * 100.0);
        self.shares.push((backend, share));
    }

    /// How much a hub came to hold, on disk and in memory.
    pub(crate) fn size(&mut self, backend: &'static str, of: &str, disk: Option<u64>, target: &Target) {
        let peaks = target.peaks();
        let all: u64 = peaks.iter().sum();
        let largest =
            peaks.iter().copied().max().map(|peak| (format!("most memory of a process in {of}"), peak));
        let together = (peaks.len() > 1).then(|| (format!("the {} processes together", peaks.len()), all));
        let disk = disk.map(|bytes| (format!("on disk after {of}"), bytes));
        for (name, bytes) in [largest, together, disk].into_iter().flatten() {
            let value = bytes as f64 / f64::from(1 << 20);
            eprintln!("{backend:<9} {name} {value:.0} MiB");
            self.facts.push(json!({ "backend": backend, "name": name, "value": value, "unit": "MiB" }));
        }
    }

    /// One more thing to know.
    pub(crate) fn fact(&mut self, backend: &'static str, name: &str, value: f64, unit: &str) {
        eprintln!("{backend:<9} {name} {value:.0} {unit}");
        self.facts.push(json!({ "backend": backend, "name": name, "value": value, "unit": unit }));
    }

    pub(crate) fn print(mut self, message_bytes: f64) -> anyhow::Result<()> {
        let costs = self.rows.iter().filter(|row| row.costs.iter().any(|cost| *cost > 0.0)).map(|row| {
            let name = format!("processor time of the hub for a signal of {}", row.name);
            json!({ "backend": row.backend, "name": name, "value": median(&row.costs), "unit": "µs" })
        });
        self.facts.extend(costs);
        let backends: BTreeSet<_> = self.shares.iter().map(|(backend, _)| *backend).collect();
        self.facts.extend(backends.into_iter().map(|backend| {
            let of = self.shares.iter().filter(|(other, _)| *other == backend);
            let shares: Vec<f64> = of.map(|(_, share)| share * 100.0).collect();
            let name = "of its rate a hub keeps while it is watched";
            json!({ "backend": backend, "name": name, "value": median(&shares), "unit": "%" })
        }));
        let waits = self.waits.iter().map(|(backend, name, runs)| {
            json!({ "backend": backend, "name": name, "value": median(runs), "unit": "ms" })
        });
        self.facts.extend(waits);
        let rows = self.rows.iter().map(|row| {
            json!({
                "name": row.name, "backend": row.backend, "callers": row.callers,
                "per_second": median(&row.runs), "runs": row.runs, "remark": row.remark,
            })
        });
        let all = json!({
            "seed": self.seed, "settings": self.settings, "message_bytes": message_bytes,
            "durability": self.described, "rows": rows.collect::<Vec<_>>(), "facts": self.facts,
        });
        println!("{all}");
        Ok(())
    }
}

/// The middle one.
fn median(runs: &[f64]) -> f64 {
    let mut sorted = runs.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
