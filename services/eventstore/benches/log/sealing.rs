//! What it costs to seal a signal's text.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use seinhuis_domain::ids::SubjectId;
use seinhuis_eventstore::Append;
use seinhuis_eventstore::keyring::{Identifier, IdentifierKind, Keyring, Part, Place, SealError};
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

    /// Seals a text for each of `work`, with as many callers at once as append. Microseconds each.
    pub(crate) async fn seal_all(&self, work: &[Append], callers: usize) -> anyhow::Result<f64> {
        let places =
            work.iter().map(|append| append.stream.clone()).zip(self.subjects.iter().copied().cycle());
        let places: Arc<Vec<_>> = Arc::new(places.collect());
        let next = Arc::new(AtomicUsize::new(0));
        let began = Instant::now();
        let callers = (0..callers).map(|_| {
            let (keyring, places, next) = (self.keyring.clone(), Arc::clone(&places), Arc::clone(&next));
            tokio::spawn(async move {
                while let Some((stream, subject)) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let place = Place { event: "signal.reported", stream: stream.as_str(), version: 1 };
                    let part = Part { label: "text", keys: vec![*subject], plaintext: TEXT.to_vec().into() };
                    std::hint::black_box(keyring.seal(&place, &[part]).await?);
                }
                Ok::<_, SealError>(())
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await??;
        }
        Ok(began.elapsed().as_secs_f64() * 1e6 / work.len() as f64)
    }
}
