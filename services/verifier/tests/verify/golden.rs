//! Files that another program made, `tests/golden/make.py`, from the page alone and with another Ed25519.

use data_encoding::HEXLOWER;
use seinhuis_verifier::{Key, consistency, inclusion, verify};

const EXPORT: &[u8] = include_bytes!("../golden/small.export");
const KEPT: &[u8] = include_bytes!("../golden/kept.checkpoint");
const INCLUSION: &[u8] = include_bytes!("../golden/inclusion.json");
const CONSISTENCY: &[u8] = include_bytes!("../golden/consistency.json");

fn key() -> Key {
    Key::parse(include_str!("../golden/verifier.key").trim_end()).unwrap()
}

#[test]
fn an_export_by_another_program_is_sound_and_its_root_is_pinned() {
    let verdict = verify(EXPORT, &key(), &[KEPT.to_vec()]).unwrap();
    assert_eq!(verdict.findings, []);
    assert_eq!((verdict.events, verdict.checkpoints, verdict.signed), (5, 3, 5));
    assert_eq!(
        HEXLOWER.encode(&verdict.root),
        "0d86e6e359101e0ce1d69b9f772849010d4d2fb26ae8956dd807a80f59ad7f81"
    );
}

#[test]
fn proofs_by_another_program_hold() {
    let included = inclusion(INCLUSION, &key()).unwrap();
    assert_eq!((included.says.as_str(), included.findings.len()), ("event 4 is in the log of 5 events", 0));
    let grown = consistency(CONSISTENCY, &key()).unwrap();
    let says = "the log of 5 events begins with the log of 3 events";
    assert_eq!((grown.says.as_str(), grown.findings.len()), (says, 0));
}
