//! Whether the machine's clock can be believed. A process whose clock runs ahead would fire before the time, and one that
//! lags would be late: the database's clock is the one that all processes share.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use seinhuis_eventstore::{Fault, Log};
use seinhuis_runtime::Clock;
use tokio::time::Instant;

/// How far the clocks may be apart.
const BOUND: SignedDuration = SignedDuration::from_secs(2);
/// How long an answer holds.
const HOLDS: Duration = Duration::from_secs(10);

/// The machine's clock, beside the database's.
#[derive(Debug)]
pub(crate) struct Skew {
    machine: Clock,
    believed: Option<Instant>,
}

impl Skew {
    /// Of this clock, which the hub's own runs by.
    pub(crate) fn of(machine: Clock) -> Self {
        Self { machine, believed: None }
    }

    /// Whether the clock can be believed.
    pub(crate) async fn is_small(&mut self, log: &Log) -> Result<bool, Fault> {
        if self.believed.is_some_and(|at| at.elapsed() < HOLDS) {
            return Ok(true);
        }
        let before = self.machine.now();
        let Some(database) = log.time().await? else { return Ok(true) };
        let after = self.machine.now();
        let is_small = is_within(before, database, after);
        self.believed = is_small.then(Instant::now);
        if !is_small {
            let ahead = format!("{:#}", after.duration_since(database));
            tracing::error!(
                ahead,
                "the machine's clock and the database's are too far apart: no timer fires"
            );
        }
        Ok(is_small)
    }
}

/// The database was asked between `before` and `after`.
fn is_within(before: Timestamp, database: Timestamp, after: Timestamp) -> bool {
    before.duration_since(database) <= BOUND && database.duration_since(after) <= BOUND
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_testkit::{Heard, Place};

    #[tokio::test]
    async fn an_answer_of_the_database_holds_for_a_while_and_a_clock_it_contradicts_is_told() {
        let place = Place::postgres(None).unwrap();
        let log = Log::open(&place.address("log").unwrap()).await.unwrap();
        let (machine, heard) = (Clock::manual(Clock::system().now()), Heard::begin());
        let mut skew = Skew::of(machine.clone());
        assert!(skew.is_small(&log).await.unwrap());
        machine.advance(SignedDuration::from_mins(1));
        assert!(skew.is_small(&log).await.unwrap(), "it isn't asked again so soon");
        assert!(!heard.text().contains("too far apart"), "{}", heard.text());
        assert!(!Skew::of(machine).is_small(&log).await.unwrap());
        assert!(heard.text().contains("too far apart: no timer fires"), "{}", heard.text());
    }

    fn at(second: &str) -> Timestamp {
        format!("2026-03-10T08:00:{second}Z").parse().unwrap()
    }

    #[test]
    fn two_seconds_are_let_be_on_either_side_of_the_time_that_asking_took() {
        let asked = |database| is_within(at("10"), at(database), at("15"));
        assert!(asked("08") && asked("12") && asked("17"));
        assert!(!asked("07.999999") && !asked("17.000001"));
    }
}
