//! Keys and pseudonyms in memory, bounded: two generations, and what wasn't asked for in a whole one is let go.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use seinhuis_domain::ids::SubjectId;

use super::crypto::{Key, Token};

/// What is held of the key store. Keys are wiped when the last user of them is done.
#[derive(Debug)]
pub(super) struct Cache {
    keys: Generations<SubjectId, Arc<Key>>,
    subjects: Generations<Token, SubjectId>,
}

impl Cache {
    /// Room for at most `most` keys and as many pseudonyms.
    pub(super) fn new(most: usize) -> Self {
        Self { keys: Generations::new(most), subjects: Generations::new(most) }
    }

    pub(super) fn key(&self, subject: SubjectId) -> Option<Arc<Key>> {
        self.keys.get(&subject).cloned()
    }

    pub(super) fn subject(&self, token: &Token) -> Option<SubjectId> {
        self.subjects.get(token).copied()
    }

    pub(super) fn keep_key(&mut self, subject: SubjectId, key: Arc<Key>) {
        self.keys.put(subject, key);
    }

    pub(super) fn keep_subject(&mut self, token: Token, subject: SubjectId) {
        self.subjects.put(token, subject);
    }

    /// Forgets everything. An erasure is rare, so the rest is simply read again.
    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.subjects.clear();
    }
}

#[derive(Debug)]
struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    half: usize,
}

impl<K: Eq + Hash, V> Generations<K, V> {
    fn new(most: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), half: (most / 2).max(1) }
    }

    fn get(&self, key: &K) -> Option<&V> {
        self.young.get(key).or_else(|| self.old.get(key))
    }

    fn put(&mut self, key: K, value: V) {
        if self.young.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    fn clear(&mut self) {
        (self.young, self.old) = (HashMap::new(), HashMap::new());
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn never_more_than_its_room_and_the_latest_half_at_least() {
        let mut cache = Generations::new(10);
        for i in 0..1_000 {
            cache.put(i, i);
            assert!(cache.young.len() + cache.old.len() <= 10);
            assert!((0..5.min(i + 1)).all(|back| cache.get(&(i - back)).is_some()), "after {i}");
        }
        assert_eq!(cache.get(&900), None);
        cache.clear();
        assert_eq!(cache.get(&999), None);
    }
}
