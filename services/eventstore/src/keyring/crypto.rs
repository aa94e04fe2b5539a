//! The primitives, each used in one way only: derive, hash, wrap, encrypt.

use std::fmt;

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use seinhuis_runtime::Entropy;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::identifier::Identifier;
use crate::fault::Fault;

/// The keyed hash of an identifier.
pub(super) type Token = [u8; 32];

/// 32 bytes that open something. Wiped when dropped, never shown.
pub(crate) struct Key(Zeroizing<[u8; 32]>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    pub(super) fn random(entropy: &Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut_slice());
        Self(bytes)
    }

    pub(super) fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key that needs all of `keys`: with any of them gone, it is gone.
    pub(super) fn of_all<'a>(keys: impl Iterator<Item = &'a Key>, info: &[u8]) -> Self {
        let mut together = Zeroizing::new(Vec::with_capacity(256));
        for key in keys {
            together.extend_from_slice(key.bytes());
        }
        derive(&together, info)
    }

    /// Ciphertext and tag.
    pub(super) fn encrypt(&self, nonce: &[u8; 12], plaintext: &[u8], bound: &[u8]) -> Option<Vec<u8>> {
        self.cipher().encrypt(&Nonce::from(*nonce), Payload { msg: plaintext, aad: bound }).ok()
    }

    /// The plaintext, when key, nonce, ciphertext and `bound` are the ones of [`Key::encrypt`].
    pub(super) fn decrypt(
        &self,
        nonce: &[u8; 12],
        sealed: &[u8],
        bound: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let plaintext = self.cipher().decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: bound });
        plaintext.ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> Aes256GcmSiv {
        Aes256GcmSiv::new(&(*self.0).into())
    }
}

/// Hashes identifiers. Its key stays the same for the life of a store: a rotation only wraps it anew.
#[derive(Clone)]
pub(super) struct Index(std::sync::Arc<Key>);

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Index(…)")
    }
}

impl Index {
    pub(super) fn of(key: Key) -> Self {
        Self(key.into())
    }

    /// HMAC-SHA-256 over the kind's code and the normalised value.
    pub(super) fn token(&self, identifier: &Identifier) -> Token {
        let mut hash = hmac(self.0.bytes());
        hash.update(&[identifier.kind().code()]);
        hash.update(identifier.value());
        hash.finalize().into_bytes().into()
    }
}

/// `key` as a store may hold it, under `wrapper` and bound to `bound`: nonce (12) ‖ ciphertext and tag (48).
pub(super) fn wrap(wrapper: &Key, key: &Key, bound: &[u8], entropy: &Entropy) -> Result<Vec<u8>, Fault> {
    let mut nonce = [0; 12];
    entropy.fill(&mut nonce);
    let sealed = wrapper.encrypt(&nonce, key.bytes(), bound);
    let sealed = sealed.ok_or(Fault::Envelope { reason: "a key can't be wrapped" })?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// The key in what [`wrap`] made.
pub(super) fn unwrap(wrapper: &Key, wrapped: &[u8], bound: &[u8]) -> Option<Key> {
    let (nonce, sealed) = wrapped.split_first_chunk::<12>()?;
    let plain = wrapper.decrypt(nonce, sealed, bound)?;
    let mut bytes = Zeroizing::new([0; 32]);
    if plain.len() != bytes.len() {
        return None;
    }
    bytes.copy_from_slice(&plain);
    Some(Key(bytes))
}

/// HKDF-SHA-256 of `secret` under a label of its own.
pub(super) fn derive(secret: &[u8], info: &[u8]) -> Key {
    let mut bytes = Zeroizing::new([0; 32]);
    let made = Hkdf::<Sha256>::new(None, secret).expand(info, bytes.as_mut_slice());
    assert!(made.is_ok(), "HKDF-SHA-256 gives up to 8,160 bytes, 32 were asked");
    Key(bytes)
}

fn hmac(key: &[u8; 32]) -> Hmac<Sha256> {
    <Hmac<Sha256> as hmac::KeyInit>::new(&hmac::digest::Key::<Hmac<Sha256>>::from(padded(key)))
}

fn padded(key: &[u8; 32]) -> [u8; 64] {
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    block
}
