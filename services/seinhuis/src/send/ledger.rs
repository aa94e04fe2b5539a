//! What became of each row, and up to where all is settled.
//!
//! Rows settle in any order, but what follows from that (totals, refusals, the mark to resume from) is told in the
//! order of the file, so that everything before the mark is settled and nothing after it has been told.

use std::collections::VecDeque;

use super::refusal::Refusal;

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is in the log for the first time.
    New,
    /// It was there.
    Duplicate,
    /// It isn't in the log.
    Refused(Refusal),
}

/// The rows between the mark and the last one taken up.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    mark: u64,
    open: VecDeque<Option<Outcome>>,
}

impl Ledger {
    /// A ledger in which this many rows are settled already.
    pub(super) fn from_mark(mark: u64) -> Self {
        Self { mark, open: VecDeque::new() }
    }

    /// Takes up the next row of the file and gives its number, counted from 0.
    pub(super) fn take_up(&mut self) -> u64 {
        self.open.push_back(None);
        self.mark + self.open.len() as u64 - 1
    }

    /// Settles a row that was taken up and isn't settled yet. Returns what can be told now, in the order of the file.
    pub(super) fn settle(&mut self, row: u64, outcome: Outcome) -> Vec<Outcome> {
        let place = row.checked_sub(self.mark).and_then(|at| self.open.get_mut(at as usize));
        let place = place.filter(|place| place.is_none());
        assert!(place.is_some(), "row {row} isn't open");
        if let Some(place) = place {
            *place = Some(outcome);
        }
        let mut told = Vec::new();
        while let Some(Some(_)) = self.open.front() {
            told.extend(self.open.pop_front().flatten());
            self.mark += 1;
        }
        told
    }

    /// How many rows from the start of the file are settled without a gap.
    pub(super) fn mark(&self) -> u64 {
        self.mark
    }

    /// How many rows are taken up beyond the mark.
    pub(super) fn open_rows(&self) -> usize {
        self.open.len()
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use proptest::prelude::*;

    fn refused(line: u64) -> Outcome {
        Outcome::Refused(Refusal { line, reference: String::new(), misfits: vec![] })
    }

    proptest! {
        #[test]
        fn rows_settled_in_any_order_are_told_once_and_in_order(
            order in Just((5..25u64).collect::<Vec<_>>()).prop_shuffle()
        ) {
            let mut ledger = Ledger::from_mark(5);
            let rows: Vec<_> = (5..25).map(|_| ledger.take_up()).collect();
            prop_assert_eq!(&rows, &(5..25).collect::<Vec<_>>());
            let (mut told, mut settled) = (Vec::new(), Vec::new());
            for row in order {
                settled.push(row);
                told.extend(ledger.settle(row, refused(row)));
                prop_assert_eq!(ledger.mark(), 5 + told.len() as u64);
                prop_assert!((5..ledger.mark()).all(|row| settled.contains(&row)));
                prop_assert!(!settled.contains(&ledger.mark()));
            }
            prop_assert_eq!(told, (5..25).map(refused).collect::<Vec<_>>());
            prop_assert_eq!(ledger.open_rows(), 0);
        }
    }

    #[test]
    #[should_panic(expected = "row 0 isn't open")]
    fn no_row_settles_twice() {
        let mut ledger = Ledger::default();
        let (first, _second) = (ledger.take_up(), ledger.take_up());
        ledger.settle(first, Outcome::New);
        ledger.settle(first, Outcome::New);
    }
}
