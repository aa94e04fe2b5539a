//! A read model that the processes share, with the fence that keeps out whoever's turn is over.

use seinhuis_eventstore::Position;
use seinhuis_projections::Waiting;

use crate::draw::Draw;
use crate::log::{Log, Refused};

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) waiting: Waiting,
    fence: u64,
}

impl Shared {
    pub(crate) fn of(waiting: Waiting) -> Self {
        Self { waiting, fence: 0 }
    }

    /// Nothing of an earlier epoch is taken in from here on.
    pub(crate) fn raise(&mut self, epoch: u64) {
        self.fence = self.fence.max(epoch);
    }

    /// Takes in what is new in the log, a page at a time. The pages are as long as they happen to be.
    pub(crate) fn catch_up(&mut self, log: &Log, epoch: u64, draw: &mut Draw) -> Result<(), Refused> {
        if epoch < self.fence {
            return Err(Refused::Fenced);
        }
        let mut new = log.after(self.waiting.position());
        while !new.is_empty() {
            let rest = new.split_off(draw.number(1, 12).unsigned_abs().min(new.len() as u64) as usize);
            self.waiting.take(new).expect("every event can be understood");
            new = rest;
        }
        Ok(())
    }

    /// It is lost, and made anew from the start of the log.
    pub(crate) fn lose(&mut self, empty: Waiting) {
        self.waiting = empty;
        debug_assert_eq!(self.waiting.position(), Position::START);
    }
}
