//! Sealing what somebody writes who acts on a case: the note for those who work on it, and what partners read who reported.
//!
//! Either may say anything about anybody the case is about, so it belongs to all of them: it is sealed under the keys
//! of all subjects of the case, and the erasure of any of them takes it along. Those erased before are left out.
//! A case about nobody (or nobody any more) has a key of its own.

use std::collections::BTreeSet;

use seinhuis_contract::status::Problem;
use seinhuis_domain::ids::{CaseId, SubjectId};
use seinhuis_domain::sealed::Sealed;
use seinhuis_eventstore::keyring::{Identifier, IdentifierKind, Keyring, Known, Part, Place, SealError};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// What is written for those who work on the case.
pub(super) const NOTE: &str = "note";

/// What is written for the partners that reported. Of an envelope they are shown this part and no other.
pub(super) const FEEDBACK: &str = "feedback";

/// A text, under what it is called in the envelope.
pub(super) type Written = (&'static str, String);

/// How many persons' keys one envelope takes.
const MOST_KEYS: usize = 255;

/// How often to look again when somebody was erased between looking and sealing.
const ATTEMPTS: u32 = 4;

/// Stands for a note that is still to be sealed, so that the rules see there is one.
pub(super) fn to_come() -> Sealed {
    Sealed { keys: vec![], bytes: vec![] }
}

/// Seals what was written for `place`.
pub(super) async fn seal(
    keyring: &Keyring,
    place: &Place<'_>,
    case: CaseId,
    subjects: &BTreeSet<SubjectId>,
    written: &[Written],
) -> Result<Sealed, Failure> {
    let mut attempt = 1;
    loop {
        let keys = keys(keyring, case, subjects).await?;
        let part = |(label, text): &Written| {
            let plaintext = Zeroizing::new(text.as_bytes().to_vec());
            Part { label, keys: keys.clone(), plaintext }
        };
        let parts: Vec<_> = written.iter().map(part).collect();
        match keyring.seal(place, &parts).await {
            Ok(sealed) => return Ok(sealed),
            Err(SealError::Erased { .. }) if attempt < ATTEMPTS => attempt += 1,
            Err(SealError::Erased { .. }) => return Err(Problem::Conflict.into()),
            Err(SealError::Parts { .. }) => return Err(too_many_people().into()),
            Err(SealError::Fault(fault)) => return Err(fault.into()),
        }
    }
}

/// The subjects that still have a key; the case's own where there are none.
async fn keys(
    keyring: &Keyring,
    case: CaseId,
    subjects: &BTreeSet<SubjectId>,
) -> Result<Vec<SubjectId>, Failure> {
    let mut active = Vec::with_capacity(subjects.len());
    for subject in subjects {
        match keyring.known(*subject).await? {
            Known::Active => active.push(*subject),
            // A pseudonym without a key opens nothing, now or later.
            Known::Erased | Known::Unknown => {}
        }
    }
    if active.len() > MOST_KEYS {
        return Err(too_many_people().into());
    }
    if active.is_empty() {
        let own = Identifier::new(IdentifierKind::Signal, format!("case:{case}"));
        active = keyring.pseudonyms(&[own]).await?;
    }
    Ok(active)
}

fn too_many_people() -> Problem {
    let message = format!("a note can't be sealed for more than {MOST_KEYS} persons: act without one");
    Problem::Refused { reason: "TOO_MANY_PEOPLE", message }
}
