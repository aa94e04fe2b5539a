//! Notices that failed a try and are tried again later. Forgotten in a crash, which costs nothing but an earlier try.

use std::collections::HashMap;

use jiff::Timestamp;
use seinhuis_domain::ids::NoticeId;

use crate::tries::Tries;

/// How far each of them is, and when it is tried again.
#[derive(Debug, Default)]
pub struct PutOff(HashMap<NoticeId, (Tries, Timestamp)>);

impl PutOff {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// It is tried again at `at`.
    pub fn until(&mut self, notice: NoticeId, tries: Tries, at: Timestamp) {
        self.0.insert(notice, (tries, at));
    }

    /// It has its outcome.
    pub fn forget(&mut self, notice: NoticeId) {
        self.0.remove(&notice);
    }

    /// What was tried of it.
    pub fn tries(&self, notice: NoticeId) -> Option<Tries> {
        self.0.get(&notice).map(|(tries, _)| tries.clone())
    }

    /// Whether it isn't to be tried at `now` yet.
    pub fn waits(&self, notice: NoticeId, now: Timestamp) -> bool {
        self.0.get(&notice).is_some_and(|(_, at)| *at > now)
    }

    /// When the next of them is tried. Those whose time has come are tried already, or have an outcome by somebody who held the
    /// lease meanwhile: neither is waited for.
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        self.0.values().map(|(_, at)| *at).filter(|at| *at > now).min()
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_domain::ids::PersonId;

    #[test]
    fn one_whose_time_has_come_and_that_somebody_else_settled_keeps_nobody_awake() {
        let notice = |what| NoticeId::of(what, &PersonId::new("regisseur-ulft").unwrap());
        let [early, now, late] =
            ["10:00", "11:00", "12:00"].map(|time| format!("2026-03-10T{time}:00Z").parse().unwrap());
        let mut put_off = PutOff::default();
        put_off.until(notice("1"), Tries::of(None), early);
        put_off.until(notice("2"), Tries::of(None), late);
        assert_eq!((put_off.waits(notice("1"), now), put_off.waits(notice("2"), now)), (false, true));
        assert_eq!(put_off.next(now), Some(late));
        put_off.forget(notice("2"));
        assert_eq!((put_off.next(now), put_off.len()), (None, 1));
        assert_eq!(put_off.tries(notice("1")), Some(Tries::of(None)));
    }
}
