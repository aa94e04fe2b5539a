//! Writes exports by the page alone, also ones that no hub would write.

use data_encoding::BASE64;
use ed25519_dalek::{Signer, SigningKey};
use seinhuis_verifier::{HEADER, Key};
use sha2::{Digest, Sha256};

pub(crate) const ORIGIN: &str = "seinhuis/test";

pub(crate) const HEADER_LENGTH: usize = HEADER.len();

/// One event of `stream`, told apart from others by its payload.
pub(crate) fn event(stream: &str, version: i64, payload: &str) -> Vec<u8> {
    let fields: [Option<&[u8]>; 11] = [
        Some(stream.as_bytes()),
        Some(&version.to_be_bytes()),
        Some(b"lamp.lit"),
        Some(&1_u32.to_be_bytes()),
        Some(&1_775_124_000_123_456_i64.to_be_bytes()),
        Some(b"WK150900"),
        Some(b"partner:wonion"),
        None,
        Some(payload.as_bytes()),
        Some(&[7; 16]),
        Some(&[1, 2, 3]),
    ];
    let mut bytes = vec![0x01];
    for field in fields {
        bytes.extend(field.map_or(u64::MAX, |field| field.len() as u64).to_be_bytes());
        bytes.extend(field.unwrap_or_default());
    }
    bytes
}

/// Five events on three streams.
pub(crate) fn five() -> Vec<Vec<u8>> {
    [("lamp-1", 1), ("lamp-2", 1), ("lamp-2", 2), ("lamp-1", 2), ("lamp-3", 1)]
        .iter()
        .enumerate()
        .map(|(at, (stream, version))| event(stream, *version, &format!("{at}")))
        .collect()
}

pub(crate) fn leaf(canonical: &[u8]) -> [u8; 32] {
    Sha256::digest([&[0x00], canonical].concat()).into()
}

/// The tree hash as RFC 6962 words it.
pub(crate) fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(1 << (many.len() - 1).ilog2());
            Sha256::digest([&[0x01][..], &root(left), &root(right)].concat()).into()
        }
    }
}

/// Who signs.
pub(crate) struct Author(SigningKey);

impl Author {
    pub(crate) fn numbered(number: u8) -> Self {
        Self(SigningKey::from_bytes(&[number; 32]))
    }

    pub(crate) fn key(&self) -> Key {
        Key::of(ORIGIN, &self.0.verifying_key())
    }

    pub(crate) fn checkpoint(&self, leaves: &[[u8; 32]]) -> Vec<u8> {
        self.checkpoint_of(ORIGIN, leaves.len(), root(leaves))
    }

    pub(crate) fn checkpoint_of(&self, origin: &str, size: usize, root: [u8; 32]) -> Vec<u8> {
        let text = format!("{origin}\n{size}\n{}\n", BASE64.encode(&root));
        let signature = [&self.key().id()[..], &self.0.sign(text.as_bytes()).to_bytes()].concat();
        format!("{text}\n— {ORIGIN} {}\n", BASE64.encode(&signature)).into_bytes()
    }
}

/// An export while it is written.
pub(crate) struct Writer {
    pub(crate) bytes: Vec<u8>,
    pub(crate) leaves: Vec<[u8; 32]>,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self { bytes: HEADER.to_vec(), leaves: Vec::new() }
    }

    pub(crate) fn record(mut self, kind: u8, body: &[u8]) -> Self {
        self.bytes.push(kind);
        self.bytes.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        self.bytes.extend(body);
        self
    }

    pub(crate) fn event(mut self, canonical: &[u8]) -> Self {
        let leaf = leaf(canonical);
        self.leaves.push(leaf);
        self.record(b'E', &[&leaf[..], canonical].concat())
    }

    pub(crate) fn events(self, events: &[Vec<u8>]) -> Self {
        events.iter().fold(self, |writer, event| writer.event(event))
    }

    pub(crate) fn checkpoint(self, author: &Author) -> Self {
        let note = author.checkpoint(&self.leaves);
        self.record(b'C', &note)
    }

    pub(crate) fn end(self) -> Vec<u8> {
        let count = self.leaves.len() as u64;
        self.record(b'Z', &count.to_be_bytes()).bytes
    }
}

/// Three of `events`, a checkpoint, the others, a checkpoint.
pub(crate) fn export(events: &[Vec<u8>], author: &Author) -> Vec<u8> {
    let (first, rest) = events.split_at(3.min(events.len()));
    Writer::new().events(first).checkpoint(author).events(rest).checkpoint(author).end()
}
