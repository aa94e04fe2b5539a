//! A notary inside a process that also appends: it dies with it, and the next one goes on.

use std::path::PathBuf;
use std::time::Duration;

use seinhuis_eventstore::proof::{Book, Notary, Pace, Signer};
use seinhuis_eventstore::{Fault, Log};
use seinhuis_runtime::Entropy;
use seinhuis_tests::ORIGIN;

use crate::mouth::Mouth;

/// Often, so that many signatures are under way when the process dies.
const PACE: Pace = Pace { every: Duration::from_millis(20), events: 50 };

/// Signs for ever; ends only when the log isn't what was signed, or the key or the book can't be used.
pub(crate) async fn sign(log: Log, mouth: Mouth, book: String, key: PathBuf) -> String {
    let signer = match Signer::open(&key, ORIGIN, &Entropy::os()) {
        Ok(signer) => signer,
        Err(fault) => return fault.to_string(),
    };
    let book = loop {
        match Book::open(&book).await {
            Ok(book) => break book,
            Err(fault @ Fault::Unavailable { .. }) => mouth.fault(&fault).await,
            Err(other) => return other.to_string(),
        }
    };
    match Notary::with_pace(log, book, signer, PACE).run(std::future::pending()).await {
        Ok(()) => "the notary ended".to_owned(),
        Err(fault) => fault.to_string(),
    }
}
