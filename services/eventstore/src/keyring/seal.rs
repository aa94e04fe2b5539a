//! Sealing personal data for one place in the log, and opening it again.

use std::fmt;

use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::sealed::Sealed;
use zeroize::Zeroizing;

use super::crypto::Key;
use super::envelope::{self, MOST, SealedPart};
use super::{Held, Keyring};
use crate::fault::Fault;

/// The most a part may hold, in bytes.
const LARGEST: usize = 1 << 20;

/// The event an envelope belongs to. It opens nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The event's stored name.
    pub event: &'a str,
    /// Its stream.
    pub stream: &'a str,
    /// Its version in the stream.
    pub version: u64,
}

/// Something to seal.
#[derive(Clone, PartialEq, Eq)]
pub struct Part<'a> {
    /// What it is, as in `text`. Not personal: it stays readable.
    pub label: &'a str,
    /// Whose it is, in order. With any of them erased, the part is gone.
    pub keys: Vec<SubjectId>,
    /// The thing itself.
    pub plaintext: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part").field("label", &self.label).field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// Something opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// What it is.
    pub label: String,
    /// The thing itself, or what is left of it.
    pub content: Content,
}

/// What an opened part holds.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// What was sealed.
    Plain(Zeroizing<Vec<u8>>),
    /// Nothing: this subject was erased.
    Erased {
        /// The pseudonym; the first of the part's keys that is gone.
        subject: SubjectId,
    },
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(_) => f.write_str("Plain(…)"),
            Self::Erased { subject } => write!(f, "Erased({subject})"),
        }
    }
}

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The subject was erased. Whoever still means the same person asks for a new pseudonym.
    #[error("subject {subject} was erased")]
    Erased {
        /// The pseudonym.
        subject: SubjectId,
    },
    /// No parts or too many, no keys or too many, a label or a part that is too long.
    #[error("the parts don't fit an envelope: {reason}")]
    Parts {
        /// What doesn't fit.
        reason: &'static str,
    },
    /// The key store is broken, or knows a subject not at all.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Keyring {
    /// Seals `parts` for `place`. The same parts for the same place give the same bytes.
    pub async fn seal(&self, place: &Place<'_>, parts: &[Part<'_>]) -> Result<Sealed, SealError> {
        fits(parts).map_err(|reason| SealError::Parts { reason })?;
        let keys = self.keys_of(parts.iter().map(|part| part.keys.as_slice())).await?;
        let mut sealed = Vec::with_capacity(parts.len());
        for (index, part) in parts.iter().enumerate() {
            let key = match all_of(&part.keys, &keys)? {
                Ok(key) => key,
                Err(subject) => return Err(SealError::Erased { subject }),
            };
            let bound = envelope::bound(place, index, part.label, &part.keys);
            let bytes = key.encrypt(&envelope::nonce(place, index, part.label), &part.plaintext, &bound);
            let bytes = bytes.ok_or(Fault::Envelope { reason: "a part can't be sealed" })?;
            sealed.push(SealedPart { label: part.label.to_owned(), keys: part.keys.clone(), sealed: bytes });
        }
        Ok(envelope::encode(&sealed))
    }

    /// Opens the envelope of `place`, part by part. A part of an erased subject says so and the others open.
    pub async fn open_sealed(&self, place: &Place<'_>, envelope: &Sealed) -> Result<Vec<Opened>, Fault> {
        let parts =
            envelope::decode(envelope).ok_or(Fault::Envelope { reason: "its bytes aren't an envelope" })?;
        let keys = self.keys_of(parts.iter().map(|part| part.keys.as_slice())).await?;
        let open = |(index, part): (usize, SealedPart)| {
            let content = match all_of(&part.keys, &keys)? {
                Err(subject) => Content::Erased { subject },
                Ok(key) => {
                    let bound = envelope::bound(place, index, &part.label, &part.keys);
                    let plain =
                        key.decrypt(&envelope::nonce(place, index, &part.label), &part.sealed, &bound);
                    Content::Plain(plain.ok_or(Fault::Envelope { reason: "changed, or of another place" })?)
                }
            };
            Ok(Opened { label: part.label, content })
        };
        parts.into_iter().enumerate().map(open).collect()
    }

    /// Every key that `parts` name, once.
    async fn keys_of(
        &self,
        parts: impl Iterator<Item = &[SubjectId]>,
    ) -> Result<Vec<(SubjectId, Held)>, Fault> {
        let mut subjects: Vec<SubjectId> = parts.flatten().copied().collect();
        subjects.sort_unstable();
        subjects.dedup();
        let held = self.held(&subjects).await?;
        Ok(subjects.into_iter().zip(held).collect())
    }
}

fn fits(parts: &[Part<'_>]) -> Result<(), &'static str> {
    let mut subjects: Vec<_> = parts.iter().flat_map(|part| &part.keys).collect();
    subjects.sort_unstable();
    subjects.dedup();
    match () {
        () if parts.is_empty() || parts.len() > MOST => Err("it takes 1 to 255 parts"),
        () if parts.iter().any(|part| part.keys.is_empty()) => Err("every part is somebody's"),
        () if subjects.len() > MOST || parts.iter().any(|part| part.keys.len() > MOST) => {
            Err("it takes at most 255 keys")
        }
        () if parts.iter().any(|part| part.label.len() > MOST) => Err("a label takes at most 255 bytes"),
        () if parts.iter().any(|part| part.plaintext.len() > LARGEST) => Err("a part takes at most 1 MiB"),
        () => Ok(()),
    }
}

/// The key that opens what belongs to all of `subjects`, or the first of them that was erased. One subject's is its
/// own key; that of several is HKDF-SHA-256 over theirs in order.
fn all_of(subjects: &[SubjectId], keys: &[(SubjectId, Held)]) -> Result<Result<Key, SubjectId>, Fault> {
    let mut held = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let found = keys.binary_search_by_key(subject, |(id, _)| *id).ok().map(|at| &keys[at].1);
        match found {
            Some(Held::Key(key)) => held.push(key.as_ref()),
            Some(Held::Erased) => return Ok(Err(*subject)),
            Some(Held::Unknown) | None => return Err(Fault::UnknownSubject { subject: *subject }),
        }
    }
    if let [one] = held.as_slice() {
        return Ok(Ok(Key::from_bytes(Zeroizing::new(*one.bytes()))));
    }
    let ids = subjects.iter().flat_map(|subject| *subject.0.as_bytes());
    let info: Vec<u8> = b"seinhuis/keyring/part/v1".iter().copied().chain(ids).collect();
    Ok(Ok(Key::of_all(held.into_iter(), &info)))
}
