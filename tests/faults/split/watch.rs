//! Looks on during a run, from outside the hub: how far the log is and when, which mails came in and when.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_eventstore::Log;
use seinhuis_testkit::MailSink;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::history::{Entry, Mail, Moment, read_log};
use crate::load::Case;

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
    /// Mails that bear no notice's id.
    pub(crate) strange: Vec<String>,
}

/// Somebody who looks on.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) began: Instant,
    seen: Arc<Mutex<Seen>>,
    over: Arc<AtomicBool>,
    cases: watch::Receiver<Arc<Vec<Case>>>,
    reading: JoinHandle<()>,
    receiving: std::thread::JoinHandle<()>,
}

impl Watch {
    /// Looks at the log of `log` and at what comes into `sink`; every moment is counted from `began`.
    pub(crate) fn start(log: Log, sink: Arc<MailSink>, began: Instant) -> Self {
        let (seen, over) = (Arc::new(Mutex::new(Seen::default())), Arc::new(AtomicBool::new(false)));
        let (tell_cases, cases) = watch::channel(Arc::default());
        let reader = Reader { log, seen: Arc::clone(&seen), began, head: 0, tell_cases };
        let reading = tokio::spawn(reader.run(Arc::clone(&over)));
        let (into, until) = (Arc::clone(&seen), Arc::clone(&over));
        let receiving = std::thread::spawn(move || receive(&sink, &into, &until, began));
        Self { began, seen, over, cases, reading, receiving }
    }

    /// How long the run lasts already.
    pub(crate) fn now(&self) -> Moment {
        self.began.elapsed()
    }

    /// The cases there are.
    pub(crate) fn cases(&self) -> watch::Receiver<Arc<Vec<Case>>> {
        self.cases.clone()
    }

    /// Reads in what was seen.
    pub(crate) fn with<T>(&self, what: impl FnOnce(&Seen) -> T) -> T {
        what(&lock(&self.seen))
    }

    /// Ends, after one more look at each.
    pub(crate) async fn end(self) -> Seen {
        self.over.store(true, Ordering::SeqCst);
        self.reading.await.unwrap();
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
    tell_cases: watch::Sender<Arc<Vec<Case>>>,
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
        let opened: Vec<Case> = news.iter().filter_map(opened).collect();
        if !opened.is_empty() {
            self.tell_cases.send_modify(|cases| Arc::make_mut(cases).extend(opened));
        }
        let head = news.last().map_or(after, |entry| entry.position);
        let mut seen = lock(&self.seen);
        seen.heads.push((moment, head));
        seen.log.extend(news);
        drop(seen);
        self.head = head;
        Ok(())
    }
}

fn opened(entry: &Entry) -> Option<Case> {
    match &entry.event {
        Event::Case(CaseEvent::CaseOpened(opened)) => Some(opened.id),
        _ => None,
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
