//! The peers: how each is asked to store events, and what its lines are.

mod cqrs;
mod raw;
mod uma;

use std::sync::Arc;
use std::time::Duration;

use crate::drive::Run;
use crate::input::Input;

pub(crate) use self::cqrs::Cqrs;
pub(crate) use self::raw::Raw;
pub(crate) use self::uma::{Server, Uma};

/// What is asked of a peer at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// In the words of the table.
    pub(crate) what: &'static str,
    /// Which of the hub's own lines does the same.
    pub(crate) like: &'static str,
    /// How many ask at once, each again as soon as it is answered.
    pub(crate) callers: usize,
    /// How many events one of them brings at a time.
    pub(crate) batch: usize,
}

/// What a peer keeps at the end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    pub(crate) events: u64,
    /// On disk, indexes included.
    pub(crate) bytes: u64,
}

/// A store under measurement. Every event it acknowledges is on disk.
pub(crate) trait Peer {
    /// With its version.
    fn name(&self) -> &'static str;

    /// Its lines.
    fn loads(&self) -> &'static [Load];

    /// One run of one line.
    async fn run(&self, load: &Load, input: &Arc<Input>, time: Duration) -> anyhow::Result<Run>;

    /// What it gives back when it is asked for everything.
    async fn held(&self, input: &Input) -> anyhow::Result<Held>;
}
