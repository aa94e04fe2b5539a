//! Escalation: fires the timers. Each fires once, never early, and however late it fires the next term counts from
//! the planned time (INV-7).
//!
//! The plan itself is made by the case when it decides ([`seinhuis_domain::ladder`]); this role only watches the clock.

mod planner;
mod role;

pub use planner::plan;
pub use role::Escalation;
