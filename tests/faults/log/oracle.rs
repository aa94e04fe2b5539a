//! What callers were told, and what the log must therefore hold: nothing acknowledged is missing, moved or doubled.

use std::collections::BTreeMap;

use seinhuis_eventstore::{Log, Position, Recorded, Verdict, verify};
use seinhuis_tests::batch::Mark;
use seinhuis_tests::told::{Receipt, Told};

/// Receipts of all processes, ever.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    /// By position: the stream, version and maker of the event there.
    events: BTreeMap<u64, Mark>,
    /// The version up to which each stream is known to be stored.
    versions: BTreeMap<String, u64>,
    /// Appends acknowledged.
    pub(crate) receipts: usize,
    /// Those of them that had been refused at first, because the lost answer belonged to what was stored.
    pub(crate) found: usize,
}

impl Oracle {
    /// Writes down what the process `by` told.
    pub(crate) fn take(&mut self, by: &str, told: &[Told]) {
        for told in told {
            if let Told::Stored(receipt) = told {
                self.acknowledge(by, receipt);
            }
        }
    }

    fn acknowledge(&mut self, by: &str, receipt: &Receipt) {
        let Receipt { stream, before, version, first, last, .. } = receipt;
        assert_eq!(version - before, last - first + 1, "{receipt:?}");
        for (position, version) in (*first..=*last).zip(before + 1..) {
            let mark = Mark { by: by.to_owned(), stream: stream.clone(), version };
            if let Some(other) = self.events.insert(position, mark.clone()) {
                assert_eq!(other, mark, "position {position} was told to two callers");
            }
        }
        let known = self.versions.entry(stream.clone()).or_default();
        *known = (*known).max(*version);
        self.receipts += 1;
        self.found += usize::from(receipt.found);
    }

    /// The version that `stream` is known to have.
    pub(crate) fn version(&self, stream: &str) -> u64 {
        self.versions.get(stream).copied().unwrap_or(0)
    }

    /// Holds the log against it from `after` on: dense, every event where its maker meant it and once, and every receipt
    /// true. Tells how far it has looked.
    pub(crate) async fn audit_after(&self, log: &Log, after: u64) -> u64 {
        // Receipts were taken before, so the head lies past each of them.
        let head = log.look().await.unwrap().0;
        let acknowledged = self.events.last_key_value().map_or(0, |(position, _)| *position);
        assert!(acknowledged <= head, "{acknowledged} was acknowledged, and the log ends at {head}");
        let mut next = after + 1;
        while next <= head {
            let page = log.read(Position(next - 1), 1_000).await.unwrap();
            assert!(!page.events.is_empty(), "nothing at {next}, and the head says {head}");
            for event in page.events {
                assert_eq!(event.position.0, next, "positions are dense");
                self.judge(&event);
                next += 1;
            }
        }
        next - 1
    }

    fn judge(&self, event: &Recorded) {
        let mark = Mark::of(event).unwrap();
        // The database lets a version stand once; that it is the version it was made for says that it is not doubled.
        assert_eq!((&mark.stream, mark.version), (&event.stream.to_string(), event.version), "{event:?}");
        if let Some(told) = self.events.get(&event.position.0) {
            assert_eq!(&mark, told, "what was acknowledged at {} is not there", event.position);
        }
    }

    /// The same for the whole log, which must also verify.
    pub(crate) async fn audit(&self, log: &Log) -> Verdict {
        let events = self.audit_after(log, 0).await;
        let verdict = verify(log).await.unwrap();
        assert!(verdict.is_sound(), "{:?}", verdict.findings);
        assert_eq!(verdict.events, events);
        verdict
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn receipt(stream: &str, before: u64, first: u64, last: u64) -> Told {
        let version = before + last + 1 - first;
        let stream = stream.to_owned();
        Told::Stored(Receipt { stream, before, version, first, last, at: 0, found: false })
    }

    #[test]
    fn a_receipt_told_again_is_the_same_receipt() {
        let mut oracle = Oracle::default();
        oracle.take("a", &[receipt("lamp-1", 0, 1, 3), receipt("lamp-1", 0, 1, 3), Told::Ready]);
        assert_eq!((oracle.version("lamp-1"), oracle.version("lamp-2"), oracle.receipts), (3, 0, 2));
    }

    #[test]
    #[should_panic(expected = "position 3 was told to two callers")]
    fn a_place_told_to_two_callers_is_seen() {
        let mut oracle = Oracle::default();
        oracle.take("a", &[receipt("lamp-1", 0, 1, 3)]);
        oracle.take("b", &[receipt("lamp-2", 0, 3, 4)]);
    }
}
