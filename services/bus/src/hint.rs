//! What is heard of a position that grows: the highest, as long as somebody stands by it.
//!
//! Anybody on the server may have said it, so it is checked for shape and otherwise not believed for long: a position
//! nobody ever reaches would be the highest for good, and no true one would be news again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use seinhuis_runtime::trace::TraceContext;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long a position stands against lower ones when nobody says it again.
const STANDS: Duration = Duration::from_secs(5);

/// The position, and those who watch it.
#[derive(Debug)]
pub(crate) struct Hint {
    highest: watch::Sender<u64>,
    /// When the highest, or a higher one, was last heard.
    heard: Mutex<Instant>,
    /// The trace in which somebody wrote to the log up to there, until it is taken.
    traced: Mutex<Option<TraceContext>>,
}

impl Hint {
    pub(crate) fn new() -> Self {
        Self { highest: watch::Sender::new(0), heard: Mutex::new(Instant::now()), traced: Mutex::default() }
    }

    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.highest.subscribe()
    }

    /// The trace in which a position was said last; each is given once.
    pub(crate) fn take_traced(&self) -> Option<TraceContext> {
        self.traced.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Takes a position in that was said in a trace.
    pub(crate) fn hear_in(&self, position: u64, trace: Option<TraceContext>) {
        if trace.is_some() {
            *self.traced.lock().unwrap_or_else(PoisonError::into_inner) = trace;
        }
        self.hear(position);
    }

    /// Takes a position in.
    pub(crate) fn hear(&self, position: u64) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        self.highest.send_if_modified(|highest| {
            if position < *highest && now.duration_since(*heard) < STANDS {
                return false;
            }
            *heard = now;
            std::mem::replace(highest, position) != position
        });
    }
}

/// The position in a message, if there is one: a decimal number that the log could hold.
pub(crate) fn position_in(message: &[u8]) -> Option<u64> {
    let digits = (1..=19).contains(&message.len()) && message.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(message).ok().filter(|_| digits)?;
    text.parse().ok().filter(|position| i64::try_from(*position).is_ok_and(|position| position > 0))
}

#[cfg(test)]
mod specs {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_highest_is_told_and_what_is_no_news_wakes_nobody() {
        let hint = Hint::new();
        let mut told = hint.watch();
        hint.hear(7);
        assert_eq!(*told.borrow_and_update(), 7);
        hint.hear(7);
        hint.hear(5);
        assert!(!told.has_changed().unwrap());
        hint.hear(8);
        assert_eq!(*told.borrow_and_update(), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn a_position_nobody_stands_by_gives_way_to_lower_ones() {
        let hint = Hint::new();
        let told = hint.watch();
        hint.hear(1_000_000_000);
        hint.hear(7);
        assert_eq!(*told.borrow(), 1_000_000_000);
        tokio::time::advance(STANDS).await;
        hint.hear(7);
        assert_eq!(*told.borrow(), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn a_position_that_is_said_again_stands() {
        let hint = Hint::new();
        let told = hint.watch();
        hint.hear(9);
        for _ in 0..3 {
            tokio::time::advance(STANDS / 2).await;
            hint.hear(9);
            hint.hear(7);
        }
        assert_eq!(*told.borrow(), 9);
    }

    #[test]
    fn only_a_number_the_log_could_hold_is_a_position() {
        assert_eq!(position_in(b"1"), Some(1));
        assert_eq!(position_in(b"9223372036854775807"), Some(u64::try_from(i64::MAX).unwrap()));
        let bad: [&[u8]; 10] = [
            b"",
            b"0",
            b"-1",
            b"+1",
            b" 1",
            b"1.0",
            b"0x1",
            b"\xff\xfe",
            b"9223372036854775808",
            b"99999999999999999999",
        ];
        for bad in bad {
            assert_eq!(position_in(bad), None, "{bad:?}");
        }
    }
}
