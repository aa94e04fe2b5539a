//! The handle to the bus.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use seinhuis_runtime::trace::TraceContext;
use tokio::sync::watch;

use crate::fault::Fault;
use crate::feed::Feed;
use crate::hint::Hint;
use crate::outbox::Topic;
use crate::settings::{Settings, is_token};
use crate::wire::Wire;

/// The bus. Clones are the same bus.
#[derive(Debug, Clone)]
pub struct Bus(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    hints: Arc<Hints>,
    carrier: Carrier,
}

/// What carries a wake-up.
#[derive(Debug)]
enum Carrier {
    /// The memory of this process.
    InProcess,
    /// NATS, to other processes, and its JetStream for the feed.
    JetStream { wire: Wire, settings: Box<Settings> },
}

impl Bus {
    /// A bus within this process. It has no feed.
    pub fn in_process() -> Self {
        Self(Arc::new(Shared { hints: Arc::default(), carrier: Carrier::InProcess }))
    }

    /// A bus between processes. It connects in the background and keeps trying; only settings that can't work are a
    /// fault.
    pub async fn connect(settings: Settings) -> Result<Self, Fault> {
        settings.check()?;
        let hints = Arc::<Hints>::default();
        let wire = Wire::start(&settings, Arc::clone(&hints)).await?;
        let carrier = Carrier::JetStream { wire, settings: Box::new(settings) };
        Ok(Self(Arc::new(Shared { hints, carrier })))
    }

    /// Says that the log has reached `head`. Never waits; of many the last is said.
    pub fn announce(&self, head: u64) {
        self.say(&Topic::Head, head, None);
    }

    /// The same of a log that was written to in this trace last.
    pub fn announce_in(&self, head: u64, trace: Option<TraceContext>) {
        self.say(&Topic::Head, head, trace);
    }

    /// The trace in which a head was heard of last, if it was in one; each is given once.
    pub fn heard_in(&self) -> Option<TraceContext> {
        self.0.hints.take_traced(&Topic::Head)
    }

    /// The highest head heard of, here or from elsewhere; 0 before the first. A hint to look, and not to be believed.
    pub fn heads(&self) -> watch::Receiver<u64> {
        self.0.hints.watch(&Topic::Head)
    }

    /// Says that the read models called `group` have reached `position`. Never waits; of many the last is said.
    ///
    /// # Panics
    /// When `group` isn't made of `a-z`, `0-9`, `_` and `-`: it is the program's own word.
    pub fn announce_views(&self, group: &str, position: u64) {
        self.say(&views(group), position, None);
    }

    /// The highest position heard of the read models called `group`; like [`Bus::heads`] a hint.
    ///
    /// # Panics
    /// Like [`Bus::announce_views`].
    pub fn views(&self, group: &str) -> watch::Receiver<u64> {
        self.0.hints.watch(&views(group))
    }

    /// A feed to publish into; none within one process. It connects when it is used. One role at a time publishes, or
    /// what it publishes loses its order.
    pub fn feed(&self) -> Option<Feed> {
        match &self.0.carrier {
            Carrier::InProcess => None,
            Carrier::JetStream { settings, .. } => Some(Feed::new(Settings::clone(settings))),
        }
    }

    /// Sees whether wake-ups reach other processes; none within one process.
    pub fn linked(&self) -> Option<watch::Receiver<bool>> {
        match &self.0.carrier {
            Carrier::InProcess => None,
            Carrier::JetStream { wire, .. } => Some(wire.linked()),
        }
    }

    fn say(&self, topic: &Topic, position: u64, trace: Option<TraceContext>) {
        self.0.hints.announce(topic, position);
        if let Carrier::JetStream { wire, .. } = &self.0.carrier {
            wire.announce(topic, position, trace);
        }
    }
}

fn views(group: &str) -> Topic {
    assert!(is_token(group), "a group of read models has a name of a-z, 0-9, _ and -, {group:?} is none");
    Topic::Views(group.to_owned())
}

/// Everything heard, by what it is of. Only what this process asks about or says itself is kept, so that nobody
/// elsewhere can fill it.
#[derive(Debug, Default)]
pub(crate) struct Hints(Mutex<BTreeMap<Topic, Hint>>);

impl Hints {
    fn watch(&self, topic: &Topic) -> watch::Receiver<u64> {
        self.all().entry(topic.clone()).or_insert_with(Hint::new).watch()
    }

    fn announce(&self, topic: &Topic, position: u64) {
        self.all().entry(topic.clone()).or_insert_with(Hint::new).hear(position);
    }

    /// Takes in what was said elsewhere, in a trace or not.
    pub(crate) fn hear(&self, topic: &Topic, position: u64, trace: Option<TraceContext>) {
        if let Some(hint) = self.all().get(topic) {
            hint.hear_in(position, trace);
        }
    }

    fn take_traced(&self, topic: &Topic) -> Option<TraceContext> {
        self.all().get(topic)?.take_traced()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Topic, Hint>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[tokio::test]
    async fn within_a_process_everybody_hears_of_the_highest_position() {
        let bus = Bus::in_process();
        let (mut heads, mut views) = (bus.heads(), bus.views("views"));
        let other = bus.clone();
        other.announce(7);
        other.announce_views("views", 5);
        other.announce_views("notices", 6);
        assert_eq!(*heads.wait_for(|head| *head > 0).await.unwrap(), 7);
        assert_eq!(*views.wait_for(|head| *head > 0).await.unwrap(), 5);
        assert!(bus.feed().is_none() && bus.linked().is_none());
    }

    #[test]
    fn what_nobody_here_asks_about_is_not_kept() {
        let hints = Hints::default();
        (0..1_000).for_each(|number| hints.hear(&Topic::Views(format!("group-{number}")), 1, None));
        assert!(hints.all().is_empty());
    }

    #[test]
    #[should_panic(expected = "a group of read models")]
    fn a_group_with_a_dot_is_a_bug() {
        Bus::in_process().announce_views("views.all", 1);
    }
}
