//! What a case remembers of its past.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CaseEvent, CaseOpened, CaseRefusal, RungReached};
use crate::area::AreaCode;
use crate::directory::{Adopted, Directory};
use crate::ids::{CaseId, PartnerId, SignalId, SubjectId, TeamId};
use crate::ladder::{PlannedStep, Rung, Standing, next_step};
use crate::sector::{Lane, Sector, Track, Urgency};

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseState {
    /// The case.
    pub id: CaseId,
    /// Where.
    pub area: AreaCode,
    /// Which half of the neighbourhood's life.
    pub lane: Lane,
    /// One partner's process or a joint plan.
    pub track: Track,
    /// How fast.
    pub urgency: Urgency,
    /// The team of the second rung.
    pub team: Option<TeamId>,
    /// Who leads.
    pub lead: Option<PartnerId>,
    /// Since when nobody leads.
    pub no_lead_since: Option<Timestamp>,
    /// The policy that holds.
    pub policy_version: u32,
    /// The rung it is on.
    pub rung: Rung,
    /// The climb it is in.
    pub cycle: u32,
    /// When it came to this rung, by plan.
    pub since: Timestamp,
    /// When somebody on this rung picked it up.
    pub picked_up: Option<Timestamp>,
    /// When anybody last did something about it, or it was opened.
    pub heard_at: Timestamp,
    /// Until when it is paused, or was, on this rung in this cycle.
    pub paused_until: Option<Timestamp>,
    /// The climb that will happen unless somebody acts.
    pub planned: Option<PlannedStep>,
    /// When whoever stands on this rung is reminded of it next, if he is.
    pub remind_at: Option<Timestamp>,
    /// How often he was, on this rung in this cycle.
    pub reminded: u32,
    /// How often partners refused, in this climb.
    pub refusals: u32,
    /// Who refused it in this climb and has not led it since.
    pub refused_by: BTreeSet<PartnerId>,
    /// How often it was handed over, in this climb.
    pub handovers: u32,
    /// Its signals.
    pub signals: BTreeSet<SignalId>,
    /// The sectors they came from.
    pub sectors: BTreeSet<Sector>,
    /// The persons they are about.
    pub subjects: BTreeSet<SubjectId>,
    /// Whether all that reported have been told how it ended, since it was opened (again).
    pub answered: bool,
    /// Whether it is done.
    pub resolved: bool,
}

impl CaseState {
    pub(super) fn opened(opened: CaseOpened) -> Self {
        let CaseOpened { id, area, signal, kind, urgency, subjects, route, policy_version, at } = opened;
        Self {
            id,
            area,
            lane: route.lane,
            track: Track::Regular,
            urgency,
            team: route.team,
            no_lead_since: route.lead.is_none().then_some(at),
            lead: route.lead,
            policy_version,
            rung: Rung::Workfloor,
            cycle: 0,
            since: at,
            picked_up: None,
            heard_at: at,
            paused_until: None,
            planned: None,
            remind_at: None,
            reminded: 0,
            refusals: 0,
            refused_by: BTreeSet::new(),
            handovers: 0,
            signals: [signal].into(),
            sectors: [kind.sector()].into(),
            subjects: subjects.into_iter().collect(),
            answered: false,
            resolved: false,
        }
    }

    pub(super) fn apply(&mut self, event: CaseEvent) {
        if let Some(act) = event.act() {
            self.heard_at = act.at;
        }
        match event {
            CaseEvent::CaseOpened(_) => {}
            CaseEvent::SignalAttached { signal, kind, urgency, subjects, .. } => {
                self.signals.insert(signal);
                self.sectors.insert(kind.sector());
                self.subjects.extend(subjects);
                self.urgency = self.urgency.max(urgency);
                self.answered = false;
            }
            CaseEvent::CaseMadeIntegral { .. } => self.track = Track::Integral,
            CaseEvent::LeadAssigned { lead, .. } => self.led_by(lead),
            CaseEvent::CaseAcknowledged { act, .. } => self.picked_up = Some(act.at),
            CaseEvent::CaseHandedOver { to, act, .. } => {
                self.handovers += 1;
                self.led_by(to);
                // The new lead gets the whole pick-up term.
                (self.picked_up, self.since) = (None, act.at);
            }
            CaseEvent::LeadRefused { partner, act, .. } => self.refused(partner, act.at),
            CaseEvent::StepPlanned { step, .. } => self.plan(Some(step)),
            CaseEvent::CaseReminded(reminded) => {
                (self.reminded, self.remind_at) = (reminded.nth, reminded.next_at);
            }
            CaseEvent::PolicyMigrated { to, .. } => self.policy_version = to,
            CaseEvent::CasePaused { until, .. } => self.paused_until = Some(until),
            CaseEvent::CaseResumed { act, .. } => self.paused_until = Some(act.at),
            CaseEvent::CaseSnoozed { next_at, .. } => self.remind_at = next_at,
            CaseEvent::RungReached(reached) => {
                let RungReached { rung, planned_at, at, next, .. } = *reached;
                self.stand_on(rung, planned_at.unwrap_or(at));
                self.plan(next);
            }
            CaseEvent::RungLowered { rung, cycle, act, .. } => self.begin_climb(cycle, rung, act.at),
            CaseEvent::CaseDecided { lead, act, .. } => {
                self.led_by(lead);
                self.picked_up = Some(act.at);
            }
            CaseEvent::FeedbackGiven { outcome, .. } => self.answered |= outcome.is_final(),
            CaseEvent::CaseResolved { .. } => {
                self.resolved = true;
                self.plan(None);
            }
            CaseEvent::CaseReopened { cycle, act, .. } => {
                (self.resolved, self.answered) = (false, false);
                self.begin_climb(cycle, Rung::Workfloor, act.at);
            }
        }
    }

    fn led_by(&mut self, lead: PartnerId) {
        self.refused_by.remove(&lead);
        (self.lead, self.no_lead_since) = (Some(lead), None);
    }

    fn refused(&mut self, partner: PartnerId, at: Timestamp) {
        self.refusals += 1;
        // A partner that was asked and says no takes the lead from nobody, and starts no term anew.
        if self.lead.as_ref() == Some(&partner) {
            (self.lead, self.no_lead_since) = (None, Some(at));
            if self.rung == Rung::Workfloor {
                // Its own people had it; whoever leads next gets the whole pick-up term.
                (self.picked_up, self.since) = (None, at);
            }
        }
        self.refused_by.insert(partner);
    }

    /// A new climb owes nothing to the one before: what rang the alarm then was answered then.
    fn begin_climb(&mut self, cycle: u32, rung: Rung, at: Timestamp) {
        self.cycle = cycle;
        (self.refusals, self.handovers) = (0, 0);
        self.refused_by.clear();
        self.no_lead_since = self.lead.is_none().then_some(at);
        self.stand_on(rung, at);
    }

    pub(super) fn stand_on(&mut self, rung: Rung, since: Timestamp) {
        (self.rung, self.since) = (rung, since);
        (self.picked_up, self.paused_until, self.reminded) = (None, None, 0);
        self.plan(None);
    }

    fn plan(&mut self, step: Option<PlannedStep>) {
        self.remind_at = step.as_ref().and_then(|step| step.remind_at);
        self.planned = step;
    }

    /// The profile this case is pinned to.
    pub(super) fn adopted<'a>(&self, who: &'a Directory) -> Result<&'a Adopted, CaseRefusal> {
        who.adopted(self.policy_version).ok_or(CaseRefusal::UnknownPolicy(self.policy_version))
    }

    pub(super) fn next_step(&self, who: &Directory) -> Result<Option<PlannedStep>, CaseRefusal> {
        let adopted = self.adopted(who)?;
        let standing = Standing {
            rung: self.rung,
            urgency: self.urgency,
            since: self.since,
            picked_up: self.picked_up,
            no_lead_since: self.no_lead_since,
            heard_at: self.lead.is_some().then_some(self.heard_at),
            paused_until: self.paused_until,
        };
        Ok(next_step(&standing, &adopted.profile.policy.ladder, &adopted.calendar)?)
    }
}
