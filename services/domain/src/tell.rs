//! Who is told of a climb, why it is he, and when.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::PersonId;

mod hold;
mod stand_in;

pub(crate) use hold::hold;
pub(crate) use stand_in::on_duty;

/// Somebody who is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// Who.
    pub person: PersonId,
    /// Why he, and not somebody else.
    #[serde(flatten)]
    pub duty: Duty,
    /// Until when his notice is held, and why; absent: it goes out at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
}

/// Why somebody is told, and not somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "duty", rename_all = "snake_case")]
pub enum Duty {
    /// The profile names him, and he is there.
    OnDuty,
    /// He stands in for the first of these: who is away, and whose own deputies are, in this order.
    Deputy {
        /// Who is away.
        away: Vec<Away>,
    },
    /// Of those whom the profile names nobody is there, nor a deputy: he is the fallback.
    Fallback {
        /// Who is away; empty where the profile names nobody for this rung.
        away: Vec<Away>,
    },
    /// Nobody at all is there: of these he is back first, and told then.
    NobodyOnDuty {
        /// Who is away.
        away: Vec<Away>,
    },
}

/// Somebody who is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// Who.
    pub person: PersonId,
    /// His last day away.
    pub until: Date,
}

/// How long a notice is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The first instant at which it may go out.
    pub until: Timestamp,
    /// What it waits for, in the order in which that was found.
    pub because: Vec<HoldCause>,
}

/// What a notice is held for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldCause {
    /// Nobody of the rung is on duty, and no fallback.
    NobodyOnDuty,
    /// The office is closed, and the policy holds notices to this rung until it opens.
    OutsideOfficeHours,
    /// They are quiet hours of his own.
    QuietHours,
}
