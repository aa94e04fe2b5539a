//! The key that checkpoints are verified with, and the signature lines of a note.

use std::fmt;

use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use super::NoteFault;

/// Ed25519, in the key and in its id.
const ED25519: u8 = 0x01;

/// A verifier key: `name+id+key`, the id as eight hexadecimal digits and the key in base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    name: String,
    id: [u8; 4],
    public: VerifyingKey,
}

/// Why a text is no verifier key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There aren't three parts.
    #[error("it isn't name+id+key")]
    Parts,
    /// The name is empty or has a space in it.
    #[error("its name is empty or has a space in it")]
    Name,
    /// The key isn't the byte 0x01 and a point on the curve, in base64.
    #[error("its third part isn't an Ed25519 key")]
    Public,
    /// Name, id and key don't belong together.
    #[error("its id isn't that of its name and key")]
    Id,
}

impl Key {
    /// Reads a verifier key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Parts);
        };
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(KeyError::Name);
        }
        let key = BASE64.decode(key.as_bytes()).map_err(|_| KeyError::Public)?;
        let public = match key.split_first() {
            Some((&ED25519, public)) => public.try_into().map_err(|_| KeyError::Public)?,
            _ => return Err(KeyError::Public),
        };
        let key = Self::of(name, &VerifyingKey::from_bytes(public).map_err(|_| KeyError::Public)?);
        if HEXLOWER.encode(&key.id) == id { Ok(key) } else { Err(KeyError::Id) }
    }

    /// The key `public` under `name`.
    pub fn of(name: &str, public: &VerifyingKey) -> Self {
        let mut hash = Sha256::new();
        hash.update(name);
        hash.update([b'\n', ED25519]);
        hash.update(public.as_bytes());
        let hash: [u8; 32] = hash.finalize().into();
        Self { name: name.to_owned(), id: [hash[0], hash[1], hash[2], hash[3]], public: *public }
    }

    /// Whose key it is: the log's origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What signature lines call it by besides its name.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// Whether one of the signature lines is this key's, and right.
    pub(super) fn check(&self, text: &str, signatures: &str) -> Result<(), NoteFault> {
        for line in signatures.lines() {
            let (name, bytes) = signature(line)?;
            let Some((id, rest)) = bytes.split_first_chunk::<4>() else {
                return Err(NoteFault::Shape("a signature is too short"));
            };
            if name == self.name && *id == self.id {
                let signature = Signature::from_slice(rest).map_err(|_| NoteFault::Signature)?;
                let checked = self.public.verify_strict(text.as_bytes(), &signature);
                return checked.map_err(|_| NoteFault::Signature);
            }
        }
        Err(NoteFault::OtherKey)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let public = [&[ED25519][..], self.public.as_bytes()].concat();
        write!(f, "{}+{}+{}", self.name, HEXLOWER.encode(&self.id), BASE64.encode(&public))
    }
}

/// `— name base64`.
fn signature(line: &str) -> Result<(&str, Vec<u8>), NoteFault> {
    let shape = NoteFault::Shape("a signature line isn't a dash, a name and base64");
    let (name, bytes) = line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or(shape)?;
    if name.is_empty() {
        return Err(shape);
    }
    Ok((name, BASE64.decode(bytes.as_bytes()).map_err(|_| shape)?))
}

#[cfg(test)]
mod specs {
    use super::*;

    const TEXT: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn a_verifier_key_is_written_as_it_was_read() {
        let key = Key::parse(TEXT).unwrap();
        assert_eq!((key.name(), key.id()), ("PeterNeumann", [0xc7, 0x4f, 0x20, 0xa3]));
        assert_eq!(key.to_string(), TEXT);
    }

    #[test]
    fn a_text_that_is_no_verifier_key_says_what_is_wrong() {
        let cases = [
            ("", KeyError::Parts),
            ("PeterNeumann+c74f20a3", KeyError::Parts),
            ("+c74f20a3+AQ==", KeyError::Name),
            ("Peter Neumann+c74f20a3+AQ==", KeyError::Name),
            ("PeterNeumann+c74f20a3+AQ==", KeyError::Public),
            ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", KeyError::Public),
            ("PeterNeumann+c74f20a3+AhPc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Public),
            ("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Id),
            ("PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Id),
        ];
        for (text, expected) in cases {
            assert_eq!(Key::parse(text), Err(expected), "{text}");
        }
    }
}
