//! What it costs to seal a signal's text.

use std::time::Instant;

use seinhuis_domain::ids::SubjectId;
use seinhuis_eventstore::Append;
use seinhuis_eventstore::keyring::{Identifier, IdentifierKind, Keyring, Part, Place};
use seinhuis_runtime::Entropy;

/// Persons the texts are about.
const SUBJECTS: usize = 1_000;

const TEXT: [u8; 200] = [b'x'; 200];

/// A key store with some persons in it.
pub(crate) struct Sealing {
    keyring: Keyring,
    subjects: Vec<SubjectId>,
    _folder: tempfile::TempDir,
}

impl Sealing {
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (keys, master) = (folder.path().join("keys.sqlite"), folder.path().join("master.key"));
        let keyring = Keyring::open(&keys, &master, Entropy::os()).await?;
        let identifiers =
            (0..SUBJECTS).map(|n| Identifier::new(IdentifierKind::Place, format!("Dorpsstraat {n}, Ulft")));
        let subjects = keyring.pseudonyms(&identifiers.collect::<Vec<_>>()).await?;
        Ok(Self { keyring, subjects, _folder: folder })
    }

    /// Seals a text for each of `work`. Microseconds each.
    pub(crate) async fn seal_all(&self, work: &[Append]) -> anyhow::Result<f64> {
        let began = Instant::now();
        for (append, subject) in work.iter().zip(self.subjects.iter().cycle()) {
            let place = Place { event: "signal.reported", stream: append.stream.as_str(), version: 1 };
            let part = Part { label: "text", keys: vec![*subject], plaintext: TEXT.to_vec().into() };
            std::hint::black_box(self.keyring.seal(&place, &[part]).await?);
        }
        Ok(began.elapsed().as_secs_f64() * 1e6 / work.len() as f64)
    }
}
