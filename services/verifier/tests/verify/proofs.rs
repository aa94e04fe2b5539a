//! Proofs of inclusion and consistency, for every place and pair of sizes of a small log, and what they don't prove.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use data_encoding::BASE64;
use seinhuis_verifier::{Finding, NoteFault, ProofError, What, consistency, inclusion};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::writer::{Author, event, leaf};

const SIZE: usize = 33;

struct Log {
    author: Author,
    tree: MemoryBackedTree<Sha256, Vec<u8>>,
    leaves: Vec<[u8; 32]>,
}

impl Log {
    fn of(size: usize) -> Self {
        let mut tree = MemoryBackedTree::new();
        let events: Vec<_> = (1..=size).map(|version| event("lamp-1", version as i64, "")).collect();
        events.iter().for_each(|event| tree.push(event.clone()));
        let leaves = events.iter().map(|event| leaf(event)).collect();
        Self { author: Author::numbered(1), tree, leaves }
    }

    fn note(&self, size: usize) -> String {
        String::from_utf8(self.author.checkpoint(&self.leaves[..size])).unwrap()
    }

    fn inclusion(&self, position: usize) -> Value {
        json!({
            "kind": "inclusion", "position": position, "size": self.leaves.len(),
            "leaf": BASE64.encode(&self.leaves[position - 1]),
            "path": path(self.tree.prove_inclusion(position - 1).as_bytes()),
            "checkpoint": self.note(self.leaves.len()),
        })
    }

    fn consistency(&self, old: usize) -> Value {
        let new = self.leaves.len();
        let path = if old == 0 { vec![] } else { path(self.tree.prove_consistency(new - old).as_bytes()) };
        json!({
            "kind": "consistency", "old_size": old, "new_size": new, "path": path,
            "old_checkpoint": self.note(old), "checkpoint": self.note(new),
        })
    }
}

fn path(bytes: &[u8]) -> Vec<String> {
    bytes.chunks(32).map(|hash| BASE64.encode(hash)).collect()
}

fn included(proof: &Value) -> Vec<Finding> {
    inclusion(proof.to_string().as_bytes(), &Author::numbered(1).key()).unwrap().findings
}

fn consistent(proof: &Value) -> Vec<Finding> {
    consistency(proof.to_string().as_bytes(), &Author::numbered(1).key()).unwrap().findings
}

#[test]
fn every_event_of_every_small_log_is_proven_and_no_other_leaf_or_place_is() {
    for size in 1..=SIZE {
        let log = Log::of(size);
        for position in 1..=size {
            let proof = log.inclusion(position);
            assert_eq!(included(&proof), [], "{position} of {size}");
            let mut other = proof.clone();
            other["leaf"] = BASE64.encode(&[0; 32]).into();
            assert_eq!(included(&other), [Finding::at(position as u64, What::Path)]);
            let place = position % size + 1;
            other = proof;
            other["position"] = place.into();
            assert_eq!(included(&other).is_empty(), place == position, "{position} as {place} of {size}");
        }
    }
}

#[test]
fn every_small_log_is_proven_to_begin_with_every_smaller_one_and_with_no_other() {
    for size in 1..=SIZE {
        let log = Log::of(size);
        for old in 0..=size {
            let proof = log.consistency(old);
            assert_eq!(consistent(&proof), [], "{old} to {size}");
            let mut other = proof.clone();
            let forged = log.author.checkpoint_of(crate::writer::ORIGIN, old, [0; 32]);
            other["old_checkpoint"] = String::from_utf8(forged).unwrap().into();
            let from = (old as u64).min(1);
            assert_eq!(
                consistent(&other),
                [Finding { from, to: old as u64, what: What::Path }],
                "{old} to {size}"
            );
            let mut longer = proof;
            longer["path"].as_array_mut().unwrap().push(BASE64.encode(&[0; 32]).into());
            assert_eq!(consistent(&longer).len(), 1, "{old} to {size}");
        }
    }
}

#[test]
fn a_proof_stands_on_checkpoints_of_its_own_sizes_signed_by_the_key() {
    let log = Log::of(5);
    let mut proof = log.inclusion(2);
    proof["checkpoint"] = log.note(4).into();
    assert_eq!(included(&proof), [Finding::at(5, What::Size { said: 5, signed: 4 })]);
    let forged = Author::numbered(2).checkpoint(&log.leaves);
    proof["checkpoint"] = String::from_utf8(forged).unwrap().into();
    assert_eq!(included(&proof), [Finding::at(5, What::Note(NoteFault::OtherKey))]);
    let mut proof = log.consistency(3);
    proof["old_checkpoint"] = log.note(2).into();
    assert_eq!(consistent(&proof), [Finding::at(3, What::Size { said: 3, signed: 2 })]);
}

#[test]
fn a_proof_that_can_not_be_read_names_the_field() {
    let key = Author::numbered(1).key();
    let good = Log::of(5).inclusion(2);
    let cases = [
        ("kind", json!("consistency"), "inclusion"),
        ("kind", Value::Null, "a text"),
        ("position", json!(0), "between 1 and the size"),
        ("position", json!(6), "between 1 and the size"),
        ("position", json!("2"), "a whole number of events"),
        ("size", json!(-1), "a whole number of events"),
        ("size", json!(u64::MAX), "a whole number of events"),
        ("leaf", json!("AAAA"), "32 bytes in base64"),
        ("path", json!(["AAAA"]), "a list of 32 bytes each in base64"),
        ("checkpoint", json!(7), "a text"),
    ];
    for (field, value, rule) in cases {
        let mut bad = good.clone();
        bad[field] = value;
        assert_eq!(inclusion(bad.to_string().as_bytes(), &key), Err(ProofError::Field { field, rule }));
    }
    for bad in [&b""[..], b"[]", b"{} {}", b"\xff"] {
        assert_eq!(consistency(bad, &key), Err(ProofError::Json));
    }
    let mut shrunk = Log::of(5).consistency(3);
    shrunk["old_size"] = json!(6);
    let refused = ProofError::Field { field: "old_size", rule: "at most new_size" };
    assert_eq!(consistency(shrunk.to_string().as_bytes(), &key), Err(refused));
}
