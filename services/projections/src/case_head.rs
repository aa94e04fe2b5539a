//! Where a case stands, folded from its events: what a board shows in a line and a case file in its heading.

mod fold;

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::{CaseEvent, CaseOpened};
use seinhuis_domain::feedback::Outcome;
use seinhuis_domain::ids::{CaseId, PartnerId, TeamId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::{PlannedStep, Rung};
use seinhuis_domain::sector::{Goal, Lane, Track, Urgency};
use seinhuis_eventstore::Position;
use serde::{Deserialize, Serialize};

use crate::cell::{Cell, Cells, cells};
use crate::fault::Fault;

pub(crate) use fold::fold;

/// What the partners that reported were last told of a case. What there was to read beyond it is sealed, in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedbackGiven {
    /// What became of it.
    pub outcome: Outcome,
    /// When they were told.
    pub at: Timestamp,
    /// Where it stands in the log.
    pub position: Position,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseHead {
    /// The case.
    pub id: CaseId,
    /// What people call it.
    pub number: String,
    /// Where; the area of its first signal.
    pub area: AreaCode,
    /// The kind of its first signal.
    pub kind: Kind,
    /// Which half of the neighbourhood's life.
    pub lane: Lane,
    /// One partner's process or a joint plan.
    pub track: Track,
    /// The policy goal it serves.
    pub goal: Goal,
    /// The routing rule that fitted.
    pub rule: String,
    /// How fast.
    pub urgency: Urgency,
    /// The team of the second rung.
    pub team: Option<TeamId>,
    /// Who leads.
    pub lead: Option<PartnerId>,
    /// The rung it is on.
    pub rung: Rung,
    /// The climb it is in.
    pub cycle: u32,
    /// The version of the profile whose policy holds for it.
    pub policy_version: u32,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it came to this rung or this lead, by plan.
    pub since: Timestamp,
    /// When somebody on this rung picked it up.
    pub picked_up: Option<Timestamp>,
    /// Until when it is paused, or was, on this rung.
    pub paused_until: Option<Timestamp>,
    /// The climb that will happen unless somebody acts; its `due_at` is the deadline.
    pub planned: Option<PlannedStep>,
    /// Its signals, counted.
    pub signals: u32,
    /// How often partners refused it in this climb.
    pub refusals: u32,
    /// How often it was handed over in this climb.
    pub handovers: u32,
    /// When it was done, if it is.
    pub resolved_at: Option<Timestamp>,
    /// What those who reported were last told.
    pub feedback: Option<FeedbackGiven>,
    /// By when those who reported are to hear how it ended: of a closed case, while they haven't.
    pub feedback_due: Option<Timestamp>,
    /// Its last event.
    pub position: Position,
    /// The last event that moved it: to another rung, or that it was picked up, dropped, closed or opened; or by which those
    /// who reported were told of it.
    pub moved: Position,
}

/// The columns, for whichever table holds heads. Case and position are first: together they are the key of a version.
pub(crate) const COLUMNS: &[(&str, &str)] = &[
    ("id", "BLOB NOT NULL"),
    ("position", "INTEGER NOT NULL"),
    ("number", "TEXT NOT NULL"),
    ("area", "TEXT NOT NULL"),
    ("kind", "TEXT NOT NULL"),
    ("lane", "TEXT NOT NULL"),
    ("track", "TEXT NOT NULL"),
    ("goal", "TEXT NOT NULL"),
    ("rule", "TEXT NOT NULL"),
    ("urgency", "TEXT NOT NULL"),
    ("team", "TEXT"),
    ("lead", "TEXT"),
    ("rung", "INTEGER NOT NULL"),
    ("cycle", "INTEGER NOT NULL"),
    ("policy_version", "INTEGER NOT NULL"),
    ("opened_at", "INTEGER NOT NULL"),
    ("since", "INTEGER NOT NULL"),
    ("picked_up", "INTEGER"),
    ("planned", "TEXT"),
    ("due_at", "INTEGER"),
    ("signals", "INTEGER NOT NULL"),
    ("refusals", "INTEGER NOT NULL"),
    ("handovers", "INTEGER NOT NULL"),
    ("resolved_at", "INTEGER"),
    ("moved", "INTEGER NOT NULL"),
    ("paused_until", "INTEGER"),
    ("feedback", "TEXT"),
    ("feedback_due", "INTEGER"),
];

impl CaseHead {
    /// Whether it was paused at an instant.
    pub fn is_paused(&self, at: Timestamp) -> bool {
        self.resolved_at.is_none() && self.paused_until.is_some_and(|until| at < until)
    }

    /// Whether its next step was due by an instant.
    pub fn is_overdue(&self, at: Timestamp) -> bool {
        self.planned.as_ref().is_some_and(|step| step.due_at <= at)
    }

    pub(crate) fn opened(opened: &CaseOpened, position: Position) -> Self {
        let CaseOpened { id, area, kind, urgency, route, policy_version, at, .. } = opened;
        Self {
            id: *id,
            number: id.number(),
            area: area.clone(),
            kind: *kind,
            lane: route.lane,
            track: Track::Regular,
            goal: route.goal,
            rule: route.rule.clone(),
            urgency: *urgency,
            team: route.team.clone(),
            lead: route.lead.clone(),
            rung: Rung::Workfloor,
            cycle: 0,
            policy_version: *policy_version,
            opened_at: *at,
            since: *at,
            picked_up: None,
            paused_until: None,
            planned: None,
            signals: 1,
            refusals: 0,
            handovers: 0,
            resolved_at: None,
            feedback: None,
            feedback_due: None,
            position,
            moved: position,
        }
    }

    pub(crate) fn apply(&mut self, event: &CaseEvent, position: Position) {
        let outside =
            |head: &Self| (head.rung, head.picked_up.is_some(), head.resolved_at.is_some(), head.feedback);
        let before = outside(self);
        self.fold(event, position);
        self.position = position;
        if outside(self) != before {
            self.moved = position;
        }
    }

    /// The same as the rules do; a spec holds the two together.
    fn fold(&mut self, event: &CaseEvent, position: Position) {
        match event {
            CaseEvent::CaseOpened(_) => {}
            CaseEvent::SignalAttached { urgency, .. } => {
                self.signals += 1;
                self.urgency = self.urgency.max(*urgency);
            }
            CaseEvent::CaseMadeIntegral { .. } => self.track = Track::Integral,
            CaseEvent::LeadAssigned { lead, .. } => self.lead = Some(lead.clone()),
            CaseEvent::CaseAcknowledged { act, .. } => self.picked_up = Some(act.at),
            CaseEvent::CaseHandedOver { to, act, .. } => {
                self.handovers += 1;
                self.lead = Some(to.clone());
                (self.picked_up, self.since) = (None, act.at);
            }
            CaseEvent::LeadRefused { partner, act, .. } => self.refused(partner, act.at),
            CaseEvent::StepPlanned { step, .. } => self.planned = Some(step.clone()),
            // It moves nothing: who was reminded is in the history.
            CaseEvent::CaseReminded(_) | CaseEvent::CaseSnoozed { .. } => {}
            CaseEvent::PolicyMigrated { to, .. } => self.policy_version = *to,
            CaseEvent::CasePaused { until, .. } => self.paused_until = Some(*until),
            CaseEvent::CaseResumed { act, .. } => self.paused_until = Some(act.at),
            CaseEvent::RungReached(reached) => {
                self.stand_on(reached.rung, reached.planned_at.unwrap_or(reached.at));
                self.planned.clone_from(&reached.next);
            }
            CaseEvent::RungLowered { rung, cycle, act, .. } => self.begin_climb(*cycle, *rung, act.at),
            CaseEvent::CaseDecided { lead, act, .. } => {
                self.lead = Some(lead.clone());
                self.picked_up = Some(act.at);
            }
            CaseEvent::FeedbackGiven { outcome, act, .. } => {
                self.feedback = Some(FeedbackGiven { outcome: *outcome, at: act.at, position });
                self.feedback_due = self.feedback_due.filter(|_| !outcome.is_final());
            }
            CaseEvent::CaseResolved { feedback_due, act, .. } => {
                (self.resolved_at, self.planned) = (Some(act.at), None);
                self.feedback_due = feedback_due.map(|due| due.due_at);
            }
            CaseEvent::CaseReopened { cycle, act, .. } => {
                (self.resolved_at, self.feedback_due) = (None, None);
                self.begin_climb(*cycle, Rung::Workfloor, act.at);
            }
        }
    }

    fn refused(&mut self, partner: &PartnerId, at: Timestamp) {
        self.refusals += 1;
        if self.lead.as_ref() == Some(partner) {
            self.lead = None;
            if self.rung == Rung::Workfloor {
                (self.picked_up, self.since) = (None, at);
            }
        }
    }

    fn begin_climb(&mut self, cycle: u32, rung: Rung, at: Timestamp) {
        (self.cycle, self.refusals, self.handovers) = (cycle, 0, 0);
        self.stand_on(rung, at);
    }

    fn stand_on(&mut self, rung: Rung, since: Timestamp) {
        (self.rung, self.since) = (rung, since);
        (self.picked_up, self.paused_until, self.planned) = (None, None, None);
    }

    pub(crate) fn cells(&self) -> Vec<Cell> {
        cells![
            self.id,
            self.position,
            self.number.as_str(),
            self.area.as_str(),
            self.kind.code(),
            self.lane.as_str(),
            self.track.as_str(),
            self.goal.as_str(),
            self.rule.as_str(),
            self.urgency.as_str(),
            self.team.as_ref().map(TeamId::as_str),
            self.lead.as_ref().map(PartnerId::as_str),
            self.rung,
            self.cycle,
            self.policy_version,
            self.opened_at,
            self.since,
            self.picked_up,
            self.planned.as_ref().map(Cell::json),
            self.planned.as_ref().map(|step| step.due_at),
            self.signals,
            self.refusals,
            self.handovers,
            self.resolved_at,
            self.moved,
            self.paused_until,
            self.feedback.as_ref().map(Cell::json),
            self.feedback_due,
        ]
    }

    pub(crate) fn read(mut cells: Cells) -> Result<Self, Fault> {
        Self::read_from(&mut cells)
    }

    /// Reads the columns of a head, and leaves those after them.
    pub(crate) fn read_from(cells: &mut Cells) -> Result<Self, Fault> {
        Ok(Self {
            id: CaseId(cells.id()?),
            position: cells.position()?,
            number: cells.text()?,
            area: cells.named()?,
            kind: cells.named()?,
            lane: cells.parsed()?,
            track: cells.parsed()?,
            goal: cells.parsed()?,
            rule: cells.text()?,
            urgency: cells.parsed()?,
            team: cells.maybe_named()?,
            lead: cells.maybe_named()?,
            rung: cells.rung()?,
            cycle: cells.whole()?,
            policy_version: cells.whole()?,
            opened_at: cells.instant()?,
            since: cells.instant()?,
            picked_up: cells.maybe_instant()?,
            planned: cells.maybe_json()?,
            // The deadline is in the plan; its column is there to order by.
            signals: cells.maybe_int().and_then(|_| cells.whole())?,
            refusals: cells.whole()?,
            handovers: cells.whole()?,
            resolved_at: cells.maybe_instant()?,
            moved: cells.position()?,
            paused_until: cells.maybe_instant()?,
            feedback: cells.maybe_json()?,
            feedback_due: cells.maybe_instant()?,
        })
    }
}

#[cfg(test)]
mod specs;
