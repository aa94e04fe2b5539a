//! What can happen to a case.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::area::AreaCode;
use crate::feedback::{FeedbackDue, Outcome};
use crate::ids::{CaseId, PartnerId, SignalId, SubjectId};
use crate::kind::Kind;
use crate::ladder::{PlannedStep, Rung};
use crate::matching::Match;
use crate::routing::Route;
use crate::sealed::Sealed;
use crate::sector::{Sector, Urgency};

mod stored;
mod told;

pub use told::{Reminded, RungReached};

/// Who acted, when, and what he noted. The note is sealed and travels beside the payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// As the log names him: `person:regisseur-ulft`.
    pub by: String,
    /// The hub's clock.
    pub at: Timestamp,
    /// His note.
    #[serde(skip)]
    pub note: Option<Sealed>,
}

/// How a case began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseOpened {
    /// The case.
    pub id: CaseId,
    /// Where; the area of its first signal.
    pub area: AreaCode,
    /// The signal that opened it.
    pub signal: SignalId,
    /// The kind of that signal.
    pub kind: Kind,
    /// How fast.
    pub urgency: Urgency,
    /// The persons it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<SubjectId>,
    /// Lane, team, lead and goal, and the rule that said so.
    pub route: Route,
    /// The version of the profile whose policy holds for this case, for good; unless it is migrated by an act.
    pub policy_version: u32,
    /// The hub's clock.
    pub at: Timestamp,
}

/// What can happen to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum CaseEvent {
    /// A signal that belonged nowhere opened it.
    #[serde(rename = "case.opened")]
    CaseOpened(Box<CaseOpened>),
    /// A further signal belongs to it.
    #[serde(rename = "case.signal_attached")]
    SignalAttached {
        /// Where the case is.
        area: AreaCode,
        /// The signal.
        signal: SignalId,
        /// Its kind.
        kind: Kind,
        /// Its urgency; an urgent signal makes the case urgent.
        urgency: Urgency,
        /// The persons it is about.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        subjects: Vec<SubjectId>,
        /// What they have in common.
        because: Match,
        /// The hub's clock.
        at: Timestamp,
    },
    /// Signals of several sectors met: one plan for all partners.
    #[serde(rename = "case.made_integral")]
    CaseMadeIntegral {
        /// Where.
        area: AreaCode,
        /// The sectors that met.
        sectors: Vec<Sector>,
    },
    /// A partner leads from here on.
    #[serde(rename = "case.lead_assigned")]
    LeadAssigned {
        /// Where.
        area: AreaCode,
        /// Who leads.
        lead: PartnerId,
        /// Who said so.
        act: Act,
    },
    /// Somebody on this rung picked it up.
    #[serde(rename = "case.acknowledged")]
    CaseAcknowledged {
        /// Where.
        area: AreaCode,
        /// On which rung.
        rung: Rung,
        /// Who.
        act: Act,
    },
    /// The lead passed it on.
    #[serde(rename = "case.handed_over")]
    CaseHandedOver {
        /// Where.
        area: AreaCode,
        /// Who led.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<PartnerId>,
        /// Who leads now.
        to: PartnerId,
        /// Who did it.
        act: Act,
    },
    /// A partner refused it.
    #[serde(rename = "case.lead_refused")]
    LeadRefused {
        /// Where.
        area: AreaCode,
        /// Who refused.
        partner: PartnerId,
        /// Who said so.
        act: Act,
    },
    /// Unless somebody acts, it climbs then. Replaces the plan before it.
    #[serde(rename = "case.step_planned")]
    StepPlanned {
        /// Where.
        area: AreaCode,
        /// The climb.
        step: PlannedStep,
    },
    /// It climbed.
    #[serde(rename = "case.rung_reached")]
    RungReached(Box<RungReached>),
    /// Whoever stands on its rung was reminded of the climb that comes.
    #[serde(rename = "case.reminded")]
    CaseReminded(Box<Reminded>),
    /// It was paused: it climbs by no term before the end, and what ran counts anew from there.
    #[serde(rename = "case.paused")]
    CasePaused {
        /// Where.
        area: AreaCode,
        /// The end of the pause.
        until: Timestamp,
        /// Who paused it.
        act: Act,
    },
    /// A pause was ended before its time: terms count from here.
    #[serde(rename = "case.resumed")]
    CaseResumed {
        /// Where.
        area: AreaCode,
        /// Who ended it.
        act: Act,
    },
    /// The next reminder was put off. The climb it is of was not.
    #[serde(rename = "case.snoozed")]
    CaseSnoozed {
        /// Where.
        area: AreaCode,
        /// Until when.
        until: Timestamp,
        /// The climb that is planned, as before.
        step: PlannedStep,
        /// The next reminder; none where the climb comes first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_at: Option<Timestamp>,
        /// Who put it off.
        act: Act,
    },
    /// From here on it is judged by another version of the profile than the one it was opened under.
    #[serde(rename = "case.policy_migrated")]
    PolicyMigrated {
        /// Where.
        area: AreaCode,
        /// The version that held.
        from: u32,
        /// The version that holds.
        to: u32,
        /// Who said so.
        act: Act,
    },
    /// It was brought down the ladder.
    #[serde(rename = "case.rung_lowered")]
    RungLowered {
        /// Where.
        area: AreaCode,
        /// The rung it is on now.
        rung: Rung,
        /// The climb that begins here.
        cycle: u32,
        /// Who did it.
        act: Act,
    },
    /// The regisseur or the college decided who leads; partners are bound by it.
    #[serde(rename = "case.decided")]
    CaseDecided {
        /// Where.
        area: AreaCode,
        /// Who leads.
        lead: PartnerId,
        /// Who decided.
        act: Act,
    },
    /// The partners that reported were told what became of it. What they read beyond the outcome is sealed.
    #[serde(rename = "case.feedback_given")]
    FeedbackGiven {
        /// Where.
        area: AreaCode,
        /// What became of it.
        outcome: Outcome,
        /// Who told them.
        act: Act,
    },
    /// It is done.
    #[serde(rename = "case.resolved")]
    CaseResolved {
        /// Where.
        area: AreaCode,
        /// By when the partners that reported are to hear of it, where they don't know and the policy says when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        feedback_due: Option<FeedbackDue>,
        /// Who said so.
        act: Act,
    },
    /// It was not done after all.
    #[serde(rename = "case.reopened")]
    CaseReopened {
        /// Where.
        area: AreaCode,
        /// The climb that begins here.
        cycle: u32,
        /// Who said so.
        act: Act,
    },
}

impl CaseEvent {
    /// Who acted, for events a person caused.
    pub fn act(&self) -> Option<&Act> {
        match self {
            Self::LeadAssigned { act, .. }
            | Self::CaseAcknowledged { act, .. }
            | Self::CaseHandedOver { act, .. }
            | Self::LeadRefused { act, .. }
            | Self::RungLowered { act, .. }
            | Self::CaseDecided { act, .. }
            | Self::FeedbackGiven { act, .. }
            | Self::CaseResolved { act, .. }
            | Self::CaseReopened { act, .. }
            | Self::CasePaused { act, .. }
            | Self::CaseResumed { act, .. }
            | Self::PolicyMigrated { act, .. }
            | Self::CaseSnoozed { act, .. } => Some(act),
            Self::RungReached(reached) => reached.act.as_ref(),
            Self::CaseOpened(_)
            | Self::SignalAttached { .. }
            | Self::CaseMadeIntegral { .. }
            | Self::StepPlanned { .. }
            | Self::CaseReminded(_) => None,
        }
    }

    /// The climb that is planned from here on, or that there is none; nothing where the plan stays as it was.
    pub fn plan(&self) -> Option<Option<&PlannedStep>> {
        match self {
            Self::StepPlanned { step, .. } => Some(Some(step)),
            Self::RungReached(reached) => Some(reached.next.as_ref()),
            // What was planned before is void. A plan for where it stands now follows, if there is one.
            Self::RungLowered { .. } | Self::CaseResolved { .. } | Self::CaseReopened { .. } => Some(None),
            Self::CaseOpened(_)
            | Self::SignalAttached { .. }
            | Self::CaseMadeIntegral { .. }
            | Self::LeadAssigned { .. }
            | Self::CaseAcknowledged { .. }
            | Self::CaseHandedOver { .. }
            | Self::LeadRefused { .. }
            | Self::CaseDecided { .. }
            | Self::FeedbackGiven { .. }
            | Self::CaseReminded(_)
            | Self::CasePaused { .. }
            | Self::CaseResumed { .. }
            | Self::CaseSnoozed { .. }
            | Self::PolicyMigrated { .. } => None,
        }
    }
}
