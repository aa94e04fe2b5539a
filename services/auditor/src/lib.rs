//! The auditor: a second look at the ladder, by other rules than those that climb it.
//!
//! It reads the log from its first event and nothing else: no read model, no timer, no plan of the escalation role. What it
//! knows of a case is little and kept its own way. It finds climbs that are withheld, early, doubled or told to somebody who
//! has nothing to do with them, and plans that are not what the terms say.

mod case;
mod finding;
mod ladder;
mod overdue;
mod role;
mod told;

pub use finding::{Finding, Wrong};
pub use ladder::Audit;
pub use role::{AuditFault, Auditor, State, read};
