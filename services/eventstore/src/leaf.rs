//! The leaf hash of an event: what a proof of the log rests on (INV-10).
//!
//! `leaf = SHA-256(0x00 ‖ canonical)`, the leaf hash of RFC 6962, section 2.1. `canonical` is one byte `0x01`, the
//! version of this encoding, and then eleven fields in this order:
//!
//! | field | bytes |
//! |---|---|
//! | stream | UTF-8 |
//! | version | 8, big-endian |
//! | type | UTF-8 |
//! | schema | 4, big-endian |
//! | recorded_at | 8, big-endian, signed microseconds since 1970-01-01T00:00Z |
//! | area | UTF-8, or absent |
//! | actor | UTF-8 |
//! | trace | UTF-8, or absent |
//! | payload | as stored |
//! | sealed_keys | the key ids, 16 bytes each, or absent |
//! | sealed | the envelope, or absent |
//!
//! A field is its length as 8 bytes, big-endian, and then its bytes; an absent one is the length 2⁶⁴−1 alone. The
//! position isn't part of it: it is the leaf's index in the tree, so callers hash before the group's turn comes.

use sha2::{Digest, Sha256};

use crate::event::NewEvent;

/// Stands for the length of a field that isn't there.
const ABSENT: u64 = u64::MAX;

/// The columns of one row as bytes, in the words of the table above.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    /// The stream's name.
    pub stream: &'a [u8],
    /// The place in the stream.
    pub version: i64,
    /// The stored name.
    pub name: &'a [u8],
    /// The version of the payload's shape.
    pub schema: u32,
    /// Microseconds since 1970.
    pub recorded_at: i64,
    /// The routing key.
    pub area: Option<&'a [u8]>,
    /// Who did it.
    pub actor: &'a [u8],
    /// The W3C `traceparent`.
    pub trace: Option<&'a [u8]>,
    /// The payload as stored.
    pub payload: &'a [u8],
    /// The ids of the keys, one after the other.
    pub sealed_keys: Option<&'a [u8]>,
    /// The envelope.
    pub sealed: Option<&'a [u8]>,
}

/// The leaf hash over `columns`.
pub fn leaf(columns: &Columns<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update([0x00]);
    fields(columns, &mut |bytes| hash.update(bytes));
    hash.finalize().into()
}

/// Adds the canonical form of `columns` to `bytes`.
pub(crate) fn canonical(columns: &Columns<'_>, bytes: &mut Vec<u8>) {
    fields(columns, &mut |part| bytes.extend_from_slice(part));
}

fn fields(columns: &Columns<'_>, to: &mut impl FnMut(&[u8])) {
    to(&[0x01]);
    field(to, Some(columns.stream));
    field(to, Some(&columns.version.to_be_bytes()));
    field(to, Some(columns.name));
    field(to, Some(&columns.schema.to_be_bytes()));
    field(to, Some(&columns.recorded_at.to_be_bytes()));
    field(to, columns.area);
    field(to, Some(columns.actor));
    field(to, columns.trace);
    field(to, Some(columns.payload));
    field(to, columns.sealed_keys);
    field(to, columns.sealed);
}

fn field(to: &mut impl FnMut(&[u8]), bytes: Option<&[u8]>) {
    let length = bytes.map_or(ABSENT, |bytes| bytes.len() as u64);
    to(&length.to_be_bytes());
    to(bytes.unwrap_or_default());
}

/// The leaf of `event` as version `version` of `stream`.
pub(crate) fn leaf_of(stream: &str, version: u64, event: &NewEvent) -> [u8; 32] {
    let keys = event.sealed.as_ref().map(|sealed| key_bytes(&sealed.keys));
    leaf(&Columns {
        stream: stream.as_bytes(),
        version: version as i64,
        name: event.name.as_bytes(),
        schema: event.schema,
        recorded_at: event.recorded_at.as_microsecond(),
        area: event.area.as_ref().map(|area| area.as_str().as_bytes()),
        actor: event.actor.as_bytes(),
        trace: event.trace.as_ref().map(String::as_bytes),
        payload: &event.payload,
        sealed_keys: keys.as_deref(),
        sealed: event.sealed.as_ref().map(|sealed| sealed.bytes.as_slice()),
    })
}

/// Key ids as their column holds them: 16 bytes each.
pub(crate) fn key_bytes(keys: &[seinhuis_domain::ids::SubjectId]) -> Vec<u8> {
    keys.iter().flat_map(|key| *key.0.as_bytes()).collect()
}

#[cfg(test)]
mod specs {
    use data_encoding::HEXLOWER;

    use super::*;

    fn full() -> Columns<'static> {
        Columns {
            stream: b"signal-7",
            version: 1,
            name: b"signal.reported",
            schema: 1,
            recorded_at: 1_775_124_000_123_456,
            area: Some(b"WK150900"),
            actor: b"partner:wonion",
            trace: Some(b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            payload: br#"{"kind":"E33"}"#,
            sealed_keys: Some(&[7; 16]),
            sealed: Some(&[1, 2, 3]),
        }
    }

    /// Worked out apart from this program, with a script of its own over the table in the module's text.
    #[test]
    fn the_leaf_of_a_known_row_is_pinned() {
        assert_eq!(
            HEXLOWER.encode(&leaf(&full())),
            "fefda3a7e2a718525bf38717bb0947279f9c5a490172e8192afd79208f474b66"
        );
        let bare = Columns { area: None, trace: None, sealed_keys: None, sealed: None, ..full() };
        assert_eq!(
            HEXLOWER.encode(&leaf(&bare)),
            "59fb579f1f99c12783a72bf7139ec98b49c02fc64215433002b1ee9a2f9fc57f"
        );
    }

    #[test]
    fn every_column_is_part_of_the_leaf() {
        let row = full();
        let others = [
            Columns { stream: b"signal-8", ..row },
            Columns { version: 2, ..row },
            Columns { name: b"signal.reporteD", ..row },
            Columns { schema: 2, ..row },
            Columns { recorded_at: row.recorded_at + 1, ..row },
            Columns { area: None, ..row },
            Columns { area: Some(b""), ..row },
            Columns { actor: b"partner:woniom", ..row },
            Columns { trace: None, ..row },
            Columns { payload: br#"{"kind":"E34"}"#, ..row },
            Columns { sealed_keys: Some(&[8; 16]), ..row },
            Columns { sealed: Some(&[1, 2]), ..row },
            Columns { sealed: None, ..row },
            Columns { sealed: None, sealed_keys: None, ..row },
        ];
        let mut leaves: Vec<_> = others.iter().chain([&row]).map(leaf).collect();
        leaves.sort_unstable();
        leaves.dedup();
        assert_eq!(leaves.len(), others.len() + 1);
    }

    #[test]
    fn a_byte_that_moves_to_the_next_field_changes_the_leaf() {
        let row = full();
        let moved = Columns { actor: b"partner:wonio", trace: Some(b"n00"), ..row };
        let here = Columns { trace: Some(b"00"), ..row };
        assert_ne!(leaf(&here), leaf(&moved));
    }
}
