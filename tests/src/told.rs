//! What an appender tells: one line of JSON each. A line that is there whole was told, whatever became of the process.

use serde::{Deserialize, Serialize};

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// The log is open.
    Ready,
    /// An append is in the log.
    Stored(Receipt),
    /// An append or a read ended in a fault, in its own words. It is tried again.
    Fault(String),
    /// It holds the lease, for the first time in this epoch.
    Leads(u64),
    /// What a caller appended under the lease was refused: its epoch is over. It appends no more.
    Fenced {
        /// The epoch.
        epoch: u64,
        /// Whether it took itself for the holder even so.
        held: bool,
    },
    /// A follower was given a page.
    Saw(Page),
    /// The log did what it never may; the process ends.
    Broken(String),
}

/// Where the events of one append stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The stream.
    pub stream: String,
    /// Its version before.
    pub before: u64,
    /// Its version afterwards.
    pub version: u64,
    /// The first event's position.
    pub first: u64,
    /// The last event's position.
    pub last: u64,
    /// When the caller knew, in microseconds since 1970.
    pub at: i64,
    /// The answer to an earlier try was lost: this one was refused, and the stream told where the first one stands.
    pub found: bool,
}

/// A stretch of the log, without a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its first position.
    pub first: u64,
    /// Its last position.
    pub last: u64,
    /// When it came, in microseconds since 1970.
    pub at: i64,
}
