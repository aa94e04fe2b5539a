//! The log: append, read, execute, prove, and seal what is personal.
//!
//! One row per event with a dense position; order of position is order of commit (INV-2). A receipt leaves only after
//! its events are on disk (INV-1), nothing is ever rewritten (INV-5), every row carries the leaf hash by which the log
//! can be proven (INV-10), and personal data lives only in envelopes whose keys can be destroyed (INV-9).

mod ahead;
mod backend;
pub mod backup;
mod codec;
mod event;
mod execute;
mod fault;
mod fence;
mod filter;
mod framework;
pub mod inspect;
mod key_file;
pub mod keyring;
pub mod leaf;
mod lease;
mod log;
mod position;
pub mod proof;
mod stream;
mod upcast;
mod verify;
mod writer;

pub use ahead::Ahead;
pub use backend::postgres::Address;
pub use event::{Append, Appended, Committed, Context, NewEvent, Page, Recorded};
pub use execute::{Asked, Chain, Known, Outcome};
pub use fault::{AppendError, ExecuteError, Fault, Trouble};
pub use fence::Fence;
pub use filter::Filter;
pub use framework::{ACTOR, LogContext, RECORDED_AT, TRACE};
pub use lease::{Holding, Lease, Leases, Tenure};
pub use log::{HeadWatch, Log, Settings, Tail};
pub use position::Position;
pub use stream::{InvalidStream, StreamId};
pub use verify::{Finding, Verdict, verify, verify_signed};
pub use writer::{CommittedGroup, OnCommit};
