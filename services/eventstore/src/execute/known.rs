//! Aggregates as they stood after their last command here. A stream that is written to again needn't be read again; should
//! somebody else have written to it meanwhile, its version says so, and it is read after all.

use std::collections::HashMap;

/// The aggregates that were used last. At most so many, and twice that for a moment (INV-11).
#[derive(Debug)]
pub struct Known<A> {
    most: usize,
    /// Used since the others were.
    young: HashMap<String, Seen<A>>,
    old: HashMap<String, Seen<A>>,
}

/// An aggregate at a version of its stream.
#[derive(Debug)]
pub(super) struct Seen<A> {
    pub(super) aggregate: A,
    pub(super) version: u64,
}

impl<A> Known<A> {
    /// Keeps up to about `most` aggregates; none when that is nought.
    pub fn new(most: usize) -> Self {
        Self { most, young: HashMap::new(), old: HashMap::new() }
    }

    /// The aggregate `id`, which isn't known any more then.
    pub(super) fn take(&mut self, id: &str) -> Option<Seen<A>> {
        self.young.remove(id).or_else(|| self.old.remove(id))
    }

    /// Keeps the aggregate `id`. When there are too many, those go that weren't used for longest.
    pub(super) fn keep(&mut self, id: &str, seen: Seen<A>) {
        if self.most == 0 {
            return;
        }
        if self.young.len() >= self.most {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(id.to_owned(), seen);
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn what_was_used_last_stays_known_and_there_are_never_many() {
        let mut known = Known::new(2);
        for id in 0..10_u64 {
            known.keep(&id.to_string(), Seen { aggregate: (), version: id });
            let kept = known.young.len() + known.old.len();
            assert!(kept <= 4, "{kept}");
            let nought = known.take("0").map(|seen| seen.version);
            assert_eq!(nought, Some(0), "it was used just now");
            known.keep("0", Seen { aggregate: (), version: 0 });
        }
        assert!(known.take("1").is_none() && known.take("9").is_some());
        let mut none = Known::new(0);
        none.keep("0", Seen { aggregate: (), version: 0 });
        assert!(none.take("0").is_none());
    }
}
