//! The peers and the log side by side, with the ratios.

use std::fmt;

use serde::Serialize;

use crate::bench::figures::{OurRow, Ours, Peers};

/// DESIGN section 7: single appends, 256 callers, against postgres-es.
const GOAL: (&str, u64, f64) = ("postgres-es", 256, 9.0);

/// Everything both benchmarks said, and how they relate.
#[derive(Debug, Serialize)]
pub(super) struct Comparison {
    machine: String,
    peers: Peers,
    ours: Ours,
    /// One for each of the peers' rows, in their order.
    lines: Vec<Line>,
}

/// One of the peers' rows and the log's row it is held against.
#[derive(Debug, Serialize)]
struct Line {
    peer: String,
    callers: u64,
    ours: OurRow,
    /// The log's rate over the peer's.
    ratio: f64,
}

impl Comparison {
    /// An error when the log has no row to hold against one of the peers' rows.
    pub(super) fn of(machine: String, peers: Peers, ours: Ours) -> anyhow::Result<Self> {
        let lines = peers.rows.iter().map(|row| {
            let like = ours.like(&row.like, row.callers)?.clone();
            let ratio = like.per_second / row.per_second;
            Ok(Line { peer: row.peer.clone(), callers: row.callers, ours: like, ratio })
        });
        let lines = lines.collect::<anyhow::Result<_>>()?;
        Ok(Self { machine, peers, ours, lines })
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let peers = &self.peers;
        writeln!(f, "seed       {} (peers), {} (log)", peers.seed, self.ours.seed)?;
        let runs = peers.rows.first().map_or(0, |row| row.runs.len());
        writeln!(
            f,
            "runs       {runs} of {} s a line, in turn; the median; afterwards the log",
            peers.seconds
        )?;
        writeln!(f, "payload    {} bytes of JSON", peers.payload_bytes)?;
        for store in &peers.stores {
            let (peer, megabytes) = (&store.peer, store.bytes as f64 / 1e6);
            writeln!(
                f,
                "size       {peer}: {} events, {megabytes:.0} MB with indexes, at the end",
                store.events
            )?;
        }
        let settings = peers.postgres.iter().map(|(name, value)| format!("{name}={value}"));
        writeln!(f, "durability PostgreSQL: {}", settings.collect::<Vec<_>>().join(" "))?;
        writeln!(
            f,
            "           UmaDB: its defaults, which sync before they answer; over gRPC, the others in process"
        )?;
        writeln!(f)?;
        writeln!(
            f,
            "{:<16} {:<30} {:>7} {:>9} {:>9} {:>9}  {:<21} {:>9} {:>6}",
            "peer", "what", "callers", "events/s", "slowest", "fastest", "log", "events/s", "ratio"
        )?;
        for (row, line) in peers.rows.iter().zip(&self.lines) {
            let (slowest, fastest) = extremes(&row.runs);
            let ours = format!("{}, {} callers", line.ours.name, line.ours.callers);
            writeln!(
                f,
                "{:<16} {:<30} {:>7} {:>9.0} {slowest:>9.0} {fastest:>9.0}  {ours:<21} {:>9.0} {:>6.2}",
                row.peer, row.what, row.callers, row.per_second, line.ours.per_second, line.ratio
            )?;
        }
        writeln!(f)?;
        for row in &self.ours.rows {
            let (slowest, fastest) = extremes(&row.runs);
            let raw =
                row.ratio_to_raw.map_or(String::new(), |ratio| format!(", {ratio:.2} of raw in its own run"));
            let OurRow { name, callers, per_second, .. } = row;
            writeln!(
                f,
                "log        {name}, {callers} callers: {per_second:.0} (slowest {slowest:.0}, fastest {fastest:.0}){raw}"
            )?;
        }
        self.verdict(f)
    }
}

impl Comparison {
    fn verdict(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (peer, callers, goal) = GOAL;
        let held = self.lines.iter().find(|line| line.peer.starts_with(peer) && line.callers == callers);
        let Some(Line { ratio, .. }) = held else {
            return write!(f, "goal       {goal:.0} x {peer} with {callers} callers: not measured");
        };
        let verdict = if *ratio >= goal { "reached" } else { "NOT REACHED" };
        write!(f, "goal       {goal:.0} x {peer} with {callers} callers: {ratio:.2}, {verdict}")
    }
}

fn extremes(runs: &[f64]) -> (f64, f64) {
    let slowest = runs.iter().copied().fold(f64::INFINITY, f64::min);
    (slowest, runs.iter().copied().fold(0.0, f64::max))
}

#[cfg(test)]
mod specs {
    use super::*;

    const PEERS: &str = r#"{"seed": 7, "seconds": 3, "payload_bytes": 318, "postgres": {"fsync": "on"},
        "stores": [{"peer": "postgres-es 0.5", "events": 1000, "bytes": 2000000}],
        "rows": [{"peer": "postgres-es 0.5", "what": "execute", "like": "singles", "callers": 256, "batch": 1,
                  "per_second": 4000.0, "runs": [3900.0, 4000.0, 4100.0]}]}"#;

    fn compared(ours: f64) -> Comparison {
        let ours = format!(
            r#"{{"seed": 8, "rows": [{{"name": "singles", "backend": "postgres", "callers": 256, "per_second": {ours}, "runs": [{ours}],
                "ratio_to_raw": 0.51}}]}}"#
        );
        Comparison::of("box".to_owned(), Peers::read(PEERS).unwrap(), Ours::read(&ours).unwrap()).unwrap()
    }

    #[test]
    fn the_ratio_is_the_log_over_the_peer_and_the_goal_is_judged_by_it() {
        let said = compared(40_000.0).to_string();
        assert!(said.contains("goal       9 x postgres-es with 256 callers: 10.00, reached"), "{said}");
        let said = compared(20_000.0).to_string();
        assert!(said.contains("5.00, NOT REACHED"), "{said}");
    }

    #[test]
    fn a_table_tells_seeds_sizes_durability_and_both_rates() {
        let said = compared(40_000.0).to_string();
        for part in [
            "seed       7 (peers), 8 (log)",
            "3 of 3 s",
            "318 bytes",
            "1000 events, 2 MB",
            "fsync=on",
            "4000      3900      4100",
            "singles, 256 callers",
            "0.51 of raw",
        ] {
            assert!(said.contains(part), "{part} is not in\n{said}");
        }
    }

    #[test]
    fn a_row_the_log_has_nothing_for_is_an_error() {
        let ours = Ours::read(r#"{"seed": 1, "rows": []}"#).unwrap();
        assert!(Comparison::of(String::new(), Peers::read(PEERS).unwrap(), ours).is_err());
    }
}
