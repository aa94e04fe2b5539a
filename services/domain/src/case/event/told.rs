//! The facts that people are told of: a climb, and a reminder of the one to come.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Act;
use crate::area::AreaCode;
use crate::ids::PersonId;
use crate::ladder::{Cause, PlannedStep, Rung};
use crate::tell::Addressee;

/// A climb: the one fact per (case, policy version, rung, cycle) (INV-7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RungReached {
    /// Where.
    pub area: AreaCode,
    /// The rung it reached.
    pub rung: Rung,
    /// The climb this belongs to; going down or opening again begins another.
    pub cycle: u32,
    /// The policy it was judged by.
    pub policy_version: u32,
    /// Why.
    pub cause: Cause,
    /// When it was planned, for climbs by timer. The next term counts from here, not from `at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_at: Option<Timestamp>,
    /// The hub's clock.
    pub at: Timestamp,
    /// Whether the case went past it: after a silence of the hub, its term here had ended as well. Nobody is told then, but of
    /// the rung above.
    #[serde(default, skip_serializing_if = "crate::policy::is_false")]
    pub passed: bool,
    /// Who is told.
    pub tell: Vec<PersonId>,
    /// The same, each with the reason why it is he, and until when his notice is held; empty where that wasn't said yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told_because: Vec<Addressee>,
    /// The climb after this one, unless somebody acts; none from the top. Here, and not in a fact of its own, so that
    /// whoever reads of the climb also reads by when something must be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<PlannedStep>,
    /// Who raised it, for climbs by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
}

/// Whoever stands on a rung was reminded of the climb that comes: one fact per (case, policy version, rung, cycle, nth).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminded {
    /// Where.
    pub area: AreaCode,
    /// The rung it is on.
    pub rung: Rung,
    /// The climb this belongs to.
    pub cycle: u32,
    /// The policy it was judged by.
    pub policy_version: u32,
    /// 1, 2, 3 … on this rung in this cycle.
    pub nth: u32,
    /// The climb that is reminded of.
    pub step: PlannedStep,
    /// When it was planned: the last reminder that was due, however late it went out.
    pub planned_at: Timestamp,
    /// The hub's clock.
    pub at: Timestamp,
    /// Who is reminded.
    pub tell: Vec<PersonId>,
    /// The same, each with the reason why it is he, and until when his notice is held; empty where that wasn't said yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told_because: Vec<Addressee>,
    /// The next reminder of the same climb, if there is to be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
}
