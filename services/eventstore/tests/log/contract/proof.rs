//! Proving: what was signed is proven to anybody, goes on after every restart, and is never contradicted.

use std::time::Duration;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use seinhuis_eventstore::proof::{
    Book, Checkpoint, Kept, Notary, NoteError, Pace, ProofError, Signer, Unprovable, VerifierKey,
};
use seinhuis_eventstore::{Fault, Log, Position};
use seinhuis_runtime::Entropy;
use sha2::Sha256;

use super::Ledger;
use crate::exported::Exported;
use crate::lamp::batch;

fn signer(seed: u64) -> Signer {
    let folder = tempfile::tempdir().unwrap();
    Signer::open(&folder.path().join("proof.key"), "seinhuis/test", &Entropy::seeded(seed)).unwrap()
}

/// A notary that signs every seventh event.
fn notary(log: &Log, book: &Book) -> Notary {
    let pace = Pace { events: 7, ..Pace::default() };
    Notary::with_pace(log.clone(), book.clone(), signer(1), pace)
}

async fn grow(log: &Log, stream: &str, events: usize) {
    let version =
        log.read_stream(&seinhuis_eventstore::StreamId::parse(stream).unwrap()).await.unwrap().len();
    log.append(batch(stream, version as u64, events)).await.unwrap();
}

/// Lets the log grow and signs it.
pub(crate) async fn sign(log: &Log, book: &Book, events: usize) {
    grow(log, "lamp-1", events).await;
    notary(log, book).catch_up().await.unwrap();
}

fn opened(kept: &Kept, key: &VerifierKey) -> Checkpoint {
    let checkpoint = Checkpoint::open(&kept.note, key).unwrap();
    assert_eq!(checkpoint.size, kept.size);
    checkpoint
}

fn root(checkpoint: &Checkpoint) -> RootHash<Sha256> {
    RootHash::new(checkpoint.root.into(), checkpoint.size)
}

/// Judges every kept checkpoint and proofs of it against a tree that others wrote, over the bytes of an export.
async fn judged_by_others(log: &Log, book: &Book, key: &VerifierKey) -> Vec<u64> {
    let export = Exported::of(log, book).await;
    let kept = book.after(0, 10_000).await.unwrap();
    let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for checkpoint in &kept {
        let checkpoint = opened(checkpoint, key);
        while tree.len() < checkpoint.size {
            tree.push(export.events[tree.len() as usize].canonical.clone());
        }
        assert_eq!(tree.root().as_bytes()[..], checkpoint.root[..], "at size {}", checkpoint.size);
        for at in [1, checkpoint.size / 2 + 1, checkpoint.size] {
            let proof = book.inclusion(Position(at), Some(checkpoint.size)).await.unwrap();
            let event = &export.events[at as usize - 1];
            assert_eq!(proof.leaf, event.leaf);
            let path = InclusionProof::try_from_bytes(proof.path.concat()).unwrap();
            root(&checkpoint).verify_inclusion(&event.canonical, at - 1, &path).unwrap();
        }
    }
    for (old, new) in kept.iter().zip(kept.iter().skip(1)) {
        let proof = book.consistency(old.size, Some(new.size)).await.unwrap();
        let path = ConsistencyProof::try_from_bytes(proof.path.concat()).unwrap();
        let (old, new) = (opened(&proof.old, key), opened(&proof.new, key));
        root(&new).verify_consistency(&root(&old), &path).unwrap();
    }
    kept.iter().map(|kept| kept.size).collect()
}

pub(crate) async fn what_is_signed_is_proven_event_by_event_also_after_a_restart(ledger: &impl Ledger) {
    let (log, key) = (ledger.open().await, signer(1).verifier().clone());
    let book = ledger.book().await;
    assert_eq!(
        notary(&log, &book).catch_up().await.unwrap(),
        None,
        "of an empty log there is nothing to say"
    );
    grow(&log, "lamp-1", 260).await;
    let mut first = notary(&log, &book);
    assert_eq!(first.catch_up().await.unwrap().unwrap().size, 260);
    grow(&log, "lamp-2", 3).await;
    assert_eq!(first.catch_up().await.unwrap().unwrap().size, 263);
    assert_eq!(first.catch_up().await.unwrap().unwrap().size, 263);
    book.close().await;

    let book = ledger.book().await;
    grow(&log, "lamp-2", 300).await;
    notary(&log, &book).catch_up().await.unwrap();
    let sizes = judged_by_others(&log, &book, &key).await;
    let wanted = (7..260).step_by(7).chain([260, 263]).chain((270..563).step_by(7)).chain([563]);
    assert_eq!(sizes, wanted.collect::<Vec<_>>());
}

pub(crate) async fn notaries_of_one_key_leave_one_line_of_checkpoints(ledger: &impl Ledger) {
    let (log, book) = (ledger.open().await, ledger.book().await);
    let signing = |_| {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let pace = Pace { events: 5, every: Duration::from_millis(2) };
        let notary = Notary::with_pace(log.clone(), book.clone(), signer(1), pace);
        (stop, tokio::spawn(notary.run(async { drop(stopped.await) })))
    };
    let (stops, running): (Vec<_>, Vec<_>) = (0..3).map(signing).unzip();
    for _ in 0..40 {
        grow(&log, "lamp-1", 3).await;
    }
    stops.into_iter().for_each(|stop| stop.send(()).unwrap());
    for notary in running {
        notary.await.unwrap().unwrap();
    }
    let sizes = judged_by_others(&log, &book, signer(1).verifier()).await;
    assert_eq!(sizes.last(), Some(&120));
    assert!(sizes.windows(2).all(|pair| pair[1] - pair[0] <= 5), "{sizes:?}");
}

pub(crate) async fn a_notary_that_follows_signs_in_time_and_when_it_drains(ledger: &impl Ledger) {
    let (log, book) = (ledger.open().await, ledger.book().await);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let pace = Pace { events: 10, every: Duration::from_secs(3_600) };
    let notary = Notary::with_pace(log.clone(), book.clone(), signer(1), pace);
    let mut signed = notary.progress();
    let running = tokio::spawn(notary.run(async { drop(stopped.await) }));
    // Enough events are signed whatever the time is.
    grow(&log, "lamp-1", 10).await;
    signed.wait_for(|position| position.0 >= 10).await.unwrap();
    grow(&log, "lamp-1", 3).await;
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    assert_eq!(book.latest().await.unwrap().unwrap().size, 13);

    let pace = Pace { events: 1_000, every: Duration::from_millis(5) };
    let notary = Notary::with_pace(log.clone(), book.clone(), signer(1), pace);
    let mut signed = notary.progress();
    let running = tokio::spawn(notary.run(std::future::pending()));
    grow(&log, "lamp-1", 1).await;
    signed.wait_for(|position| position.0 == 14).await.unwrap();
    running.abort();
}

pub(crate) async fn a_log_that_went_on_differently_is_never_signed(ledger: &impl Ledger) {
    let (log, book) = (ledger.open().await, ledger.book().await);
    grow(&log, "lamp-1", 300).await;
    grow(&log, "lamp-2", 300).await;
    notary(&log, &book).catch_up().await.unwrap();
    let before = book.after(0, 1_000).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let other = Log::open(&format!("sqlite:{}", folder.path().join("log.sqlite").display())).await.unwrap();
    grow(&other, "lamp-1", 300).await;
    let fault = notary(&other, &book).catch_up().await.unwrap_err();
    assert!(matches!(fault, Fault::CutShort { head: Position(300), signed: 600 }), "{fault:?}");
    grow(&other, "lamp-3", 400).await;
    let fault = notary(&other, &book).catch_up().await.unwrap_err();
    assert!(matches!(fault, Fault::Forked { position: Position(301), signed: 600 }), "{fault:?}");
    assert_eq!(book.after(0, 1_000).await.unwrap(), before, "nothing was added");
}

/// As when somebody puts another log in the place of the one that is followed.
pub(crate) async fn what_another_signed_for_another_log_stops_a_notary_at_work(ledger: &impl Ledger) {
    let (log, book) = (ledger.open().await, ledger.book().await);
    grow(&log, "lamp-1", 20).await;
    let mut at_work = notary(&log, &book);
    at_work.catch_up().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let other = Log::open(&format!("sqlite:{}", folder.path().join("log.sqlite").display())).await.unwrap();
    grow(&other, "lamp-1", 25).await;
    notary(&other, &book).catch_up().await.unwrap();
    grow(&log, "lamp-2", 10).await;
    let fault = at_work.catch_up().await.unwrap_err();
    assert!(matches!(fault, Fault::Forked { position: Position(21), signed: 25 }), "{fault:?}");
}

pub(crate) async fn a_book_of_another_key_is_not_continued(ledger: &impl Ledger) {
    let (log, book) = (ledger.open().await, ledger.book().await);
    grow(&log, "lamp-1", 3).await;
    notary(&log, &book).catch_up().await.unwrap();
    grow(&log, "lamp-1", 3).await;
    let fault = Notary::new(log, book.clone(), signer(2)).catch_up().await.unwrap_err();
    let Fault::Checkpoint { size: 3, source: NoteError::OtherSigner { by, wanted } } = fault else {
        panic!("{fault:?}")
    };
    assert_eq!((by, wanted), (vec![signer(1).verifier().short()], signer(2).verifier().short()));
    assert_eq!(book.latest().await.unwrap().unwrap().size, 3);
}

pub(crate) async fn what_was_not_signed_is_refused_with_what_there_is(ledger: &impl Ledger) {
    let (log, book) = (ledger.open().await, ledger.book().await);
    let refused = |error| match error {
        ProofError::Refused(why) => why,
        ProofError::Fault(fault) => panic!("{fault:?}"),
    };
    let nothing = refused(book.inclusion(Position(1), None).await.unwrap_err());
    assert_eq!(nothing, Unprovable::NothingSigned);
    grow(&log, "lamp-1", 20).await;
    notary(&log, &book).catch_up().await.unwrap();
    for (position, size, limit) in [(21, None, 20), (0, None, 20), (8, Some(7), 7)] {
        let position = Position(position);
        let why = refused(book.inclusion(position, size).await.unwrap_err());
        assert_eq!(why, Unprovable::NotIncluded { position, size: limit });
    }
    for (size, next) in [(0, Some(7)), (8, Some(14)), (21, None), (u64::MAX, None)] {
        let why = refused(book.inclusion(Position(1), Some(size)).await.unwrap_err());
        assert_eq!(why, Unprovable::UnknownSize { size, next });
    }
    let why = refused(book.consistency(14, Some(7)).await.unwrap_err());
    assert_eq!(why, Unprovable::OldIsLarger { old: 14, new: 7 });
    let why = refused(book.consistency(13, None).await.unwrap_err());
    assert_eq!(why, Unprovable::UnknownSize { size: 13, next: Some(14) });
    assert_eq!(book.consistency(20, None).await.unwrap().path, [[0_u8; 32]; 0]);
}

pub(crate) async fn an_export_holds_every_event_and_every_checkpoint_in_its_place(ledger: &impl Ledger) {
    let (log, book) = (ledger.open().await, ledger.book().await);
    let empty = Exported::of(&log, &book).await;
    assert_eq!((empty.events.len(), empty.checkpoints.len()), (0, 0));
    grow(&log, "lamp-1", 2_100).await;
    notary(&log, &book).catch_up().await.unwrap();
    grow(&log, "lamp-2", 3).await;
    let export = Exported::of(&log, &book).await;
    let leaves = log.leaves(Position::START, 10_000).await.unwrap();
    assert_eq!(export.events.iter().map(|event| event.leaf).collect::<Vec<_>>(), leaves);
    for event in &export.events {
        let hashed = [&[0], event.canonical.as_slice()].concat();
        assert_eq!(event.leaf[..], <Sha256 as sha2::Digest>::digest(hashed)[..]);
    }
    let kept = book.after(0, 1_000).await.unwrap();
    let wanted = kept.into_iter().map(|kept| (kept.size as usize, kept.note)).collect::<Vec<_>>();
    assert_eq!((export.checkpoints.len(), &export.checkpoints), (300, &wanted));
}
