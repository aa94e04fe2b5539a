//! What the benchmarks outside of this crate say, as JSON.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

/// What `tests/bench-peers` found.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Peers {
    pub(super) seed: u64,
    /// How long each run took.
    pub(super) seconds: u64,
    pub(super) payload_bytes: u64,
    /// PostgreSQL's settings, as it gave them itself.
    pub(super) postgres: BTreeMap<String, String>,
    pub(super) rows: Vec<Row>,
    pub(super) stores: Vec<Store>,
}

/// One load put on one peer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) peer: String,
    pub(super) what: String,
    /// The name of the log's own row that does the same.
    pub(super) like: String,
    pub(super) callers: u64,
    pub(super) batch: u64,
    /// Events a second, the median of the runs.
    pub(super) per_second: f64,
    pub(super) runs: Vec<f64>,
}

/// What a peer holds at the end.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Store {
    pub(super) peer: String,
    pub(super) events: u64,
    /// On disk, indexes included.
    pub(super) bytes: u64,
}

/// What the log's own benchmark found.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ours {
    pub(super) seed: u64,
    pub(super) rows: Vec<OurRow>,
}

/// One load put on the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct OurRow {
    pub(super) name: String,
    pub(super) callers: u64,
    pub(super) backend: String,
    /// Events a second, the median of the runs.
    pub(super) per_second: f64,
    pub(super) runs: Vec<f64>,
    /// Against the raw insert of its own run.
    pub(super) ratio_to_raw: Option<f64>,
}

impl Peers {
    pub(super) fn read(json: &str) -> anyhow::Result<Self> {
        let peers: Self =
            serde_json::from_str(json).context("what the peers' benchmark wrote is not understood")?;
        ensure!(!peers.rows.is_empty(), "the peers' benchmark measured nothing");
        for row in &peers.rows {
            ensure!(row.per_second > 0.0, "{}, {} callers: nothing was stored", row.peer, row.callers);
        }
        Ok(peers)
    }
}

impl Ours {
    pub(super) fn read(json: &str) -> anyhow::Result<Self> {
        serde_json::from_str(json).context("what the log's benchmark wrote is not understood")
    }

    /// The best row of that name in that backend.
    pub(super) fn best(&self, name: &str, backend: &str) -> Option<&OurRow> {
        let named = self.rows.iter().filter(|row| row.name == name && row.backend == backend);
        named.max_by(|one, other| one.per_second.total_cmp(&other.per_second))
    }

    /// The row of that name with as many callers, or the best of that name.
    pub(super) fn like(&self, name: &str, callers: u64) -> anyhow::Result<&OurRow> {
        let named = || self.rows.iter().filter(|row| row.name == name);
        let same = named().find(|row| row.callers == callers);
        same.or_else(|| named().max_by(|one, other| one.per_second.total_cmp(&other.per_second)))
            .with_context(|| format!("the log's benchmark has no row {name:?}"))
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    const OURS: &str = r#"{"machine": "two cores", "seed": 2026, "rows": [
        {"name": "singles", "backend": "postgres", "callers": 1, "per_second": 2000.0, "runs": [1900.0, 2000.0, 2100.5], "ratio_to_raw": 0.02},
        {"name": "singles", "backend": "postgres", "callers": 256, "per_second": 40000, "runs": [40000], "ratio_to_raw": 0.5},
        {"name": "batches", "backend": "postgres", "callers": 4, "per_second": 70000, "runs": [70000], "ratio_to_raw": null},
        {"name": "batches", "backend": "postgres", "callers": 8, "per_second": 80000, "runs": [80000], "ratio_to_raw": 0.9}]}"#;

    #[test]
    fn a_line_is_compared_with_as_many_callers_and_else_with_the_best() {
        let ours = Ours::read(OURS).unwrap();
        assert_eq!(ours.like("singles", 256).unwrap().per_second, 40_000.0);
        assert_eq!(ours.like("batches", 4).unwrap().per_second, 70_000.0);
        assert_eq!(ours.like("batches", 1).unwrap().callers, 8);
        let missing = ours.like("reads", 1).unwrap_err().to_string();
        assert_eq!(missing, r#"the log's benchmark has no row "reads""#);
    }

    #[test]
    fn another_shape_is_refused_and_named() {
        let refused =
            format!("{:#}", Ours::read(r#"{"seed": 1, "rows": [{"name": "singles"}]}"#).unwrap_err());
        assert!(refused.contains("log's benchmark") && refused.contains("callers"), "{refused}");
    }

    #[test]
    fn a_peer_that_stored_nothing_is_no_figure() {
        let with = |rate: f64| {
            format!(
                r#"{{"seed": 1, "seconds": 3, "payload_bytes": 318, "postgres": {{"fsync": "on"}}, "stores": [],
                "rows": [{{"peer": "p", "what": "w", "like": "singles", "callers": 1, "batch": 1, "per_second": {rate},
                "runs": [{rate}]}}]}}"#
            )
        };
        assert_eq!(Peers::read(&with(5.0)).unwrap().payload_bytes, 318);
        assert_eq!(Peers::read(&with(0.0)).unwrap_err().to_string(), "p, 1 callers: nothing was stored");
    }
}
