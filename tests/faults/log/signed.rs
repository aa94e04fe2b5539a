//! What notaries signed while they and the writers were killed: one line of checkpoints, each the beginning of the next, and
//! the last of them the log as it is (INV-10).

use std::path::PathBuf;

use ct_merkle::{ConsistencyProof, RootHash};
use seinhuis_eventstore::Log;
use seinhuis_eventstore::proof::{Book, Checkpoint, Kept, Notary, Signer, VerifierKey};
use seinhuis_runtime::Entropy;
use seinhuis_tests::ORIGIN;
use sha2::Sha256;

/// A proof book and the key by which it is signed.
pub(crate) struct Notaries {
    folder: tempfile::TempDir,
    book: String,
}

impl Notaries {
    /// Whose book is at `book`, or in a file of its own.
    pub(crate) fn new(book: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let beside = format!("sqlite:{}", folder.path().join("proof.sqlite").display());
        let notaries = Self { book: book.unwrap_or(beside), folder };
        // There before the first process: two that make one at the same moment would be two keys.
        notaries.signer();
        notaries
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("proof.key")
    }

    fn signer(&self) -> Signer {
        Signer::open(&self.key(), ORIGIN, &Entropy::os()).unwrap()
    }

    /// What an appender is started with to sign as well.
    pub(crate) fn arguments(&self) -> Vec<String> {
        vec!["--sign".to_owned(), self.book.clone(), self.key().display().to_string()]
    }

    /// Signs what is left of `log` and holds every checkpoint against the next one, and the last against the log's `root`.
    /// Tells how many there are.
    pub(crate) async fn audit(&self, log: &Log, root: [u8; 32]) -> usize {
        let book = Book::open(&self.book).await.unwrap();
        let signer = self.signer();
        let key = signer.verifier().clone();
        Notary::new(log.clone(), book.clone(), signer).catch_up().await.unwrap();
        let kept = book.after(0, 100_000).await.unwrap();
        for pair in kept.windows(2) {
            let proof = book.consistency(pair[0].size, Some(pair[1].size)).await.unwrap();
            let path = ConsistencyProof::try_from_bytes(proof.path.concat()).unwrap();
            let (old, new) = (opened(&pair[0], &key), opened(&pair[1], &key));
            let [old, new] = [old, new].map(|it| RootHash::<Sha256>::new(it.root.into(), it.size));
            new.verify_consistency(&old, &path).unwrap();
        }
        assert_eq!(opened(kept.last().unwrap(), &key).root, root, "the last checkpoint is of another log");
        book.close().await;
        kept.len()
    }
}

fn opened(kept: &Kept, key: &VerifierKey) -> Checkpoint {
    let checkpoint = Checkpoint::open(&kept.note, key).unwrap();
    assert_eq!(checkpoint.size, kept.size);
    checkpoint
}
