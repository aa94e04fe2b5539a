//! What is told as it happens. One reader of the log makes each fact's messages once and hands them to those who want
//! them; who can't keep up reads for himself until he can. What is asked of read models is asked once for all who watch it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use seinhuis_contract::proto::monitor::v1::{
    WatchBoardsResponse, WatchPipelineResponse, WatchTimersResponse,
};
use seinhuis_contract::status::Problem;
use tokio::sync::{Notify, Semaphore, watch};

use crate::asker::AskedAreas;
use crate::hub::Hub;
use crate::timers::plan::Asked;

pub(crate) mod crowd;
pub(crate) mod newest;
pub(crate) mod sight;
pub(crate) mod stay;
pub(crate) mod tail;
pub(crate) mod told;
pub(crate) mod wanted;
pub(crate) mod watcher;

use crowd::Crowd;
use newest::Newest;

/// Pages and questions for those who watch that are under way at a time. The others wait for their turn, behind whatever
/// somebody asks directly.
const ASIDE: usize = 4;

/// What all live streams of a process share.
#[derive(Debug)]
pub(crate) struct Live {
    /// Those who are told of each fact as it comes.
    pub(crate) crowd: Mutex<Crowd>,
    /// Says that somebody has come.
    pub(crate) joined: Notify,
    /// Says that something changed by which a right may have ended, or that the log can't be read.
    pub(crate) looks: watch::Sender<Option<Problem>>,
    /// The boards that are watched.
    pub(crate) boards: Newest<AskedAreas, WatchBoardsResponse>,
    /// The plans of timers that are watched.
    pub(crate) plans: Newest<Asked, WatchTimersResponse>,
    /// The pipeline, if it is watched.
    pub(crate) pipeline: Newest<(), WatchPipelineResponse>,
    /// Turns of those who read for themselves.
    pub(crate) aside: Semaphore,
    /// Whether the one reader is at work.
    reads: AtomicBool,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self {
            crowd: Mutex::default(),
            joined: Notify::new(),
            looks: watch::Sender::new(None),
            boards: Newest::new(),
            plans: Newest::new(),
            pipeline: Newest::new(),
            aside: Semaphore::new(ASIDE),
            reads: AtomicBool::new(false),
        }
    }

    /// Does `work` with the crowd. Never held over a wait.
    pub(crate) fn crowd<T>(&self, work: impl FnOnce(&mut Crowd) -> T) -> T {
        // Whole after every statement that can panic.
        work(&mut self.crowd.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Has the one reader read, unless it does.
pub(crate) fn begin(hub: &Arc<Hub>) {
    if !hub.live.reads.swap(true, Ordering::AcqRel) {
        let reading = Reading(Arc::clone(hub));
        tokio::spawn(async move { tail::run(&reading.0).await });
    }
}

/// The one reader at work. Should it ever die, nobody is left waiting for it, and the next who comes starts another.
struct Reading(Arc<Hub>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.live.reads.store(false, Ordering::Release);
        self.0.live.looks.send_replace(Some(Problem::Unavailable));
    }
}
