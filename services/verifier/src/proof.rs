//! Proofs about a log, checked against its signed checkpoints alone: that an event is in it, and that a log is an
//! earlier one with more after it.

mod fields;

use ct_merkle::{ConsistencyProof, RootHash};
use sha2::Sha256;

use crate::finding::{Finding, What};
use crate::note::{Checkpoint, Key};
use crate::tree;
use fields::Fields;

/// A proof that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It isn't one JSON object.
    #[error("it isn't one JSON object")]
    Json,
    /// A field isn't what it must be.
    #[error("its field {field} isn't {rule}")]
    Field {
        /// Which.
        field: &'static str,
        /// What it must be.
        rule: &'static str,
    },
}

/// What a proof says, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// In the words of the proof: what holds if nothing was found.
    pub says: String,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// Checks a proof that an event is in the log.
pub fn inclusion(proof: &[u8], key: &Key) -> Result<Proven, ProofError> {
    let fields = Fields::read(proof, "inclusion")?;
    let (position, size) = (fields.number("position")?, fields.number("size")?);
    if position == 0 || position > size {
        return Err(ProofError::Field { field: "position", rule: "between 1 and the size" });
    }
    let (leaf, path) = (fields.hash("leaf")?, fields.hashes("path")?);
    let says = format!("event {position} is in the log of {size} events");
    let mut findings = Vec::new();
    if let Some(checkpoint) = opened(fields.text("checkpoint")?, key, size, &mut findings)
        && tree::root_of(leaf, position - 1, size, &path) != Some(checkpoint.root)
    {
        findings.push(Finding::at(position, What::Path));
    }
    Ok(Proven { says, findings })
}

/// Checks a proof that the log is an earlier one with more after it.
pub fn consistency(proof: &[u8], key: &Key) -> Result<Proven, ProofError> {
    let fields = Fields::read(proof, "consistency")?;
    let (old_size, new_size) = (fields.number("old_size")?, fields.number("new_size")?);
    if old_size > new_size {
        return Err(ProofError::Field { field: "old_size", rule: "at most new_size" });
    }
    let path = fields.hashes("path")?;
    let says = format!("the log of {new_size} events begins with the log of {old_size} events");
    let mut findings = Vec::new();
    let old = opened(fields.text("old_checkpoint")?, key, old_size, &mut findings);
    let new = opened(fields.text("checkpoint")?, key, new_size, &mut findings);
    if let (Some(old), Some(new)) = (old, new)
        && !begins_with(&new, &old, path)
    {
        findings.push(Finding { from: old_size.min(1), to: old_size, what: What::Path });
    }
    Ok(Proven { says, findings })
}

fn begins_with(new: &Checkpoint, old: &Checkpoint, path: Vec<[u8; 32]>) -> bool {
    if old.size == 0 {
        // Every log begins with the empty one, and there is nothing to prove about it.
        return path.is_empty() && old.root == tree::Tree::default().root();
    }
    let root = |of: &Checkpoint| RootHash::<Sha256>::new(of.root.into(), of.size);
    ConsistencyProof::try_from_bytes(path.concat())
        .is_ok_and(|path| root(new).verify_consistency(&root(old), &path).is_ok())
}

/// The checkpoint of `size` events in `note`, or a finding.
fn opened(note: &str, key: &Key, size: u64, findings: &mut Vec<Finding>) -> Option<Checkpoint> {
    let what = match Checkpoint::open(note.as_bytes(), key) {
        Ok(checkpoint) if checkpoint.size == size => return Some(checkpoint),
        Ok(checkpoint) => What::Size { said: size, signed: checkpoint.size },
        Err(fault) => What::Note(fault),
    };
    findings.push(Finding::at(size, what));
    None
}
