//! How often and after which pauses a signal that didn't get through is tried again.

use std::time::Duration;

use tonic::Code;

/// Pauses that double, and an end to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// The first pause.
    pub first: Duration,
    /// The longest one, also when the hub asks for more.
    pub longest: Duration,
    /// After this many tries in a row of which nothing came, it is given up.
    pub tries: u32,
    /// A hub that keeps silent for so long, with signals waiting for their receipts, counts as lost.
    pub silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(200),
            longest: Duration::from_secs(15),
            tries: 12,
            silence: Duration::from_secs(60),
        }
    }
}

/// How much of it is left.
#[derive(Debug)]
pub(super) struct Left {
    patience: Patience,
    tried: u32,
}

impl Left {
    pub(super) fn of(patience: Patience) -> Self {
        Self { patience, tried: 0 }
    }

    /// Something got through.
    pub(super) fn renew(&mut self) {
        self.tried = 0;
    }

    /// The pause before the next try, at least as long as the hub `asks` within reason; nothing when it's enough.
    pub(super) fn pause(&mut self, asks: Option<Duration>) -> Option<Duration> {
        if self.tried >= self.patience.tries {
            return None;
        }
        let doubled = self.patience.first.saturating_mul(1 << self.tried.min(16));
        self.tried += 1;
        Some(doubled.max(asks.unwrap_or_default()).min(self.patience.longest))
    }
}

/// Whether a stream that ended with this code may be opened again. The others won't change by trying.
pub fn may_retry(code: Code) -> bool {
    match code {
        Code::Unavailable
        | Code::ResourceExhausted
        | Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::Unknown
        | Code::Internal => true,
        Code::Ok
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::DataLoss
        | Code::Unauthenticated => false,
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn patience() -> Patience {
        let ms = Duration::from_millis;
        Patience { first: ms(100), longest: ms(1000), tries: 6, silence: ms(1) }
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_then_end() {
        let mut left = Left::of(patience());
        let pauses: Vec<_> = std::iter::from_fn(|| left.pause(None)).map(|pause| pause.as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1000, 1000]);
        left.renew();
        assert_eq!(left.pause(None), Some(Duration::from_millis(100)));
    }

    #[test]
    fn the_hub_may_ask_for_a_longer_pause_but_not_for_any() {
        let mut left = Left::of(patience());
        assert_eq!(left.pause(Some(Duration::from_millis(700))), Some(Duration::from_millis(700)));
        assert_eq!(left.pause(Some(Duration::from_millis(1))), Some(Duration::from_millis(200)));
        assert_eq!(left.pause(Some(Duration::from_secs(9999))), Some(Duration::from_secs(1)));
    }

    #[test]
    fn a_wrong_token_is_not_tried_again() {
        assert!(!may_retry(Code::Unauthenticated));
        assert!(!may_retry(Code::PermissionDenied));
        assert!(may_retry(Code::Unavailable));
    }
}
