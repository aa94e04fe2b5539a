//! Telling: one line at a time, whole, and at once.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use seinhuis_eventstore::Fault;
use seinhuis_runtime::Clock;
use seinhuis_tests::told::Told;

/// How long after a fault it is tried again.
const NAP: Duration = Duration::from_millis(20);
/// The same for who only reads, and is to know soon.
const BLINK: Duration = Duration::from_millis(1);

/// Standard output, and the clock by which things are told.
#[derive(Clone)]
pub(crate) struct Mouth {
    clock: Clock,
}

impl Mouth {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The time, in microseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now().as_microsecond()
    }

    pub(crate) fn tell(&self, told: &Told) {
        let Ok(mut line) = serde_json::to_vec(told) else { return };
        line.push(b'\n');
        let mut out = std::io::stdout().lock();
        // Nobody listens any more: the end of the input follows.
        let _ = out.write_all(&line).and_then(|()| out.flush());
    }

    /// Tells of a fault that may pass, and lets a moment go by.
    pub(crate) async fn fault(&self, fault: &Fault) {
        self.tell_of(fault);
        tokio::time::sleep(NAP).await;
    }

    /// The same for who only reads.
    pub(crate) async fn fault_of_reading(&self, fault: &Fault) {
        self.tell_of(fault);
        tokio::time::sleep(BLINK).await;
    }

    fn tell_of(&self, fault: &Fault) {
        let mut words = fault.to_string();
        if let Some(source) = fault.source() {
            // Writing to a string can't fail.
            let _ = write!(words, " ({source})");
        }
        self.tell(&Told::Fault(words));
    }
}
