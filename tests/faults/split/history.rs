//! What happened in one run, as callers, the log, the mail server, the feed and the leases each saw it; and whether it all fits together.
//!
//! Every check is a function of the history alone, so that a history with a planted fault shows that it is found.

mod cases;
mod erasures;
mod feed;
mod finding;
mod journal;
mod leases;
mod mails;
mod read;
mod receipts;
mod rungs;
mod verified;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{CaseId, NoticeId, PartnerId, SignalId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::Urgency;

pub(crate) use feed::Published;
pub(crate) use finding::Finding;
pub(crate) use leases::{LeaseSeen, Takeover};
pub(crate) use mails::{Crash, Mail};
pub(crate) use read::read_log;
pub(crate) use rungs::Pace;
pub(crate) use verified::of_verify;

/// How long after the run began.
pub(crate) type Moment = Duration;

/// One event of the log.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) position: u64,
    /// Its stream: aggregate and id.
    pub(crate) stream: String,
    pub(crate) version: u64,
    pub(crate) actor: String,
    pub(crate) event: Event,
    /// Whether there is more in what is stored than this version knows of.
    pub(crate) later: bool,
}

impl Entry {
    /// The case it belongs to, if it belongs to one.
    fn case(&self) -> Option<CaseId> {
        match &self.event {
            Event::Case(_) => self.stream.strip_prefix("case-")?.parse().ok(),
            _ => None,
        }
    }
}

/// A signal as its partner sent it, however often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) partner: PartnerId,
    pub(crate) reference: String,
    pub(crate) kind: Kind,
    pub(crate) area: AreaCode,
    pub(crate) urgency: Urgency,
    pub(crate) occurred_at: Timestamp,
    /// The key of the household it is about.
    pub(crate) household: Option<String>,
}

impl Sent {
    pub(crate) fn id(&self) -> SignalId {
        SignalId::of(&self.partner, &self.reference)
    }
}

/// What a partner was told of a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) signal: SignalId,
    pub(crate) position: u64,
}

/// What a person was told of an act that changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acted {
    pub(crate) case: CaseId,
    /// As the log names him.
    pub(crate) by: String,
    /// The last fact of the act.
    pub(crate) position: u64,
}

/// One run.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// The log, in the order in which it was read.
    pub(crate) log: Vec<Entry>,
    /// Every signal that a partner sent.
    pub(crate) sent: BTreeMap<SignalId, Sent>,
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) acts: Vec<Acted>,
    pub(crate) mails: Vec<Mail>,
    /// When the log was seen to reach which position, in order.
    pub(crate) heads: Vec<(Moment, u64)>,
    pub(crate) leases: Vec<LeaseSeen>,
    /// What stands in the feed, oldest first; none where there is no feed.
    pub(crate) feed: Option<Vec<Published>>,
    /// What is public up to this position must have been published; nothing is asked where it is none. A hub that stops leaves
    /// what is new to its next start.
    pub(crate) feed_due_up_to: Option<u64>,
    /// How far the log was when the server had lost what stood in the feed.
    pub(crate) feed_lost_up_to: Option<u64>,
    /// When notify forgot what it had sent.
    pub(crate) crashes: Vec<Crash>,
    pub(crate) takeovers: Vec<Takeover>,
    /// How the hub's time ran, where all processes agreed on it.
    pub(crate) pace: Option<Pace>,
    /// What was due by then must have been done; nothing of that kind is asked where it is none.
    pub(crate) horizon: Option<Timestamp>,
}

impl History {
    /// Everything that does not fit, in the order of the checks.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let checks: [fn(&Self) -> Vec<Finding>; 8] = [
            journal::check,
            receipts::check,
            cases::check,
            rungs::check,
            mails::check,
            erasures::check,
            feed::check,
            leases::check,
        ];
        checks.iter().flat_map(|check| check(self)).collect()
    }

    /// When the log was first seen to have reached a position.
    fn seen(&self, position: u64) -> Option<Moment> {
        let at = self.heads.partition_point(|(_, head)| *head < position);
        self.heads.get(at).map(|(moment, _)| *moment)
    }

    /// What the checks counted, for the table.
    pub(crate) fn counts(&self) -> Counts {
        let of = |wanted: fn(&Event) -> bool| self.log.iter().filter(|entry| wanted(&entry.event)).count();
        Counts {
            signals: of(|event| matches!(event, Event::Signal(_))),
            rungs: of(rungs::is_climb),
            mails: self.mails.len(),
            published: self.feed.as_ref().map_or(0, Vec::len),
            extra: self.mails.len()
                - self
                    .mails
                    .iter()
                    .map(|mail| mail.notice)
                    .collect::<std::collections::BTreeSet<NoticeId>>()
                    .len(),
        }
    }
}

/// How much there was to check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) signals: usize,
    pub(crate) rungs: usize,
    pub(crate) mails: usize,
    /// Messages of the feed.
    pub(crate) published: usize,
    /// Mails that came once more, under the same id.
    pub(crate) extra: usize,
}

#[cfg(test)]
mod specs;
