//! What a verifier finds, and where.

use std::fmt;

use crate::canonical::Misshapen;
use crate::export::Broken;
use crate::note::NoteFault;

/// One thing that isn't as it should be, and the positions among which it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The first position it may concern; 0 for the log as a whole.
    pub from: u64,
    /// The last one.
    pub to: u64,
    /// What, without any content.
    pub what: What,
}

impl Finding {
    /// A finding at one position.
    pub fn at(position: u64, what: What) -> Self {
        Self { from: position, to: position, what }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (0, 0) => write!(f, "the log as a whole: {}", self.what),
            (from, to) if from == to => write!(f, "at {from}: {}", self.what),
            (from, to) => write!(f, "in {from} to {to}: {}", self.what),
        }
    }
}

/// What can be found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum What {
    /// The file can't be read on from here.
    #[error("the export can't be read on: {0}")]
    Framing(Broken),
    /// The export has no end record: it was cut short.
    #[error("the export ends without its end record")]
    NoEnd,
    /// The end record tells another number of events.
    #[error("the end record says {said} events, there are {there}")]
    Count {
        /// What it says.
        said: u64,
        /// How many were read.
        there: u64,
    },
    /// The bytes of an event aren't in canonical form.
    #[error("the event isn't in canonical form: {0}")]
    Canonical(Misshapen),
    /// The leaf hash isn't that of the bytes.
    #[error("the event doesn't match its leaf hash")]
    Leaf,
    /// The version doesn't follow the one before it in the same stream.
    #[error("version {version} of its stream follows version {before}")]
    Version {
        /// The version before; 0 for none.
        before: u64,
        /// The event's own.
        version: u64,
    },
    /// A checkpoint in the export isn't one, or isn't signed by the key.
    #[error("the checkpoint doesn't hold: {0}")]
    Note(NoteFault),
    /// A checkpoint isn't where its size says.
    #[error("the checkpoint of {size} events stands after another number of events")]
    Misplaced {
        /// Its size.
        size: u64,
    },
    /// The events up to a signed checkpoint have another root.
    #[error(
        "these events aren't the ones that were signed: the checkpoint of {size} events has another root"
    )]
    Root {
        /// The checkpoint's size.
        size: u64,
    },
    /// A checkpoint that was kept isn't one, or isn't signed by the key.
    #[error("kept checkpoint {number} doesn't hold: {fault}")]
    Kept {
        /// Which, counted from 1 in the order given.
        number: usize,
        /// Why not.
        fault: NoteFault,
    },
    /// The log is shorter than a checkpoint that was signed.
    #[error("events are missing at the end: {size} were signed")]
    Shortened {
        /// The checkpoint's size.
        size: u64,
    },
    /// There are events, and nobody signed any of them.
    #[error("no valid checkpoint covers any of the events")]
    Unsigned,
    /// A proof tells a size and its checkpoint another.
    #[error("the proof says {said} events, its checkpoint {signed}")]
    Size {
        /// What the proof says.
        said: u64,
        /// What was signed.
        signed: u64,
    },
    /// The hashes of a proof don't lead to the signed root.
    #[error("the proof doesn't lead to the signed root")]
    Path,
}
