//! Everybody who calls the hub during a run: partners that report over streams and in single calls, and the people who act on
//! cases. All of them try again elsewhere when they hear nothing, as their own software has to.

mod books;
mod by_call;
mod by_stream;
mod channels;
mod erasures;
mod known;
mod people;
mod signals;

use std::sync::Arc;
use std::time::Duration;

use seinhuis_eventstore::Log;
use seinhuis_runtime::Clock;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(crate) use books::Books;
pub(crate) use known::Known;

use books::Shared;
use by_call::ByCall;
use by_stream::ByStream;
use erasures::Erasures;
use people::People;
use signals::Signals;

/// How long it may take until everything that was sent is acknowledged once the hub is well again.
const PATIENCE: Duration = Duration::from_secs(60);

/// Partners of the profile, with what they report and how.
pub(crate) const BY_STREAM: [&str; 2] = ["wonion", "gemeente"];
pub(crate) const BY_CALL: [&str; 2] = ["politie", "sensire"];
/// Who acts: somebody who sees and may decide everything.
pub(crate) const PERSON: &str = "college";

/// Whom to call, and with which tokens.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// Where partners report: any of these.
    pub(crate) ingest: Vec<String>,
    /// Where people act: any of these.
    pub(crate) monitor: Vec<String>,
    /// The token of each partner.
    pub(crate) partners: Vec<(String, String)>,
    /// The token of the person.
    pub(crate) person: String,
}

/// How much.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Amount {
    /// Signals per second of all partners together.
    pub(crate) signals: f64,
    /// Acts per second.
    pub(crate) acts: f64,
    /// Households that signals are about: the fewer, the more signals join a case that is there.
    pub(crate) households: u32,
    /// One signal in so many is about no household, and brings a case of its own.
    pub(crate) alone: u8,
}

/// Callers at work.
#[derive(Debug)]
pub(crate) struct Load {
    books: Shared,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Load {
    /// Starts all of them. `known` is what people learn of; who is to be forgotten is written straight into `log`.
    pub(crate) fn start(
        places: &Places,
        amount: Amount,
        seed: u64,
        known: watch::Receiver<Arc<Known>>,
        (log, clock): (Log, Clock),
    ) -> Self {
        let (stop, stopped) = watch::channel(false);
        let books = Shared::default();
        let rate = amount.signals / (BY_STREAM.len() + BY_CALL.len()) as f64;
        let mut tasks = Vec::new();
        for (number, (partner, token)) in places.partners.iter().enumerate() {
            let signals = Signals::of(partner, amount, seed.wrapping_add(number as u64));
            let channels = channels::to(&places.ingest, token);
            let (books, stopped) = (books.clone(), stopped.clone());
            tasks.push(if BY_STREAM.contains(&partner.as_str()) {
                tokio::spawn(ByStream { signals, channels, books, rate, stopped }.run(number))
            } else {
                tokio::spawn(ByCall { signals, channels, books, rate, stopped }.run(number))
            });
        }
        let people = People {
            channels: channels::to(&places.monitor, &places.person),
            books: books.clone(),
            rate: amount.acts,
            known: known.clone(),
            random: fastrand::Rng::with_seed(seed),
            stopped: stopped.clone(),
        };
        tasks.push(tokio::spawn(people.run()));
        let erasures = Erasures { log, clock, books: books.clone(), known, stopped };
        tasks.push(tokio::spawn(erasures.run()));
        Self { books, stop, tasks }
    }

    /// How many signals were acknowledged so far.
    pub(crate) fn acknowledged(&self) -> usize {
        self.books.with(|books| books.receipts.len())
    }

    /// Lets everybody come to an end: what was sent is sent again until it is acknowledged.
    ///
    /// # Panics
    /// When that takes too long, or a caller met what it may not meet.
    pub(crate) async fn finish(self) -> Books {
        self.stop.send_replace(true);
        for task in self.tasks {
            let ended = tokio::time::timeout(PATIENCE, task).await;
            let open = self.books.with(|books| books.open());
            ended
                .unwrap_or_else(|_| panic!("{open} signals are not acknowledged after {PATIENCE:?}"))
                .unwrap();
        }
        self.books.with(|books| books.clone())
    }
}
