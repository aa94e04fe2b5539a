//! A model of a lease: one holder at a time, by the clock of the database, and an epoch that goes up with each.

use jiff::{SignedDuration, Timestamp};

/// How long it lives after it was renewed, which its holder does every second.
pub(crate) const LIFE: SignedDuration = SignedDuration::from_secs(3);

/// One life of one process: started anew, it is another holder.
pub(crate) type Holder = (usize, u64);

#[derive(Debug, Default)]
pub(crate) struct Lease {
    pub(crate) holder: Option<Holder>,
    pub(crate) epoch: u64,
    /// When it runs out, where nobody renews it any more.
    pub(crate) until: Option<Timestamp>,
    /// When each epoch began, and whose it was.
    pub(crate) taken: Vec<(Timestamp, Holder)>,
}

impl Lease {
    /// The next epoch is `holder`'s.
    pub(crate) fn take(&mut self, holder: Holder, now: Timestamp) -> u64 {
        self.epoch += 1;
        (self.holder, self.until) = (Some(holder), None);
        self.taken.push((now, holder));
        self.epoch
    }
}
