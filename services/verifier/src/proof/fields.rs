//! The fields of a proof's JSON, each read by its name with its rule.

use data_encoding::BASE64;
use serde_json::{Map, Value};

use super::ProofError;

pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a proof of one kind.
    pub(super) fn read(proof: &[u8], kind: &'static str) -> Result<Self, ProofError> {
        let fields = match serde_json::from_slice(proof) {
            Ok(Value::Object(fields)) => Self(fields),
            _ => return Err(ProofError::Json),
        };
        if fields.text("kind")? == kind {
            Ok(fields)
        } else {
            Err(ProofError::Field { field: "kind", rule: kind })
        }
    }

    pub(super) fn text(&self, field: &'static str) -> Result<&str, ProofError> {
        self.0.get(field).and_then(Value::as_str).ok_or(ProofError::Field { field, rule: "a text" })
    }

    pub(super) fn number(&self, field: &'static str) -> Result<u64, ProofError> {
        // A tree has at most half of all numbers as its nodes.
        let number = self.0.get(field).and_then(Value::as_u64).filter(|number| *number <= u64::MAX / 2);
        number.ok_or(ProofError::Field { field, rule: "a whole number of events" })
    }

    pub(super) fn hash(&self, field: &'static str) -> Result<[u8; 32], ProofError> {
        self.0.get(field).and_then(hash).ok_or(ProofError::Field { field, rule: "32 bytes in base64" })
    }

    pub(super) fn hashes(&self, field: &'static str) -> Result<Vec<[u8; 32]>, ProofError> {
        let list = self.0.get(field).and_then(Value::as_array);
        let hashes = list.and_then(|list| list.iter().map(hash).collect());
        hashes.ok_or(ProofError::Field { field, rule: "a list of 32 bytes each in base64" })
    }
}

fn hash(value: &Value) -> Option<[u8; 32]> {
    BASE64.decode(value.as_str()?.as_bytes()).ok()?.try_into().ok()
}
