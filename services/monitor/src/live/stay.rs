//! Whether a live stream may go on. It may for as long as the gate would let its caller in again as the same, who would be
//! answered by the same right; the hub doesn't drain; and its time is not over.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use seinhuis_contract::gate::Admission;
use seinhuis_contract::status::Problem;
use seinhuis_domain::directory::Directory;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::Instant;
use tonic::Request;

use crate::asker::Asker;
use crate::hub::Hub;

/// How long a stream lasts. Its caller then comes past the gate again.
const LONGEST: Duration = Duration::from_secs(3_600);

/// Whether somebody with these rights would be answered as he was.
type Still = Box<dyn Fn(&Asker) -> Result<bool, Problem> + Send + Sync>;

/// The stay of one stream.
pub(crate) struct Stay {
    hub: Arc<Hub>,
    asker: Asker,
    admission: Admission,
    still: Still,
    /// The directory by which it was judged last.
    judged: Arc<Directory>,
    until: Instant,
    looks: watch::Receiver<Option<Problem>>,
    _room: OwnedSemaphorePermit,
}

impl fmt::Debug for Stay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stay").field("asker", &self.asker).finish_non_exhaustive()
    }
}

impl Stay {
    /// Lets whoever asked for `request` stay, if there is room. `right` finds what he may see, and refuses where that is
    /// nothing; it is found again whenever the directory is another.
    pub(crate) fn begin<T, R>(
        hub: &Arc<Hub>,
        request: &Request<T>,
        right: impl Fn(&Asker) -> Result<R, Problem> + Send + Sync + 'static,
    ) -> Result<(Self, R), Problem>
    where
        R: Clone + PartialEq + Send + Sync + 'static,
    {
        let judged = hub.directory();
        let asker = Asker::of(request, Arc::clone(&judged))?;
        let admission = request.extensions().get::<Admission>().ok_or(Problem::NoToken)?.clone();
        let seen = right(&asker)?;
        if hub.parts.drain.is_cancelled() {
            return Err(Problem::Draining);
        }
        let room = Arc::clone(&hub.watches).try_acquire_owned().map_err(|_| Problem::Overloaded)?;
        super::begin(hub);
        let first = seen.clone();
        let stay = Self {
            hub: Arc::clone(hub),
            asker,
            admission,
            still: Box::new(move |asker| right(asker).map(|now| now == first)),
            judged,
            until: Instant::now() + LONGEST,
            looks: hub.live.looks.subscribe(),
            _room: room,
        };
        Ok((stay, seen))
    }

    /// Refuses when it is over. Cheap enough to ask before every message.
    pub(crate) fn may_go_on(&mut self) -> Result<(), Problem> {
        let parts = &self.hub.parts;
        if parts.drain.is_cancelled() {
            return Err(Problem::Draining);
        }
        if self.until <= Instant::now() {
            return Err(Problem::StreamOver);
        }
        let now = parts.clock.now();
        self.admission.in_time(now)?;
        let directory = self.hub.directory();
        if Arc::ptr_eq(&directory, &self.judged) {
            return Ok(());
        }
        let principal = self.admission.still_counts(&directory, now)?;
        let asker = self.asker.with(Arc::clone(&directory));
        let same = asker.is(&principal) && (self.still)(&asker).unwrap_or(false);
        (self.asker, self.judged) = (asker, directory);
        // Whoever comes again hears what he may see now, or why nothing.
        if same { Ok(()) } else { Err(Problem::RightsChanged) }
    }

    /// Returns when it is time to ask again. Safe to drop.
    pub(crate) async fn news(&mut self) {
        if self.looks.changed().await.is_err() {
            std::future::pending().await
        }
    }

    /// Why the one reader can't read, if it can't.
    pub(crate) fn trouble(&self) -> Option<Problem> {
        self.looks.borrow().clone()
    }
}
