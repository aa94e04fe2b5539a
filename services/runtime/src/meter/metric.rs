//! What a metric is, before there is anything to be read of it.

/// One metric, declared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    /// Its name, after the semantic conventions of OpenTelemetry: `seinhuis.log.head`.
    pub name: &'static str,
    /// What is measured by it.
    pub kind: Kind,
    /// In which unit, in the letters of UCUM (`s`, `By`), or in braces what is counted (`{event}`).
    pub unit: &'static str,
    /// What it says, in one line.
    pub meaning: &'static str,
    /// Its labels, whose values come from closed lists.
    pub labels: &'static [&'static str],
}

/// How a metric moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Goes up only.
    Counter,
    /// Stands somewhere.
    Gauge,
    /// How values are spread, between these bounds.
    Histogram(&'static [f64]),
}

impl Metric {
    /// What Prometheus calls it: `seinhuis_follower_lag_duration_seconds`. A histogram's series have endings of their
    /// own on top.
    pub fn in_prometheus(&self) -> String {
        let mut name = self.name.replace('.', "_");
        let unit = match self.unit {
            "s" => "_seconds",
            "By" => "_bytes",
            "1" if self.kind == Kind::Gauge => "_ratio",
            _ => "",
        };
        if !name.ends_with(unit) {
            name.push_str(unit);
        }
        if self.kind == Kind::Counter {
            name.push_str("_total");
        }
        name
    }

    /// What Prometheus calls its series, those of a histogram included.
    pub fn series(&self) -> Vec<String> {
        let name = self.in_prometheus();
        match self.kind {
            Kind::Histogram(_) => {
                ["_bucket", "_sum", "_count"].map(|ending| format!("{name}{ending}")).to_vec()
            }
            Kind::Counter | Kind::Gauge => vec![name],
        }
    }
}
