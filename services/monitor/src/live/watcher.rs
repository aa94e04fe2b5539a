//! One who follows the log. Behind its end he reads for himself, a page at a time and when others leave room; from its end on
//! he is told with all others who want the same. Who takes what he is told too slowly is parked: told so, and read to again
//! until he is at the end. Either way what he is told next follows from the last position alone, so there is neither gap nor
//! double.
//!
//! Nothing is made ready for somebody who takes nothing: the next message is looked for when he has taken the one before.

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, stream};
use seinhuis_contract::encoded::Encoded;
use seinhuis_contract::proto::monitor::v1::{Parked, Progress};
use seinhuis_contract::status::Problem;
use seinhuis_eventstore::Position;
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::task::AbortOnDropHandle;
use tonic::Status;

use super::crowd::{Item, Lagged, Member};
use super::stay::Stay;
use super::told::Told;
use super::wanted::Wanted;
use crate::failure::Failure;
use crate::hub::Hub;

/// Events read at a time for one who is behind. Few: what was read of them waits until he takes it.
const PAGE: usize = 128;
/// How often he hears how far the log is, when nothing else is said.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// What he is told in, beside what he wants.
pub(crate) trait Answer: Sized {
    /// The log is this far.
    fn progress(progress: Progress) -> Encoded<Self>;
    /// He was too slow.
    fn parked(parked: Parked) -> Encoded<Self>;
}

/// One who follows the log, told in `A`.
pub(crate) struct Watcher<A> {
    hub: Arc<Hub>,
    stay: Stay,
    wanted: Wanted,
    /// Everything up to here was told to him or wasn't for him.
    at: Position,
    place: Place,
    heard: Instant,
    beat: Pin<Box<Sleep>>,
    tells: PhantomData<fn() -> A>,
}

/// Where he stands.
enum Place {
    /// Behind the end.
    Behind(Behind),
    /// At the end, told with others.
    Along(Member),
}

/// Behind the end of the log.
#[derive(Default)]
struct Behind {
    /// Read and not told yet.
    ready: VecDeque<Item>,
    /// Up to where was read.
    read: Position,
    /// Whether there was something for him in the last page.
    told: bool,
    /// His place among the others, once he is near the end, and after which position he is told there.
    joined: Option<(Member, Position)>,
}

/// Where he is looked for next.
enum Step<A> {
    Say(Encoded<A>),
    Again,
}

impl<A: Answer> Watcher<A> {
    pub(crate) fn new(hub: Arc<Hub>, stay: Stay, wanted: Wanted, after: Position) -> Self {
        Self {
            hub,
            stay,
            wanted,
            at: after,
            place: Place::Behind(Behind { read: after, told: true, ..Behind::default() }),
            heard: Instant::now(),
            beat: Box::pin(sleep(HEARTBEAT)),
            tells: PhantomData,
        }
    }

    /// All he is told, until he leaves or may not stay.
    pub(crate) fn stream(self) -> impl Stream<Item = Result<Encoded<A>, Status>> + Send + use<A> {
        stream::try_unfold(self, |mut watcher| async move {
            let said = watcher.next().await?;
            Ok(Some((said, watcher)))
        })
    }

    async fn next(&mut self) -> Result<Encoded<A>, Failure> {
        loop {
            self.stay.may_go_on()?;
            let step = match &mut self.place {
                Place::Behind(_) => self.behind().await?,
                Place::Along(_) => self.along().await?,
            };
            if let Step::Say(said) = step {
                // It may have taken long to come by.
                self.stay.may_go_on()?;
                self.heard = Instant::now();
                return Ok(said);
            }
        }
    }

    /// Tells what was read, and reads on when there is nothing left of it.
    async fn behind(&mut self) -> Result<Step<A>, Failure> {
        let Place::Behind(behind) = &mut self.place else { return Ok(Step::Again) };
        if let Some(item) = behind.ready.pop_front() {
            self.at = item.position;
            return Ok(said(item)?);
        }
        let silent = !std::mem::replace(&mut behind.told, true);
        self.at = behind.read;
        if let Some((member, _)) = behind.joined.take_if(|(_, after)| *after <= self.at) {
            self.place = Place::Along(member);
            return Ok(self.progress());
        }
        if silent {
            // A whole page was nothing for him. After a break he need not begin before it.
            return Ok(self.progress());
        }
        let until = behind.joined.as_ref().map(|(_, after)| *after);
        let page = read(Arc::clone(&self.hub), self.wanted.clone(), self.at, until).await?;
        if page.short && behind.joined.is_none() {
            let joined = Member::join(&self.hub, &self.wanted).ok_or(Problem::Overloaded)?;
            behind.joined = Some(joined);
        }
        behind.told = page.short || !page.items.is_empty();
        (behind.ready, behind.read) = (page.items, page.until);
        Ok(Step::Again)
    }

    /// Waits for what he is told with others.
    async fn along(&mut self) -> Result<Step<A>, Failure> {
        let Place::Along(member) = &mut self.place else { return Ok(Step::Again) };
        let next = tokio::select! {
            biased;
            next = member.next() => next,
            () = self.stay.news() => {
                self.stay.may_go_on()?;
                return match self.stay.trouble() {
                    None => Ok(Step::Again),
                    Some(problem) => Err(problem.into()),
                };
            }
            () = &mut self.beat => {
                let due = self.heard + HEARTBEAT;
                let silent = due <= Instant::now();
                self.beat.as_mut().reset(if silent { Instant::now() + HEARTBEAT } else { due });
                if !silent {
                    return Ok(Step::Again);
                }
                // First how far all were told, then what there is for him: if there is nothing, he has heard all up to there.
                let reached = self.hub.live.crowd(|crowd| crowd.reached());
                match member.take().transpose() {
                    Some(next) => next,
                    None => {
                        self.at = self.at.max(reached);
                        return Ok(self.progress());
                    }
                }
            }
        };
        match next {
            // From before he came.
            Ok(item) if item.position <= self.at => Ok(Step::Again),
            Ok(item) => {
                self.at = item.position;
                Ok(said(item)?)
            }
            Err(Lagged(_)) => {
                self.place = Place::Behind(Behind { read: self.at, told: true, ..Behind::default() });
                let (position, head) = self.stands();
                Ok(Step::Say(A::parked(Parked { position, head })))
            }
        }
    }

    fn progress(&self) -> Step<A> {
        let (position, head) = self.stands();
        Step::Say(A::progress(Progress { position, head }))
    }

    /// Where he and the log are.
    fn stands(&self) -> (u64, u64) {
        (self.at.0, self.hub.parts.log.head().max(self.at).0)
    }
}

fn said<A>(item: Item) -> Result<Step<A>, Problem> {
    item.message.map(|bytes| Step::Say(Encoded::already(bytes))).ok_or(Problem::Internal)
}

/// What somebody reads for himself.
struct Read {
    items: VecDeque<Item>,
    until: Position,
    /// Whether it ended before it was full.
    short: bool,
}

/// Reads a page after `after`, and not beyond `until`, where others don't wait for it.
async fn read(
    hub: Arc<Hub>,
    wanted: Wanted,
    after: Position,
    until: Option<Position>,
) -> Result<Read, Failure> {
    let background = hub.parts.background.clone();
    let reading = background.spawn(async move {
        let _turn = hub.live.aside.acquire().await;
        let limit = until.map_or(PAGE, |until| (until.0.saturating_sub(after.0) as usize).min(PAGE));
        let page = hub.parts.log.read(after, limit).await?;
        let directory = hub.directory();
        let mut items = VecDeque::new();
        for row in &page.events {
            let message = wanted.message(&Told::of(row, &directory))?;
            items.extend(message.map(|bytes| Item { position: row.position, message: Some(bytes) }));
        }
        let until = page.events.last().map_or(after, |last| last.position);
        Ok(Read { items, until, short: page.events.len() < limit })
    });
    match AbortOnDropHandle::new(reading).await {
        Ok(read) => read,
        // The background ends with the hub.
        Err(_) => Err(Problem::Draining.into()),
    }
}
