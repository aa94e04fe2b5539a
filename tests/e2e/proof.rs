//! What others check the log with: the key, checkpoints, proofs and an export, while a hub serves and afterwards.

use std::os::unix::fs::PermissionsExt;

use seinhuis_eventstore::proof::{Checkpoint, VerifierKey};
use seinhuis_testkit::{Hub, Topology};

#[test]
fn a_served_log_is_signed_proven_and_exported() {
    signed_and_proven(Topology::Embedded);
}

#[test]
fn a_served_log_is_signed_proven_and_exported_when_split() {
    signed_and_proven(Topology::Split);
}

fn signed_and_proven(topology: Topology) {
    let hub = topology.hub("oude-ijsselstreek").unwrap();
    let nothing = hub.run(&["proof", "checkpoint"]).unwrap();
    assert!(nothing.code == 1 && nothing.err.contains("no checkpoint was signed yet"), "{nothing:?}");
    hub.partner("wonion").unwrap();
    let served = topology.serve(&hub).unwrap();
    hub.partner("politie").unwrap();
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());

    let key: VerifierKey = hub.run(&["proof", "key"]).unwrap().out.trim().parse().unwrap();
    assert_eq!(key.name(), "seinhuis/oude-ijsselstreek");
    let mode = std::fs::metadata(hub.data().join("proof.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let head = hub.run(&["verify", "--json"]).unwrap().json().unwrap()["events"].as_u64().unwrap();
    let note = hub.run(&["proof", "checkpoint"]).unwrap().out;
    let last = Checkpoint::open(&note, &key).unwrap();
    assert_eq!(last.size, head, "a hub that stops has signed everything");

    let as_json =
        hub.run(&["proof", "checkpoint", "--size", &head.to_string(), "--json"]).unwrap().json().unwrap();
    assert_eq!((&as_json["size"], &as_json["checkpoint"]), (&head.into(), &note.as_str().into()));
    let as_json = hub.run(&["proof", "key", "--json"]).unwrap().json().unwrap();
    assert_eq!(as_json["verifier_key"], key.to_string());

    let proof = hub.run(&["proof", "inclusion", "1"]).unwrap().json().unwrap();
    assert_eq!(
        (&proof["kind"], &proof["position"], &proof["size"]),
        (&"inclusion".into(), &1.into(), &head.into())
    );
    assert_eq!(proof["checkpoint"], note.as_str());
    let same = hub.run(&["proof", "consistency", &head.to_string()]).unwrap().json().unwrap();
    assert_eq!(
        (&same["old_size"], &same["new_size"], &same["path"]),
        (&head.into(), &head.into(), &serde_json::json!([]))
    );
    let beyond = hub.run(&["proof", "inclusion", "1000"]).unwrap();
    let told = format!("position 1000 isn't in the checkpoint of size {head}: positions are 1 to {head}");
    assert!(beyond.code == 1 && beyond.err.contains(&told), "{beyond:?}");
}

#[test]
fn an_export_is_whole_signed_to_its_end_and_never_written_over() {
    exported(Topology::Embedded);
}

#[test]
fn an_export_is_whole_signed_to_its_end_and_never_written_over_when_split() {
    exported(Topology::Split);
}

fn exported(topology: Topology) {
    let hub = topology.hub("oude-ijsselstreek").unwrap();
    hub.partner("wonion").unwrap();
    let out = hub.data().join("log.export");
    let out = out.to_str().unwrap();
    let told = hub.run(&["export", "--out", out, "--json"]).unwrap().json().unwrap();
    assert_eq!((&told["checkpoints"], &told["unsigned_because"]), (&1.into(), &serde_json::Value::Null));
    assert_eq!(told["events"], told["signed"]);
    let bytes = std::fs::read(out).unwrap();
    assert!(bytes.starts_with(b"seinhuis-log-export v1\nE"));
    assert!(bytes.ends_with(&told["events"].as_u64().unwrap().to_be_bytes()));
    let again = hub.run(&["export", "--out", out]).unwrap();
    assert!(again.code == 1 && again.err.contains("never written over"), "{again:?}");
    let nowhere = hub.run(&["export", "--out", "/nowhere/log.export"]).unwrap();
    assert!(nowhere.code == 1 && nowhere.err.contains("can't write /nowhere/log.export"), "{nowhere:?}");
    assert_eq!(std::fs::read(out).unwrap(), bytes);
}

#[test]
fn a_log_signed_under_another_name_is_not_signed_on() {
    let hub = Hub::new("oude-ijsselstreek").unwrap().with("SEINHUIS_PROOF__ORIGIN", "one/name");
    hub.partner("wonion").unwrap();
    let export = |hub: &Hub, name: &str| {
        let out = hub.data().join(name);
        hub.run(&["export", "--out", out.to_str().unwrap(), "--json"]).unwrap().json().unwrap()
    };
    assert_eq!(export(&hub, "first")["unsigned_because"], serde_json::Value::Null);
    let hub = hub.with("SEINHUIS_PROOF__ORIGIN", "another/name");
    hub.partner("politie").unwrap();
    let told = export(&hub, "second");
    assert!(told["unsigned_because"].as_str().unwrap().contains("in the proof book doesn't count"), "{told}");
    assert!(told["signed"].as_u64() < told["events"].as_u64(), "{told}");
}
