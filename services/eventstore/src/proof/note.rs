//! Signed notes (C2SP signed-note): a text, and below it lines of who signed it. Ed25519 only.
//!
//! Written here in full, because the crates that do it hold on to older versions of the cryptography.

mod words;

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

pub(crate) use words::is_name;

/// The kind of signature, as the format numbers it.
const ED25519: u8 = 0x01;

/// Who signs: a name and a private key. Prints nothing of the key.
#[derive(Clone)]
pub struct Signer {
    verifier: VerifierKey,
    key: SigningKey,
}

/// What a signature is checked with: a name and a public key, written `<name>+<id>+<key>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

/// Why a note doesn't count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is no signed note, or not of a checkpoint.
    #[error("it can't be read: {0}")]
    Malformed(&'static str),
    /// Nobody signed it with the key it was checked with.
    #[error("it is signed by {} and not by {wanted}", by.join(", "))]
    OtherSigner {
        /// Who did, as `<name>+<id>`.
        by: Vec<String>,
        /// Whose signature was looked for.
        wanted: String,
    },
    /// The signature is of another text or by another key of the same name and id.
    #[error("its signature is false")]
    FalseSignature,
}

impl Signer {
    /// A signer called `name` whose private key is `seed`.
    pub(super) fn new(name: &str, seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        Self { verifier: VerifierKey::new(name, key.verifying_key()), key }
    }

    /// What others check its signatures with.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// `text`, signed. It ends with a line break and holds no other control characters.
    pub(super) fn sign(&self, text: &str) -> String {
        assert!(words::is_text(text), "a text that can't be told from its signatures: {text:?}");
        let signature = self.key.sign(text.as_bytes());
        let bytes = [self.verifier.id.as_slice(), &signature.to_bytes()].concat();
        format!("{text}\n— {} {}\n", self.verifier.name, BASE64.encode(&bytes))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

impl VerifierKey {
    fn new(name: &str, key: VerifyingKey) -> Self {
        let mut id = [0; 4];
        let hashed =
            Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(key.as_bytes());
        id.copy_from_slice(&hashed.finalize()[..4]);
        Self { name: name.to_owned(), id, key }
    }

    /// Whose it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Name and id, which is how a signature names it.
    pub fn short(&self) -> String {
        format!("{}+{}", self.name, HEXLOWER.encode(&self.id))
    }

    /// The text of `note`, once its signature by this key has been checked. Signatures by others are left alone.
    pub fn open<'n>(&self, note: &'n str) -> Result<&'n str, NoteError> {
        let (text, signatures) = words::split(note)?;
        let mut by = Vec::new();
        for (name, id, signature) in signatures {
            if (name, id) != (self.name.as_str(), self.id) {
                by.push(format!("{name}+{}", HEXLOWER.encode(&id)));
                continue;
            }
            let bytes = signature.as_slice().try_into().map_err(|_| NoteError::FalseSignature)?;
            let checked = self.key.verify_strict(text.as_bytes(), &Signature::from_bytes(bytes));
            return checked.map(|()| text).map_err(|_| NoteError::FalseSignature);
        }
        Err(NoteError::OtherSigner { by, wanted: self.short() })
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{}", self.short(), BASE64.encode(&key))
    }
}

/// Says what is wrong with a verifier key, for whoever typed it.
impl FromStr for VerifierKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The key is base64, in which a plus may stand; a name and an id hold none.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("it isn't <name>+<id>+<key>");
        };
        if !is_name(name) {
            return Err("its name is empty or holds white space or a plus");
        }
        let bytes = BASE64.decode(key.as_bytes()).map_err(|_| "its key isn't base64")?;
        let key = bytes.strip_prefix(&[ED25519]).and_then(|key| <[u8; 32]>::try_from(key).ok());
        let key = key.and_then(|key| VerifyingKey::from_bytes(&key).ok()).filter(|key| !key.is_weak());
        let made = Self::new(name, key.ok_or("its key is no Ed25519 key")?);
        if HEXLOWER.encode(&made.id) == id {
            Ok(made)
        } else {
            Err("its id doesn't belong to its name and key")
        }
    }
}

#[cfg(test)]
mod specs;
