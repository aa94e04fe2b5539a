//! Looks on during a run, from outside the hub: how far the log is and when, which mails came in and when, what stands in the
//! feed, who holds which lease, and how far each follower is.

mod feed;
mod standby;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use seinhuis::client::Authed;
use seinhuis_eventstore::Log;
use seinhuis_testkit::MailSink;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::history::{Entry, LeaseSeen, Mail, Moment, Published, read_log};
use crate::load::Known;
pub(crate) use feed::FeedAt;

/// Between two looks at the log.
const LOOK: Duration = Duration::from_millis(20);
/// How long to wait for a mail before looking whether the run is over.
const WAIT: Duration = Duration::from_millis(100);

/// What was seen so far.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) log: Vec<Entry>,
    pub(crate) heads: Vec<(Moment, u64)>,
    pub(crate) mails: Vec<Mail>,
    /// Oldest first.
    pub(crate) feed: Vec<Published>,
    /// Each lease whenever it was seen to change.
    pub(crate) leases: Vec<(Moment, LeaseSeen)>,
    /// By name of the follower: how far it was seen to be, and when.
    pub(crate) followers: BTreeMap<String, Vec<(Moment, u64)>>,
    /// Mails that bear no notice's id.
    pub(crate) strange: Vec<String>,
}

impl Seen {
    /// When the log was first seen to have reached a position.
    pub(crate) fn moment_of(&self, position: u64) -> Option<Moment> {
        let at = self.heads.partition_point(|(_, head)| *head < position);
        self.heads.get(at).map(|(moment, _)| *moment)
    }
}

/// Somebody who looks on.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) began: Instant,
    seen: Arc<Mutex<Seen>>,
    over: Arc<AtomicBool>,
    known: watch::Receiver<Arc<Known>>,
    looking: Vec<JoinHandle<()>>,
    receiving: std::thread::JoinHandle<()>,
}

impl Watch {
    /// Looks at `log`, at what comes into `sink`, at the feed where there is one, and at what `monitor` says; every moment is
    /// counted from `began`.
    pub(crate) fn start(
        log: Log,
        sink: Arc<MailSink>,
        feed: Option<FeedAt>,
        monitor: Authed,
        began: Instant,
    ) -> Self {
        let (seen, over) = (Arc::new(Mutex::new(Seen::default())), Arc::new(AtomicBool::new(false)));
        let (tell, known) = watch::channel(Arc::default());
        let mut looking = vec![
            tokio::spawn(standby::leases(log.clone(), Arc::clone(&seen), Arc::clone(&over), began)),
            tokio::spawn(standby::followers(monitor, Arc::clone(&seen), Arc::clone(&over), began)),
        ];
        looking.extend(feed.map(|at| tokio::spawn(feed::read(at, Arc::clone(&seen), Arc::clone(&over)))));
        let reader = Reader { log, seen: Arc::clone(&seen), began, head: 0, tell };
        looking.push(tokio::spawn(reader.run(Arc::clone(&over))));
        let (into, until) = (Arc::clone(&seen), Arc::clone(&over));
        let receiving = std::thread::spawn(move || receive(&sink, &into, &until, began));
        Self { began, seen, over, known, looking, receiving }
    }

    /// How long the run lasts already.
    pub(crate) fn now(&self) -> Moment {
        self.began.elapsed()
    }

    /// What there is for people to act on.
    pub(crate) fn known(&self) -> watch::Receiver<Arc<Known>> {
        self.known.clone()
    }

    /// Reads in what was seen.
    pub(crate) fn with<T>(&self, what: impl FnOnce(&Seen) -> T) -> T {
        what(&lock(&self.seen))
    }

    /// Ends, after one more look at each.
    pub(crate) async fn end(self) -> Seen {
        self.over.store(true, Ordering::SeqCst);
        for looking in self.looking {
            looking.await.unwrap();
        }
        tokio::task::spawn_blocking(|| self.receiving.join()).await.unwrap().unwrap();
        std::mem::take(&mut *lock(&self.seen))
    }
}

fn lock(seen: &Mutex<Seen>) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Reader {
    log: Log,
    seen: Arc<Mutex<Seen>>,
    began: Instant,
    head: u64,
    tell: watch::Sender<Arc<Known>>,
}

impl Reader {
    async fn run(mut self, over: Arc<AtomicBool>) {
        loop {
            let last_look = over.load(Ordering::SeqCst);
            match self.look().await {
                Ok(()) if last_look => break,
                // The database may be away as part of the run; at its end it has to be there.
                Err(fault) if last_look => panic!("the log can't be read at the end: {fault}"),
                Ok(()) | Err(_) => tokio::time::sleep(LOOK).await,
            }
        }
        self.log.close().await;
    }

    async fn look(&mut self) -> Result<(), seinhuis_eventstore::Fault> {
        let after = self.head;
        if self.log.look().await?.0 <= after {
            return Ok(());
        }
        let news = read_log(&self.log, after).await?;
        let moment = self.began.elapsed();
        self.tell.send_if_modified(|known| Arc::make_mut(known).take(&news));
        let head = news.last().map_or(after, |entry| entry.position);
        let mut seen = lock(&self.seen);
        seen.heads.push((moment, head));
        seen.log.extend(news);
        drop(seen);
        self.head = head;
        Ok(())
    }
}

fn receive(sink: &MailSink, seen: &Mutex<Seen>, over: &AtomicBool, began: Instant) {
    let mut count = 0;
    loop {
        let last_look = over.load(Ordering::SeqCst);
        let came = sink.after(count, WAIT);
        let moment = began.elapsed();
        count += came.len();
        let mut seen = lock(seen);
        for text in came {
            match Mail::read(&text, moment) {
                Some(mail) => seen.mails.push(mail),
                None => seen.strange.push(text),
            }
        }
        if last_look {
            return;
        }
    }
}
