//! A partner in another language: a Python client made straight from the contract.

use std::process::Command;

use seinhuis_testkit::Topology;

use crate::scene::{own, python};

#[test]
fn a_python_client_made_from_the_contract_pushes_a_thousand_signals_and_gets_their_receipts_in_order() {
    a_thousand_signals_from_python(Topology::Embedded);
}

#[test]
fn a_python_client_pushes_a_thousand_signals_and_gets_their_receipts_in_order_when_split() {
    a_thousand_signals_from_python(Topology::Split);
}

fn a_thousand_signals_from_python(topology: Topology) {
    let Some(python) = python() else { return };
    let hub = topology.hub("oude-ijsselstreek").unwrap();
    let token = hub.partner("wonion").unwrap();
    let served = topology.serve(&hub).unwrap();
    let address = served.ingest().strip_prefix("http://").unwrap();
    let output = Command::new(python)
        .arg(own("python/push.py"))
        .args([own("../proto").to_str().unwrap(), address, &token, "1000"])
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert_eq!(out.trim(), "1000 receipts in order, 1000 new");
}
