//! Verifies what Seinhuis exports without any of Seinhuis (INV-10): whoever doubts the hub need not trust its code.
//!
//! It reads three things and no database: the export of a log, a proof that an event is in the log, and a proof that a
//! log is an earlier one with more after it. What they look like is told in `docs/formats/log-export.md`; everything
//! here is written from that page and shares no line with what writes them.
//!
//! An export is read once, from front to back. Memory holds one record (64 MiB at most), the subtrees of the Merkle tree
//! (one hash for each bit of the number of events) and 24 bytes for each stream, for its version: O(streams), and
//! nothing that grows with the events of a stream.

mod canonical;
mod export;
mod finding;
mod log;
mod note;
mod proof;
mod streams;
mod tree;

pub use canonical::Misshapen;
pub use export::{Broken, HEADER};
pub use finding::{Finding, What};
pub use log::{Unreadable, Verdict, verify};
pub use note::{Checkpoint, Key, KeyError, NoteFault};
pub use proof::{ProofError, Proven, consistency, inclusion};
pub use tree::Tree;
