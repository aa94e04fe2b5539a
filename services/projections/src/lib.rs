//! Read models: what the hub knows, arranged for those who ask. Each is a function of the log and of nothing else
//! (INV-6): applied twice is applied once, and a rebuild gives the same bytes.
//!
//! A [`Follower`] reads the log page by page and has the [`Model`]s of one file take each page in, together with how
//! far they are, in one transaction. The queries are methods of [`Views`]; each stands with its model.

mod backend;
mod board;
mod case_file;
mod case_head;
mod cell;
mod digest;
mod directory;
mod entry;
mod fault;
mod flow;
mod follower;
mod matching;
mod model;
mod notices;
mod own_signals;
mod rebuild;
mod recent;
pub mod report;
mod reported;
mod role;
#[cfg(test)]
#[path = "../tests/follow/scene.rs"]
mod scene;
mod standing;
mod table;
mod tally;
mod timers;
mod versions;
mod views;
#[cfg(any(test, feature = "simulation"))]
mod waiting;
mod workload;

pub use board::BoardCount;
pub use case_file::{CaseFile, CaseSignal, HISTORY_MAX, HistoryEntry, HistoryFact};
pub use case_head::{CaseHead, FeedbackGiven};
pub use digest::{Comparison, Digest, compare, rebuild_into};
pub use directory::{DirectoryView, MapAt};
pub use fault::{Fault, NotYet};
pub use flow::{Class, Intake, Repeat, Repeated, Span, Spell, Step, StepCount, Turn};
pub use follower::{Faults, Follower, LOOK_AGAIN, Rest};
pub use matching::PendingSignal;
pub use model::Model;
pub use notices::{NobodyTold, NoticeRow, Outcome};
pub use own_signals::{OwnSignal, OwnState};
pub use rebuild::{InPlaces, NoSuchModel, Pace, Place, Places, Progress, Rebuild, Rebuilt, Stage};
pub use recent::Recent;
pub use role::{Role, work};
pub use standing::Standing;
pub use tally::TallyLine;
pub use timers::{DueReminder, DueTimer};
pub use versions::CaseVersion;
pub use views::Views;
#[cfg(feature = "simulation")]
pub use waiting::Waiting;
pub use workload::Workload;
