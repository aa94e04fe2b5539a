//! Tokens: shown once, kept as a hash.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a caller shows. 256 random bits, so a plain hash keeps it: there is nothing to guess.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Makes a token from 32 random bytes.
    pub fn from_entropy(bytes: [u8; 32]) -> Self {
        Self(format!("shs_{}", BASE64URL_NOPAD.encode(&bytes)))
    }

    /// Reads what a caller showed.
    pub fn shown(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The token itself, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept.
    pub fn hash(&self) -> TokenHash {
        TokenHash(HEXLOWER.encode(&Sha256::digest(self.0.as_bytes())))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// SHA-256 of a token, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenHash(String);

/// A token as issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedToken {
    /// Its hash.
    pub hash: TokenHash,
    /// From when it counts no more.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_token_never_shows_in_debug_output() {
        let token = Token::from_entropy([7; 32]);
        assert_eq!(format!("{token:?}"), "Token(…)");
    }

    #[test]
    fn the_hash_of_what_was_issued_is_the_hash_of_what_is_shown() {
        let token = Token::from_entropy([7; 32]);
        assert_eq!(Token::shown(token.reveal()).hash(), token.hash());
        assert_ne!(Token::shown("shs_other").hash(), token.hash());
    }
}
