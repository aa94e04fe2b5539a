//! How far a notice is among the ways of its person: the first that works is enough, and the next one is tried when one has
//! failed for good.

use jiff::{SignedDuration, Timestamp};
use seinhuis_projections::NoticeRow;

use crate::channel::Undeliverable;
use crate::contact::{Contact, Way};
use crate::retry::{OverDays, Retry};

/// What was tried so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tries {
    /// The way that is tried now.
    pub way: Way,
    /// Those that come after it.
    left: Vec<Way>,
    /// Tries made over it, and when the first one was.
    here: u32,
    began: Option<Timestamp>,
    /// Tries made over all of them.
    pub all: u32,
    /// Why those before it failed.
    reasons: Vec<String>,
}

/// What comes of a try that failed.
#[derive(Debug, PartialEq, Eq)]
pub enum After {
    /// Another one.
    Again {
        /// What was tried so far.
        tries: Tries,
        /// When.
        at: Timestamp,
    },
    /// Nothing: no way is left.
    Failed {
        /// Why each of them failed.
        reason: String,
    },
}

/// When the ways are tried again.
#[derive(Debug, Clone, Copy)]
pub struct Retries {
    /// A mail.
    pub mail: Retry,
    /// A webhook.
    pub webhook: OverDays,
}

impl Tries {
    /// None yet, for this person.
    pub fn of(contact: Option<&Contact>) -> Self {
        let ways = contact.map_or(&[][..], |contact| &contact.ways);
        // Who has no contact isn't reached by mail either, and that is what is said then.
        let (way, left) =
            ways.split_first().map_or((Way::Mail, Vec::new()), |(way, left)| (*way, left.to_vec()));
        Self { way, left, here: 0, began: None, all: 0, reasons: Vec::new() }
    }

    /// The same with one more try.
    pub fn one_more(mut self, now: Timestamp) -> Self {
        self.here += 1;
        self.all += 1;
        self.began.get_or_insert(now);
        self
    }

    /// What comes after the last of these failed.
    pub fn after(
        &self,
        failure: &Undeliverable,
        notice: &NoticeRow,
        now: Timestamp,
        retries: &Retries,
    ) -> After {
        let mut tries = self.clone();
        if let Some(pause) = self.pause(failure, notice, now, retries).filter(|_| !failure.is_final()) {
            return After::Again { tries, at: now.saturating_add(pause).unwrap_or(Timestamp::MAX) };
        }
        tries.reasons.push(failure.to_string());
        if tries.left.is_empty() {
            return After::Failed { reason: tries.reasons.join("; ") };
        }
        tries.way = tries.left.remove(0);
        (tries.here, tries.began) = (0, None);
        After::Again { tries, at: now }
    }

    fn pause(
        &self,
        failure: &Undeliverable,
        notice: &NoticeRow,
        now: Timestamp,
        retries: &Retries,
    ) -> Option<SignedDuration> {
        match self.way {
            Way::Mail => retries.mail.pause_after(self.here),
            Way::Webhook => {
                // What was tried before is forgotten in a crash. A person with another way is told by that one even so, however
                // often the process is started anew: his webhook has its days from when the notice was to go out.
                let from = if self.left.is_empty() { self.began } else { Some(notice.send_at) };
                let begun = now.duration_since(from.unwrap_or(now));
                retries.webhook.pause_after(notice.id, self.here, begun, failure.asks_to_wait())
            }
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::channel::WebhookFailure;
    use crate::scene;

    const RETRIES: Retries = Retries {
        mail: Retry { attempts_max: 2, first_pause: SignedDuration::from_secs(30) },
        webhook: OverDays { attempts_max: 10 },
    };

    fn busy(retry_after: Option<SignedDuration>) -> Undeliverable {
        WebhookFailure::Answered { code: 503, retry_after }.into()
    }

    /// Tries these ways from `now` on, each failing as told, and says what was tried how often until it was over.
    fn lived(
        ways: &[Way],
        mut now: Timestamp,
        failure: impl Fn(Way) -> Undeliverable,
    ) -> (Vec<Way>, Timestamp, String) {
        let notice = scene::notice("any");
        let (mut tries, mut tried) = (Tries::of(Some(&scene::contact(ways))), Vec::new());
        loop {
            tries = tries.one_more(now);
            tried.push(tries.way);
            match tries.after(&failure(tries.way), &notice, now, &RETRIES) {
                After::Again { tries: next, at } => (tries, now) = (next, at),
                After::Failed { reason } => {
                    assert_eq!(tries.all, u32::try_from(tried.len()).unwrap());
                    return (tried, now, reason);
                }
            }
        }
    }

    fn any(way: Way) -> Undeliverable {
        match way {
            Way::Mail => Undeliverable::NoText,
            Way::Webhook => busy(None),
        }
    }

    #[test]
    fn the_next_way_is_tried_at_once_when_one_fails_for_good_and_the_reasons_of_all_are_told() {
        let now = scene::notice("any").send_at;
        let gone = |way| if way == Way::Webhook { WebhookFailure::Gone.into() } else { any(way) };
        let (tried, ended, reason) = lived(&[Way::Webhook, Way::Mail], now, gone);
        assert_eq!((tried, ended), (vec![Way::Webhook, Way::Mail], now));
        assert_eq!(reason, "the webhook is gone (410); the text of the notice can't be made");
    }

    #[test]
    fn the_order_is_the_persons() {
        let now = scene::notice("any").send_at;
        let (tried, ..) = lived(&[Way::Mail, Way::Webhook], now, any);
        assert_eq!((tried[0], tried.len()), (Way::Mail, 11));
    }

    #[test]
    fn a_webhook_that_is_busy_has_its_three_days_before_the_next_way_is_tried() {
        let now = scene::notice("any").send_at;
        let (tried, ended, _) = lived(&[Way::Webhook, Way::Mail], now, any);
        assert_eq!((tried.len(), tried[9], tried[10]), (11, Way::Webhook, Way::Mail));
        assert!(ended.duration_since(now) > SignedDuration::from_hours(75));
    }

    #[test]
    fn after_a_crash_on_the_fifth_day_the_next_way_is_tried_at_once_and_a_webhook_without_one_has_its_days() {
        let now = scene::notice("any").send_at + SignedDuration::from_hours(120);
        let (tried, ended, _) = lived(&[Way::Webhook, Way::Mail], now, any);
        assert_eq!((tried, ended), (vec![Way::Webhook, Way::Mail], now));
        let (tried, ..) = lived(&[Way::Webhook], now, any);
        assert_eq!(tried.len(), 10);
    }

    #[test]
    fn what_a_receiver_asks_for_is_waited() {
        let now = scene::notice("any").send_at;
        let hour = SignedDuration::from_hours(1);
        let tries = Tries::of(Some(&scene::contact(&[Way::Webhook]))).one_more(now);
        let after = tries.after(&busy(Some(hour)), &scene::notice("any"), now, &RETRIES);
        assert_eq!(after, After::Again { tries, at: now + hour });
    }
}
