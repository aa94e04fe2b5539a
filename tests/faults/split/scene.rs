//! A hub under load with everybody who looks on: from the first process to the last word on it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use seinhuis::client::authed;
use seinhuis_eventstore::Log;
use seinhuis_runtime::Clock;
use seinhuis_testkit::{Hub, MailSink};
use tonic::transport::Endpoint;

use crate::cell::Struck;
use crate::history::{Counts, Finding, History, Moment, Pace, of_verify};
use crate::load::{Amount, BY_CALL, BY_STREAM, Load, PERSON, Places};
use crate::watch::{FeedAt, Watch};

/// How many times as fast as the machine the hub's time runs: a working day in less than a second.
pub(crate) const SPEED: f64 = 200_000.0;
/// How long the hub may take to finish what is due once all is well again.
const PATIENCE: Duration = Duration::from_secs(60);

/// A hub that does not serve yet.
pub(crate) struct Scene {
    pub(crate) hub: Hub,
    sink: Arc<MailSink>,
    feed: Option<FeedAt>,
    began: Instant,
    pub(crate) pace: Pace,
    partners: Vec<(String, String)>,
    person: String,
}

impl Scene {
    /// On `hub`, with a mail server and a clock of its own, so many times as fast; everybody is admitted.
    pub(crate) fn on(hub: Hub, speed: f64) -> Self {
        let sink = Arc::new(MailSink::start().unwrap());
        let (began, start) = (Instant::now(), Clock::system().now());
        let hub = hub
            .with("SEINHUIS_CLOCK__START", &start.to_string())
            .with("SEINHUIS_CLOCK__ANCHOR", &start.to_string())
            .with("SEINHUIS_CLOCK__SPEED", &speed.to_string())
            .with("SEINHUIS_INGEST__RATE_PER_SECOND", "100000")
            .with("SEINHUIS_INGEST__BURST", "100000")
            .with("SEINHUIS_NOTIFY__SMTP__HOST", "127.0.0.1")
            .with("SEINHUIS_NOTIFY__SMTP__PORT", &sink.port().to_string())
            .with("SEINHUIS_NOTIFY__SMTP__TLS", "none")
            .with("SEINHUIS_NOTIFY__SMTP__FROM", "Seinhuis <seinhuis@example.org>");
        // The first makes the databases what they are; the others find them so.
        let person = hub.person(PERSON).unwrap();
        let partners = std::thread::scope(|scope| {
            let ids = BY_STREAM.iter().chain(&BY_CALL);
            let admitted = |id: &&'static str| {
                (
                    *id,
                    scope.spawn({
                        let (id, hub) = (*id, &hub);
                        move || hub.partner(id).unwrap()
                    }),
                )
            };
            let admitted: Vec<_> = ids.map(admitted).collect();
            admitted.into_iter().map(|(id, token)| (id.to_owned(), token.join().unwrap())).collect()
        });
        let pace = Pace { start, speed, ahead: SignedDuration::ZERO };
        Self { hub, sink, feed: None, began, pace, partners, person }
    }

    /// The same hub, which publishes a feed there.
    pub(crate) fn publishing(self, feed: FeedAt) -> Self {
        Self { feed: Some(feed), ..self }
    }

    /// Somebody looks on, and everybody begins to call.
    pub(crate) async fn begin(
        &self,
        log: Log,
        ingest: Vec<String>,
        monitor: Vec<String>,
        amount: Amount,
        seed: u64,
    ) -> Run {
        let endpoint = Endpoint::from_shared(monitor[0].clone()).unwrap();
        let asked = authed(endpoint.connect_lazy(), &self.person).unwrap();
        let watch = Watch::start(log.clone(), Arc::clone(&self.sink), self.feed.clone(), asked, self.began);
        let places = Places { ingest, monitor, partners: self.partners.clone(), person: self.person.clone() };
        let clock = Clock::anchored(self.pace.start, self.pace.speed, self.pace.start);
        let load = Load::start(&places, amount, seed, watch.known(), (log.clone(), clock));

        Run {
            watch,
            load,
            history: History {
                pace: Some(self.pace),
                feed: self.feed.as_ref().map(|_| vec![]),
                ..History::default()
            },
        }
    }

    /// What `seinhuis verify` says of it, the one of another version where it is named.
    pub(crate) fn verified(&self, by: Option<&Path>) -> Vec<Finding> {
        let verify = ["verify", "--json"];
        let said = by.map_or_else(|| self.hub.run(&verify), |by| self.hub.run_of(by, &verify)).unwrap();
        match serde_json::from_str(&said.out) {
            Ok(verdict) => of_verify(&verdict),
            Err(_) => vec![Finding::Unsound { what: said.err }],
        }
    }
}

/// A run under way.
pub(crate) struct Run {
    pub(crate) watch: Watch,
    pub(crate) load: Load,
    /// What only who makes the faults knows: crashes and takeovers.
    pub(crate) history: History,
}

/// A run whose callers are done, and whose hub may stop.
pub(crate) struct Settled {
    watch: Watch,
    history: History,
    struck: Option<Struck>,
    retries: usize,
    refused: Vec<String>,
}

/// What is left to say of a run.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) counts: Counts,
    pub(crate) findings: Vec<Finding>,
    /// From the fault to the first work of a role that was struck.
    pub(crate) took: Option<Moment>,
    /// Calls and streams that were tried again.
    pub(crate) retries: usize,
    /// What callers were refused, and mails that are no notices.
    pub(crate) strange: Vec<String>,
}

impl Run {
    /// Waits until so many more signals are acknowledged.
    pub(crate) async fn acknowledged(&self, more: usize) {
        let enough = self.load.acknowledged() + more;
        let until = Instant::now() + PATIENCE;
        while self.load.acknowledged() < enough {
            assert!(Instant::now() < until, "no {more} signals are acknowledged in {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until everything sent is acknowledged, and everything that is due by then is done.
    pub(crate) async fn settle(self, struck: Option<Struck>) -> Settled {
        let Self { watch, load, mut history } = self;
        let books = load.finish().await;
        let horizon = history.pace.map(|pace| pace.at(watch.now()));
        (history.sent, history.receipts, history.acts) = (books.sent, books.receipts, books.acts);
        history.horizon = horizon;
        let until = Instant::now() + PATIENCE;
        history.feed_due_up_to = watch.with(|seen| seen.log.last().map(|last| last.position));
        let mut open = open(&mut history, &watch);
        while !open.is_empty() && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(100)).await;
            open = self::open(&mut history, &watch);
        }
        Settled { watch, history, struck, retries: books.retries, refused: books.refused }
    }
}

/// What is not done yet and may still be.
fn open(history: &mut History, watch: &Watch) -> Vec<Finding> {
    watch.with(|seen| {
        history.log.clone_from(&seen.log);
        history.heads.clone_from(&seen.heads);
        history.mails.clone_from(&seen.mails);
        if let Some(feed) = &mut history.feed {
            feed.clone_from(&seen.feed);
        }
    });
    history.findings().into_iter().filter(Finding::may_pass).collect()
}

impl Settled {
    /// Looks at all of it once more after the hub has stopped.
    pub(crate) async fn judge(self) -> Verdict {
        let Self { watch, mut history, struck, retries, refused } = self;
        let seen = watch.end().await;
        let (took, judged) = struck.map_or((None, None), |struck| struck.takeover(&seen));
        history.takeovers.extend(judged);
        (history.log, history.heads, history.mails) = (seen.log, seen.heads, seen.mails);
        if let Some(feed) = &mut history.feed {
            *feed = seen.feed;
        }
        history.leases = seen.leases.into_iter().map(|(_, lease)| lease).collect();
        let strange = refused.into_iter().chain(seen.strange).collect();
        Verdict { counts: history.counts(), findings: history.findings(), took, retries, strange }
    }
}
