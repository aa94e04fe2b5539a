//! Who looks at the log: the hub's verifier at the database, and the stand-alone one at an export, with a checkpoint that was
//! kept elsewhere.

use seinhuis_eventstore::proof::{Checkpoint, export};
use seinhuis_eventstore::{Fault, verify_signed};
use seinhuis_verifier::Key;

use crate::scene::Signed;

/// A stretch of positions that somebody found something in.
pub(crate) type Found = (u64, u64);

/// What was found by whom.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) hub: Vec<Found>,
    pub(crate) alone: Vec<Found>,
}

pub(crate) struct Judges {
    signed: Signed,
    key: Key,
}

impl Judges {
    pub(crate) fn of(signed: Signed) -> Self {
        let key = Key::parse(&signed.signer.verifier().to_string()).unwrap();
        Self { signed, key }
    }

    pub(crate) async fn judge(&self) -> Judged {
        Judged { hub: self.hub().await, alone: self.alone().await }
    }

    pub(crate) async fn assert_sound(&self) {
        let judged = self.judge().await;
        assert!(judged.hub.is_empty() && judged.alone.is_empty(), "{judged:?}");
    }

    pub(crate) async fn close(self) {
        self.signed.book.close().await;
        self.signed.log.close().await;
    }

    /// The hub's verifier with the proof book, and its root held against the kept checkpoint.
    async fn hub(&self) -> Vec<Found> {
        let Signed { log, book, signer, .. } = &self.signed;
        let verdict = verify_signed(log, book, Some(signer.verifier())).await.unwrap();
        let kept = Checkpoint::open(&self.signed.kept.note, self.signed.signer.verifier()).unwrap();
        let others = verdict.findings.iter().filter(|finding| !finding.what.starts_with("the guard"));
        let mut found: Vec<_> = others
            .map(|finding| (finding.position.0, end(&finding.what).unwrap_or(finding.position.0)))
            .collect();
        if verdict.events < kept.size {
            found.push((verdict.events + 1, kept.size));
        } else if verdict.events == kept.size && verdict.root != kept.root {
            found.push((verdict.signed + 1, kept.size));
        }
        found
    }

    /// The stand-alone verifier. An export that can't be made, as events are missing, says where as well.
    async fn alone(&self) -> Vec<Found> {
        let Signed { log, book, kept, .. } = &self.signed;
        let mut bytes = Vec::new();
        match export(log, book, &mut bytes).await {
            Ok(_) => {}
            Err(Fault::Corrupt { position, .. }) => return vec![(position.0, position.0)],
            Err(other) => panic!("{other:?}"),
        }
        let kept = [kept.note.clone().into_bytes()];
        let verdict = seinhuis_verifier::verify(bytes.as_slice(), &self.key, &kept).unwrap();
        verdict.findings.iter().map(|finding| (finding.from, finding.to)).collect()
    }
}

/// Where a stretch that a finding tells of ends: "one of the events up to 8 isn't …".
fn end(what: &str) -> Option<u64> {
    let (_, rest) = what.split_once(" up to ")?;
    rest.split(' ').next()?.parse().ok()
}
