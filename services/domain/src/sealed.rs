//! The opaque form in which personal data passes through the rules.

use crate::ids::SubjectId;

/// Personal data as the key store sealed it: ciphertext and the ids of the keys that open it.
///
/// The rules never look inside. Two envelopes are equal only if keys and bytes are, and because sealing is
/// deterministic for one place in the log (the nonce is a function of stream and version), equal content sealed for
/// the same place compares equal. That is how a retry is told from a reused reference (INV-3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The keys needed, in the order in which the envelope's parts name them.
    pub keys: Vec<SubjectId>,
    /// The envelope, as stored and as hashed.
    pub bytes: Vec<u8>,
}
