//! How fast each partner may send: a bucket per partner, filled by the hub's clock.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use seinhuis_domain::ids::PartnerId;
use seinhuis_runtime::Clock;

use crate::limits::Limits;

/// The hub's clock as the limiter reads it (INV-13).
#[derive(Debug, Clone)]
struct HubClock(Clock);

impl governor::clock::Clock for HubClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        // 64 bits of nanoseconds since 1970 last until 2554.
        Nanos::new(u64::try_from(self.0.now().as_nanosecond()).unwrap_or_default())
    }
}

/// The bucket of one partner.
pub(crate) struct Rate {
    limiter: RateLimiter<NotKeyed, InMemoryState, HubClock, NoOpMiddleware<Nanos>>,
    clock: HubClock,
}

impl Rate {
    /// Takes one out of the bucket; says how long to wait when it is empty.
    pub(crate) fn take(&self) -> Result<(), Duration> {
        self.limiter.check().map_err(|not_until| not_until.wait_time_from(self.clock.now()))
    }
}

/// The buckets of all partners. As many as there are partners, who are registered by hand.
pub(crate) struct Rates {
    quota: Quota,
    clock: HubClock,
    partners: Mutex<HashMap<PartnerId, Arc<Rate>>>,
}

impl Rates {
    pub(crate) fn new(limits: &Limits, clock: Clock) -> Self {
        let quota = Quota::per_second(limits.rate_per_second).allow_burst(limits.burst);
        Self { quota, clock: HubClock(clock), partners: Mutex::new(HashMap::new()) }
    }

    /// The bucket of `partner`: one for all its calls and streams.
    pub(crate) fn of(&self, partner: &PartnerId) -> Arc<Rate> {
        let mut partners = self.partners.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rate) = partners.get(partner) {
            return rate.clone();
        }
        let limiter = RateLimiter::direct_with_clock(self.quota, self.clock.clone());
        let rate = Arc::new(Rate { limiter, clock: self.clock.clone() });
        partners.insert(partner.clone(), rate.clone());
        rate
    }
}

#[cfg(test)]
mod specs {
    use jiff::SignedDuration;

    use super::*;

    fn rates(clock: &Clock) -> Rates {
        let limits = Limits {
            rate_per_second: 10.try_into().unwrap(),
            burst: 3.try_into().unwrap(),
            ..Limits::default()
        };
        Rates::new(&limits, clock.clone())
    }

    fn partner(name: &str) -> PartnerId {
        PartnerId::new(name).unwrap()
    }

    #[test]
    fn after_a_burst_a_partner_waits_for_the_next_place() {
        let clock = Clock::manual("2026-03-10T10:00:00Z".parse().unwrap());
        let rates = rates(&clock);
        let taken = (0..10).filter(|_| rates.of(&partner("wonion")).take().is_ok()).count();
        assert_eq!(taken, 3);
        let wait = rates.of(&partner("wonion")).take().unwrap_err();
        assert_eq!(wait, Duration::from_millis(100));
        clock.advance(SignedDuration::try_from(wait).unwrap());
        assert!(rates.of(&partner("wonion")).take().is_ok());
    }

    #[test]
    fn one_partner_does_not_use_up_the_rate_of_another() {
        let clock = Clock::manual("2026-03-10T10:00:00Z".parse().unwrap());
        let rates = rates(&clock);
        let refused = (0..10).filter(|_| rates.of(&partner("wonion")).take().is_err()).count();
        assert_eq!(refused, 7);
        assert!(rates.of(&partner("politie")).take().is_ok());
    }
}
