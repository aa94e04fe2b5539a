//! The bytes of an envelope, and what binds it to its place.
//!
//! ```text
//! envelope = 0x01 ‖ count (u16) ‖ part × count
//! part     = label length (u8) ‖ label (UTF-8)
//!          ‖ key count (u8) ‖ index into the envelope's key list (u8) × key count
//!          ‖ sealed length (u32) ‖ sealed (ciphertext and its 16-byte tag)
//! ```
//!
//! Numbers are big-endian. The key list stands beside the envelope, in the column `sealed_keys`: every key once, in the
//! order in which the parts first name them.
//!
//! A part's nonce is the first 12 bytes of SHA-256 over `seinhuis/envelope/nonce/v1`, event name, stream, version
//! (u64), index of the part (u16) and label, texts with their length (u32) before them. It is a function of the place on purpose: equal content
//! sealed for one place gives equal bytes, by which a retry is told from another signal under the same reference
//! (INV-3). AES-GCM-SIV stands a repeated nonce: all it gives away is that equality. The associated data are the same
//! fields under `seinhuis/envelope/bound/v1`, and the ids of the part's keys.

use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::sealed::Sealed;
use sha2::{Digest, Sha256};

use super::seal::Place;

const VERSION: u8 = 1;

/// The most parts, and the most keys, of one envelope.
pub(super) const MOST: usize = 255;

/// One part, as it stands in the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SealedPart {
    pub(super) label: String,
    pub(super) keys: Vec<SubjectId>,
    pub(super) sealed: Vec<u8>,
}

/// The envelope of `parts`. The caller has seen to the bounds.
pub(super) fn encode(parts: &[SealedPart]) -> Sealed {
    let mut keys: Vec<SubjectId> = Vec::new();
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(&(parts.len() as u16).to_be_bytes());
    for part in parts {
        bytes.push(part.label.len() as u8);
        bytes.extend_from_slice(part.label.as_bytes());
        bytes.push(part.keys.len() as u8);
        for key in &part.keys {
            let index = keys.iter().position(|known| known == key).unwrap_or_else(|| {
                keys.push(*key);
                keys.len() - 1
            });
            bytes.push(index as u8);
        }
        bytes.extend_from_slice(&(part.sealed.len() as u32).to_be_bytes());
        bytes.extend_from_slice(&part.sealed);
    }
    Sealed { keys, bytes }
}

/// The parts of `envelope`, or `None` when the bytes aren't one.
pub(super) fn decode(envelope: &Sealed) -> Option<Vec<SealedPart>> {
    let mut rest = Rest(&envelope.bytes);
    let ([VERSION], count) = (rest.array()?, u16::from_be_bytes(rest.array()?)) else { return None };
    let mut parts = Vec::with_capacity(usize::from(count).min(MOST));
    for _ in 0..count {
        let [length] = rest.array()?;
        let label = String::from_utf8(rest.take(length.into())?.to_vec()).ok()?;
        let [count] = rest.array()?;
        let indices = rest.take(count.into())?;
        let keys = indices
            .iter()
            .map(|i| envelope.keys.get(usize::from(*i)).copied())
            .collect::<Option<Vec<_>>>()?;
        let length = u32::from_be_bytes(rest.array()?);
        let sealed = rest.take(usize::try_from(length).ok()?)?.to_vec();
        parts.push(SealedPart { label, keys, sealed });
    }
    (rest.0.is_empty() && parts.iter().all(|part| !part.keys.is_empty())).then_some(parts)
}

/// The nonce of part `index` of the envelope at `place`.
pub(super) fn nonce(place: &Place<'_>, index: usize, label: &str) -> [u8; 12] {
    let hash: [u8; 32] = Sha256::digest(bound_to(b"seinhuis/envelope/nonce/v1", place, index, label)).into();
    let mut nonce = [0; 12];
    nonce.copy_from_slice(&hash[..12]);
    nonce
}

/// What part `index` is bound to.
pub(super) fn bound(place: &Place<'_>, index: usize, label: &str, keys: &[SubjectId]) -> Vec<u8> {
    let mut bytes = bound_to(b"seinhuis/envelope/bound/v1", place, index, label);
    bytes.extend(keys.iter().flat_map(|key| *key.0.as_bytes()));
    bytes
}

fn bound_to(purpose: &[u8], place: &Place<'_>, index: usize, label: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(192);
    let mut text = |text: &[u8]| {
        bytes.extend_from_slice(&(text.len() as u32).to_be_bytes());
        bytes.extend_from_slice(text);
    };
    text(purpose);
    text(place.event.as_bytes());
    text(place.stream.as_bytes());
    text(label.as_bytes());
    bytes.extend_from_slice(&place.version.to_be_bytes());
    bytes.extend_from_slice(&(index as u16).to_be_bytes());
    bytes
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(front)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (front, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*front)
    }
}
