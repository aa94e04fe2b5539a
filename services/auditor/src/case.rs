//! What the auditor knows of a case: since when which term runs, and nothing else.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Time;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::calendar::{Calendar, Term, local_time};
use seinhuis_domain::case::{CaseEvent, CaseOpened, RungReached};
use seinhuis_domain::ids::{PartnerId, TeamId};
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::policy::Policy;
use seinhuis_domain::sector::Urgency;
use seinhuis_eventstore::Position;

/// A case.
#[derive(Debug, Clone)]
pub(crate) struct Followed {
    pub(crate) area: AreaCode,
    pub(crate) team: Option<TeamId>,
    pub(crate) lead: Option<PartnerId>,
    pub(crate) policy: u32,
    pub(crate) rung: Rung,
    urgent: bool,
    /// When the rung was reached, by plan, or the present lead got it.
    since: Timestamp,
    acknowledged: Option<Timestamp>,
    leaderless: Option<Timestamp>,
    /// When somebody last did something about it, or it was opened.
    touched: Timestamp,
    not_before: Option<Timestamp>,
    is_open: bool,
    /// When the log says that it climbs next.
    pub(crate) planned: Option<Timestamp>,
    /// The climbs so far.
    climbed: BTreeSet<(u32, Rung)>,
    /// Its last event, and when that was taken in.
    pub(crate) last: (Position, Timestamp),
}

impl Followed {
    pub(crate) fn opened(opened: &CaseOpened) -> Self {
        let CaseOpened { area, urgency, route, policy_version, at, .. } = opened;
        Self {
            area: area.clone(),
            team: route.team.clone(),
            lead: route.lead.clone(),
            policy: *policy_version,
            rung: Rung::Workfloor,
            urgent: *urgency == Urgency::Urgent,
            since: *at,
            acknowledged: None,
            leaderless: route.lead.is_none().then_some(*at),
            touched: *at,
            not_before: None,
            is_open: true,
            planned: None,
            climbed: BTreeSet::new(),
            last: (Position::START, *at),
        }
    }

    /// Takes in what happened to it.
    pub(crate) fn take(&mut self, event: &CaseEvent) {
        self.touched = event.act().map_or(self.touched, |act| act.at);
        match event {
            CaseEvent::SignalAttached { urgency, .. } => self.urgent |= *urgency == Urgency::Urgent,
            CaseEvent::LeadAssigned { lead, .. } => self.led(lead),
            CaseEvent::CaseAcknowledged { act, .. } => self.acknowledged = Some(act.at),
            CaseEvent::CaseHandedOver { to, act, .. } => {
                self.led(to);
                (self.since, self.acknowledged) = (act.at, None);
            }
            CaseEvent::LeadRefused { partner, act, .. } if self.lead.as_ref() == Some(partner) => {
                (self.lead, self.leaderless) = (None, Some(act.at));
                if self.rung == Rung::Workfloor {
                    (self.since, self.acknowledged) = (act.at, None);
                }
            }
            CaseEvent::StepPlanned { step, .. } => self.planned = Some(step.due_at),
            CaseEvent::RungReached(climb) => {
                self.climbed.insert((climb.cycle, climb.rung));
                self.stands(climb.rung, climb.planned_at.unwrap_or(climb.at));
                self.planned = climb.next.as_ref().map(|step| step.due_at);
            }
            CaseEvent::RungLowered { rung, act, .. } => self.begins(*rung, act.at),
            CaseEvent::CaseReopened { act, .. } => {
                self.is_open = true;
                self.begins(Rung::Workfloor, act.at);
            }
            CaseEvent::CaseDecided { lead, act, .. } => {
                self.led(lead);
                self.acknowledged = Some(act.at);
            }
            CaseEvent::CasePaused { until, .. } => self.not_before = Some(*until),
            CaseEvent::CaseResumed { act, .. } => self.not_before = Some(act.at),
            CaseEvent::PolicyMigrated { to, .. } => self.policy = *to,
            CaseEvent::CaseResolved { .. } => self.is_open = false,
            CaseEvent::LeadRefused { .. }
            | CaseEvent::CaseOpened(_)
            | CaseEvent::CaseMadeIntegral { .. }
            | CaseEvent::CaseReminded(_)
            | CaseEvent::FeedbackGiven { .. }
            | CaseEvent::CaseSnoozed { .. } => {}
        }
    }

    /// Whether it has climbed so before.
    pub(crate) fn has_climbed(&self, climb: &RungReached) -> bool {
        self.climbed.contains(&(climb.cycle, climb.rung))
    }

    /// When it must climb at the latest, as its terms say; never when it is done or at the top, and also where a term can't be
    /// counted.
    pub(crate) fn due_at(&self, policy: &Policy, calendar: &Calendar) -> Option<Timestamp> {
        if !self.is_open || self.rung == Rung::College {
            return None;
        }
        let ladder = &policy.ladder;
        let terms = match self.rung {
            Rung::Workfloor => &ladder.workfloor,
            Rung::Team => &ladder.team,
            Rung::Regisseur | Rung::College => &ladder.regisseur,
        };
        let own = match self.acknowledged {
            Some(at) => (at, terms.progress),
            None if self.urgent => (self.since, terms.pick_up_urgent),
            None => (self.since, terms.pick_up),
        };
        let lead = match (self.leaderless, ladder.lead_silent_climb) {
            _ if self.rung >= Rung::Regisseur => None,
            (Some(since), _) => Some((since, ladder.no_lead)),
            (None, silence) => silence.map(|term| (self.touched, term)),
        };
        let ends = |(from, term): (Timestamp, Term)| {
            let from = self.not_before.map_or(from, |pause| pause.max(from));
            calendar.due_at(last_moment(from, term), term).ok()
        };
        [Some(own), lead].into_iter().flatten().filter_map(ends).min()
    }

    fn led(&mut self, lead: &PartnerId) {
        (self.lead, self.leaderless) = (Some(lead.clone()), None);
    }

    fn stands(&mut self, rung: Rung, since: Timestamp) {
        (self.rung, self.since) = (rung, since);
        (self.acknowledged, self.not_before, self.planned) = (None, None, None);
    }

    fn begins(&mut self, rung: Rung, at: Timestamp) {
        self.leaderless = self.lead.is_none().then_some(at);
        self.stands(rung, at);
    }
}

/// A day ends where the next begins: what happened at that instant happened on the day that ended, for a term in days.
fn last_moment(at: Timestamp, term: Term) -> Timestamp {
    match local_time(at) == Time::midnight() && term.is_in_days() {
        true => Timestamp::from_nanosecond(at.as_nanosecond() - 1).unwrap_or(at),
        false => at,
    }
}
