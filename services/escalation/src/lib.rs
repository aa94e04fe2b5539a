//! Escalation: fires the timers. Each fires once, never early, and however late it fires the next term counts from
//! the planned time (INV-7).
//!
//! The plan itself is made by the case when it decides ([`seinhuis_domain::ladder`]); this role only watches the clock.
//! Beside it, [`what_if`] tries another policy on what happened.

mod fired;
mod planner;
mod role;
mod send;
mod silence;
mod skew;
mod what_if;

pub use fired::{Fired, OnFired};
pub use planner::plan;
pub use role::Escalation;
pub use what_if::{Answer, Identity, Question, WhatIfFault, what_if};
