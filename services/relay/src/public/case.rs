//! What is public of a case: where it is, how it goes up and down the ladder, and which organisation leads it.

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::calendar::Term;
use seinhuis_domain::case::{CaseEvent, CaseOpened, Reminded, RungReached};
use seinhuis_domain::feedback::Outcome;
use seinhuis_domain::ids::{CaseId, PartnerId, TeamId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::{Cause, PlannedStep, Rung};
use seinhuis_domain::routing::Route;
use seinhuis_domain::sector::{Goal, Lane, Sector, Track, Urgency};
use serde::Serialize;

use super::{Data, Public};

#[derive(Debug, Serialize)]
pub(crate) struct Case<'a> {
    case: CaseId,
    number: String,
    area: &'a AreaCode,
    #[serde(flatten)]
    fact: Fact<'a>,
}

/// What happened. Fields that are absent don't apply.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Fact<'a> {
    Opened {
        sector: Sector,
        kind: Kind,
        urgency: Urgency,
        lane: Lane,
        track: Track,
        goal: Goal,
        #[serde(skip_serializing_if = "Option::is_none")]
        team: Option<&'a TeamId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        lead: Option<&'a PartnerId>,
        rung: Rung,
        policy_version: u32,
    },
    Joined {
        sector: Sector,
        kind: Kind,
        urgency: Urgency,
    },
    Integral {
        track: Track,
        sectors: &'a [Sector],
    },
    Led {
        lead: &'a PartnerId,
    },
    PickedUp {
        rung: Rung,
    },
    HandedOver {
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<&'a PartnerId>,
        to: &'a PartnerId,
    },
    Refused {
        partner: &'a PartnerId,
    },
    Planned {
        next: Step,
    },
    Reached {
        rung: Rung,
        cycle: u32,
        policy_version: u32,
        cause: Cause,
        #[serde(skip_serializing_if = "Option::is_none")]
        planned_at: Option<Timestamp>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next: Option<Step>,
    },
    Reminded {
        rung: Rung,
        cycle: u32,
        policy_version: u32,
        nth: u32,
        planned_at: Timestamp,
        next: Step,
    },
    Migrated {
        from_version: u32,
        policy_version: u32,
    },
    Paused {
        until: Timestamp,
    },
    Resumed {},
    Snoozed {
        until: Timestamp,
    },
    Lowered {
        rung: Rung,
        cycle: u32,
    },
    Told {
        outcome: Outcome,
    },
    Resolved {},
    Reopened {
        cycle: u32,
    },
}

/// The climb that will happen unless somebody acts.
#[derive(Debug, Serialize)]
struct Step {
    to: Rung,
    due_at: Timestamp,
    term: Term,
    cause: Cause,
}

impl Step {
    fn of(step: &PlannedStep) -> Self {
        let PlannedStep { to, due_at, term, from: _, cause, remind_at: _ } = step;
        Self { to: *to, due_at: *due_at, term: *term, cause: *cause }
    }
}

pub(super) fn public(case: CaseId, event: &CaseEvent) -> Public<'_> {
    let (name, area, fact) = match event {
        CaseEvent::CaseOpened(opened) => opened_as(opened),
        CaseEvent::SignalAttached { area, signal: _, kind, urgency, subjects: _, because: _, at: _ } => {
            let fact = Fact::Joined { sector: kind.sector(), kind: *kind, urgency: *urgency };
            ("case.signal-attached", area, fact)
        }
        CaseEvent::CaseMadeIntegral { area, sectors } => {
            ("case.made-integral", area, Fact::Integral { track: Track::Integral, sectors })
        }
        CaseEvent::LeadAssigned { area, lead, act: _ } => ("case.lead-assigned", area, Fact::Led { lead }),
        CaseEvent::CaseAcknowledged { area, rung, act: _ } => {
            ("case.acknowledged", area, Fact::PickedUp { rung: *rung })
        }
        CaseEvent::CaseHandedOver { area, from, to, act: _ } => {
            ("case.handed-over", area, Fact::HandedOver { from: from.as_ref(), to })
        }
        CaseEvent::LeadRefused { area, partner, act: _ } => {
            ("case.lead-refused", area, Fact::Refused { partner })
        }
        CaseEvent::StepPlanned { area, step } => {
            ("case.step-planned", area, Fact::Planned { next: Step::of(step) })
        }
        CaseEvent::RungReached(reached) => reached_as(reached),
        CaseEvent::CaseReminded(reminded) => reminded_as(reminded),
        CaseEvent::PolicyMigrated { area, from, to, act: _ } => {
            ("case.policy-migrated", area, Fact::Migrated { from_version: *from, policy_version: *to })
        }
        CaseEvent::CasePaused { area, until, act: _ } => {
            ("case.paused", area, Fact::Paused { until: *until })
        }
        CaseEvent::CaseResumed { area, act: _ } => ("case.resumed", area, Fact::Resumed {}),
        CaseEvent::CaseSnoozed { area, until, step: _, next_at: _, act: _ } => {
            ("case.snoozed", area, Fact::Snoozed { until: *until })
        }
        CaseEvent::RungLowered { area, rung, cycle, act: _ } => {
            ("case.rung-lowered", area, Fact::Lowered { rung: *rung, cycle: *cycle })
        }
        CaseEvent::CaseDecided { area, lead, act: _ } => ("case.decided", area, Fact::Led { lead }),
        CaseEvent::FeedbackGiven { area, outcome, act: _ } => {
            ("case.feedback-given", area, Fact::Told { outcome: *outcome })
        }
        // By when partners hear of it is between them and the municipality.
        CaseEvent::CaseResolved { area, feedback_due: _, act: _ } => {
            ("case.resolved", area, Fact::Resolved {})
        }
        CaseEvent::CaseReopened { area, cycle, act: _ } => {
            ("case.reopened", area, Fact::Reopened { cycle: *cycle })
        }
    };
    let data = Case { case, number: case.number(), area, fact };
    Public { name, version: 1, area, case: Some(case), data: Data::Case(data) }
}

fn opened_as(opened: &CaseOpened) -> (&'static str, &AreaCode, Fact<'_>) {
    let CaseOpened { id: _, area, signal: _, kind, urgency, subjects: _, route, policy_version, at: _ } =
        opened;
    let Route { rule: _, lane, goal, team, lead } = route;
    let fact = Fact::Opened {
        sector: kind.sector(),
        kind: *kind,
        urgency: *urgency,
        lane: *lane,
        // Where every case begins.
        track: Track::Regular,
        rung: Rung::Workfloor,
        goal: *goal,
        team: team.as_ref(),
        lead: lead.as_ref(),
        policy_version: *policy_version,
    };
    ("case.opened", area, fact)
}

fn reached_as(reached: &RungReached) -> (&'static str, &AreaCode, Fact<'_>) {
    let RungReached {
        area,
        rung,
        cycle,
        policy_version,
        cause,
        planned_at,
        at: _,
        passed: _,
        tell: _,
        told_because: _,
        next,
        act: _,
    } = reached;
    let fact = Fact::Reached {
        rung: *rung,
        cycle: *cycle,
        policy_version: *policy_version,
        cause: *cause,
        planned_at: *planned_at,
        next: next.as_ref().map(Step::of),
    };
    ("case.rung-reached", area, fact)
}

fn reminded_as(reminded: &Reminded) -> (&'static str, &AreaCode, Fact<'_>) {
    let Reminded {
        area,
        rung,
        cycle,
        policy_version,
        nth,
        step,
        planned_at,
        at: _,
        tell: _,
        told_because: _,
        next_at: _,
    } = reminded;
    let fact = Fact::Reminded {
        rung: *rung,
        cycle: *cycle,
        policy_version: *policy_version,
        nth: *nth,
        planned_at: *planned_at,
        next: Step::of(step),
    };
    ("case.reminded", area, fact)
}
