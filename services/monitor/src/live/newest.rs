//! What is asked of read models, asked once for all who watch it: a task looks whenever it may have changed, and those who
//! watch get what it saw last. Whoever is slow gets the newest, and not what was between.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::{Stream, stream};
use seinhuis_contract::encoded::Encoded;
use seinhuis_contract::status::Problem;
use seinhuis_eventstore::Position;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tonic::Status;

use super::stay::Stay;
use crate::failure::Failure;
use crate::hub::Hub;

/// The shortest time between two looks, so that a busy log costs no more than a quiet one.
const PAUSE: Duration = Duration::from_millis(250);
/// How often it is looked at whether a stream may go on, when there is nothing to tell in it.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How long read models are taken to answer the same while nothing is recorded: deadlines pass and times come all the same.
const SAME: Duration = Duration::from_secs(1);

/// Returns when read models that tell their progress here may answer otherwise.
pub(crate) async fn otherwise(progress: &mut watch::Receiver<Position>) {
    // Nobody is left to tell once the hub is on its way out.
    let _ = timeout(SAME, progress.changed()).await;
}

/// Looks at something for all who watch it.
pub(crate) trait Looks: Send + 'static {
    /// What is seen.
    type Seen: Send;
    /// What those who watch are told.
    type Answer: Send + 'static;

    /// Looks.
    fn look(&mut self) -> impl Future<Output = Result<Self::Seen, Failure>> + Send;
    /// Whether `now` is worth telling after `before` was told.
    fn is_news(before: &Self::Seen, now: &Self::Seen) -> bool;
    /// What is told of it.
    fn tell(seen: &Self::Seen) -> Encoded<Self::Answer>;
    /// Returns when it may have changed.
    fn changed(&mut self) -> impl Future<Output = ()> + Send;
}

/// What was told last; nothing yet at first.
type Last<A> = Option<Result<Encoded<A>, Problem>>;

/// All that is watched of one kind, by what was asked for. Each is looked at for as long as somebody watches it.
#[derive(Debug)]
pub(crate) struct Newest<K, A> {
    watched: Arc<Mutex<HashMap<K, watch::Sender<Last<A>>>>>,
}

impl<K, A> Newest<K, A>
where
    K: Debug + Clone + Eq + Hash + Send + Sync + 'static,
    A: Send + 'static,
{
    pub(crate) fn new() -> Self {
        Self { watched: Arc::default() }
    }

    /// The newest of `key`. Where nobody watches it yet, what `looks` gives does the looking.
    pub(crate) fn watch<L>(&self, hub: &Arc<Hub>, key: K, looks: impl FnOnce() -> L) -> Latest<A>
    where
        L: Looks<Answer = A>,
    {
        let mut watched = hold(&self.watched);
        if let Some(sender) = watched.get(&key) {
            return Latest::of(sender.subscribe());
        }
        let (sender, last) = watch::channel(None);
        watched.insert(key.clone(), sender.clone());
        let (looks, hub, watched) = (looks(), Arc::clone(hub), Arc::clone(&self.watched));
        let place = hub.parts.background.clone();
        place.spawn(async move {
            let ended = tokio::select! {
                () = hub.parts.drain.cancelled() => Some(Problem::Draining),
                ended = keep(&hub, looks, &sender, || unwatched(&watched, &key, &sender)) => ended,
            };
            if let Some(problem) = ended {
                // Whoever comes now finds nothing, and has it looked at anew.
                hold(&watched).remove(&key);
                sender.send_replace(Some(Err(problem)));
            }
        });
        Latest::of(last)
    }
}

fn hold<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    // Whole after every statement that can panic.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether nobody watches `key` any more, which is forgotten then.
fn unwatched<K: Eq + Hash, A>(
    watched: &Mutex<HashMap<K, watch::Sender<Last<A>>>>,
    key: &K,
    sender: &watch::Sender<Last<A>>,
) -> bool {
    let mut watched = hold(watched);
    let nobody = sender.receiver_count() == 0;
    if nobody {
        watched.remove(key);
    }
    nobody
}

/// Looks until nobody watches; tells why, where it ends for another reason.
async fn keep<L: Looks>(
    hub: &Hub,
    mut looks: L,
    sender: &watch::Sender<Last<L::Answer>>,
    unwatched: impl Fn() -> bool,
) -> Option<Problem> {
    let mut told: Option<L::Seen> = None;
    loop {
        let turn = hub.live.aside.acquire().await;
        let seen = looks.look().await;
        drop(turn);
        match seen {
            Err(failure) => {
                let problem = failure.problem();
                tracing::warn!(failure = &failure as &dyn std::error::Error, "those who watch can't be told");
                return Some(problem);
            }
            Ok(seen) if told.as_ref().is_none_or(|told| L::is_news(told, &seen)) => {
                sender.send_replace(Some(Ok(L::tell(&seen))));
                told = Some(seen);
            }
            Ok(_) => {}
        }
        sleep(PAUSE).await;
        tokio::select! {
            biased;
            () = sender.closed() => {
                if unwatched() {
                    return None;
                }
            }
            () = looks.changed() => {}
        }
    }
}

/// What one who watches is told.
#[derive(Debug)]
pub(crate) struct Latest<A> {
    last: watch::Receiver<Last<A>>,
}

impl<A: Send + 'static> Latest<A> {
    fn of(mut last: watch::Receiver<Last<A>>) -> Self {
        // What was seen before he came is news to him.
        last.mark_changed();
        Self { last }
    }

    /// What he has not been told yet. Safe to drop and ask again.
    pub(crate) async fn next(&mut self) -> Result<Encoded<A>, Problem> {
        loop {
            if self.last.changed().await.is_err() {
                return Err(Problem::Unavailable);
            }
            let newest = self.last.borrow_and_update().clone();
            if let Some(newest) = newest {
                return newest;
            }
        }
    }

    /// All he is told, until he leaves or may not stay.
    pub(crate) fn stream(self, stay: Stay) -> impl Stream<Item = Result<Encoded<A>, Status>> + Send + use<A> {
        stream::try_unfold((self, stay), |(mut latest, mut stay)| async move {
            loop {
                stay.may_go_on()?;
                tokio::select! {
                    biased;
                    newest = latest.next() => {
                        stay.may_go_on()?;
                        return Ok::<_, Status>(Some((newest?, (latest, stay))));
                    }
                    () = stay.news() => {}
                    () = sleep(LOOK_AGAIN) => {}
                }
            }
        })
    }
}
