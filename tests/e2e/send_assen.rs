//! A municipality's real reports, sent from a file: all are taken in, once, and only spoilt rows are refused.

use std::fs;
use std::path::{Path, PathBuf};

use seinhuis_testkit::{Hub, Served, Topology, shared};
use serde_json::Value;

use crate::scene::own;

/// Rows in the file.
const ROWS: u64 = 3_024;

struct Assen {
    hub: Hub,
    served: Served,
    token: String,
}

impl Assen {
    fn serving(topology: Topology) -> Self {
        let hub = topology.hub(own("profiles/assen").to_str().unwrap()).unwrap();
        let token = hub.partner("gemeente").unwrap();
        let served = topology.serve(&hub).unwrap();
        Self { hub, served, token }
    }

    /// Sends a file; answers the totals and the exit code.
    fn send(&self, file: &Path) -> (Value, i32) {
        let map = own("profiles/assen/map.toml");
        let refusals = self.refusals();
        let progress = refusals.with_file_name("progress.json");
        let arguments = [
            "send",
            file.to_str().unwrap(),
            "--map",
            map.to_str().unwrap(),
            "--refusals",
            refusals.to_str().unwrap(),
            "--progress",
            progress.to_str().unwrap(),
            "--json",
        ];
        let said = self.hub.ask(self.served.ingest(), &self.token, &arguments).unwrap();
        (serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}")), said.code)
    }

    fn refusals(&self) -> PathBuf {
        self.hub.data().with_file_name("refusals.csv")
    }
}

fn count(totals: &Value, name: &str) -> u64 {
    totals[name].as_u64().unwrap_or_else(|| panic!("no {name} in {totals}"))
}

#[test]
fn every_row_of_a_real_file_is_new_once_and_a_duplicate_afterwards() {
    every_row_twice(Topology::Embedded);
}

#[test]
fn every_row_of_a_real_file_is_new_once_and_a_duplicate_afterwards_when_split() {
    every_row_twice(Topology::Split);
}

fn every_row_twice(topology: Topology) {
    let Some(file) = shared("reports/assen_signalen_3k.csv") else { return };
    let assen = Assen::serving(topology);
    let (first, code) = assen.send(&file);
    assert_eq!(
        (count(&first, "new"), count(&first, "duplicates"), count(&first, "refused"), code),
        (ROWS, 0, 0, 0)
    );
    let (second, code) = assen.send(&file);
    assert_eq!(
        (count(&second, "new"), count(&second, "duplicates"), count(&second, "refused"), code),
        (0, ROWS, 0, 0)
    );
    assert_eq!(assen.served.stop().unwrap(), 0);
    let verdict = assen.hub.run(&["verify", "--json"]).unwrap().json().unwrap();
    assert_eq!(verdict["sound"], true, "{verdict}");
}

#[test]
fn five_spoilt_rows_are_refused_by_name_and_the_rest_goes_in() {
    let Some(file) = shared("reports/assen_signalen_3k.csv") else { return };
    let assen = Assen::serving(Topology::Embedded);
    let text = fs::read_to_string(file).unwrap();
    let mut rows: Vec<Vec<String>> =
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let column = |name: &str| rows[0].iter().position(|heading| heading == name).unwrap();
    let (id, category, created, wijk) =
        (column("id"), column("category"), column("created_at"), column("wijk"));
    // Line numbers count from 1, the heading included.
    rows[9][category] = "ruimtevaart".into();
    rows[99][wijk] = "Atlantis".into();
    rows[499][created] = "gisteren".into();
    rows[999][created] = "2199-01-01T00:00:00+00:00".into();
    rows[1999][id] = String::new();
    let spoilt = assen.hub.data().with_file_name("spoilt.csv");
    fs::write(&spoilt, rows.iter().map(|row| row.join(",") + "\n").collect::<String>()).unwrap();

    let (totals, code) = assen.send(&spoilt);
    assert_eq!((count(&totals, "new"), count(&totals, "refused"), code), (ROWS - 5, 5, 2), "{totals}");
    let refusals = fs::read_to_string(assen.refusals()).unwrap();
    let mut lines: Vec<u64> = csv::Reader::from_reader(refusals.as_bytes())
        .records()
        .map(|record| record.unwrap()[0].parse().unwrap())
        .collect();
    lines.sort_unstable();
    assert_eq!(lines, [10, 100, 500, 1000, 2000], "{refusals}");
    for value in ["ruimtevaart", "Atlantis", "gisteren", "2199"] {
        assert!(refusals.contains(value), "{value} is not named in\n{refusals}");
    }
}
