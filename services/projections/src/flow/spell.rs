//! Spells of a lead: from when a partner was asked to lead a case up to when somebody else was, or nobody. What
//! agreements with partners are held against.

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::{CaseEvent, CaseOpened};
use seinhuis_domain::ids::{CaseId, PartnerId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::Rung;
use seinhuis_eventstore::Position;

use crate::cell::{Cell, Cells, cells};
use crate::fault::Fault;
use crate::table::{Merge, Table};

/// Every spell; those in which nobody leads too, as the next one goes on from them.
pub(super) const SPELL: Table = Table {
    name: "flow_spell",
    generation: 0,
    columns: &[
        ("case_id", "BLOB NOT NULL"),
        ("position", "INTEGER NOT NULL"),
        ("area", "TEXT NOT NULL"),
        ("kind", "TEXT NOT NULL"),
        ("policy_version", "INTEGER NOT NULL"),
        ("lead", "TEXT"),
        ("began", "TEXT NOT NULL"),
        ("since", "INTEGER NOT NULL"),
        ("taken_up", "INTEGER"),
        ("taken_up_at", "INTEGER"),
        ("ended", "INTEGER"),
        ("ended_at", "INTEGER"),
    ],
    key: 2,
    merge: Merge::Replace,
    indexes: &[("area", "(area, position)")],
};

/// How a spell begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The case was opened.
    Opened,
    /// Somebody was named to lead it.
    Assigned,
    /// Its lead passed it on.
    HandedOver,
    /// Its lead refused it.
    Refused,
    /// The regisseur or the college decided who leads.
    Decided,
    /// It was opened again.
    Reopened,
}

impl Turn {
    const ALL: [Self; 6] =
        [Self::Opened, Self::Assigned, Self::HandedOver, Self::Refused, Self::Decided, Self::Reopened];

    fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Assigned => "assigned",
            Self::HandedOver => "handed_over",
            Self::Refused => "refused",
            Self::Decided => "decided",
            Self::Reopened => "reopened",
        }
    }
}

/// One partner's turn to lead a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    /// The case.
    pub case: CaseId,
    /// The event it began with.
    pub position: Position,
    /// Where the case is.
    pub area: AreaCode,
    /// Its kind.
    pub kind: Kind,
    /// The version of the profile that the case was opened under: its agreements hold for the case, whatever policy it is
    /// brought under later.
    pub policy_version: u32,
    /// Who leads; none while nobody does.
    pub lead: Option<PartnerId>,
    /// How it began.
    pub began: Turn,
    /// When it began.
    pub since: Timestamp,
    /// When the case was picked up on the workfloor, or closed, and by which event; none while it wasn't.
    pub taken_up: Option<(Position, Timestamp)>,
    /// When it ended, and by which event; none while it lasts.
    pub ended: Option<(Position, Timestamp)>,
}

impl Spell {
    pub(super) fn opened(opened: &CaseOpened, position: Position) -> Self {
        Self {
            case: opened.id,
            position,
            area: opened.area.clone(),
            kind: opened.kind,
            policy_version: opened.policy_version,
            lead: opened.route.lead.clone(),
            began: Turn::Opened,
            since: opened.at,
            taken_up: None,
            ended: None,
        }
    }

    /// Takes an event in, and tells which spell begins by it.
    pub(super) fn apply(&mut self, event: &CaseEvent, position: Position) -> Option<Self> {
        let (began, lead, at) = match event {
            CaseEvent::LeadAssigned { lead, act, .. } => (Turn::Assigned, Some(lead.clone()), act.at),
            CaseEvent::CaseHandedOver { to, act, .. } => (Turn::HandedOver, Some(to.clone()), act.at),
            CaseEvent::LeadRefused { partner, act, .. } if self.lead.as_ref() == Some(partner) => {
                (Turn::Refused, None, act.at)
            }
            CaseEvent::CaseDecided { lead, act, .. } => (Turn::Decided, Some(lead.clone()), act.at),
            CaseEvent::CaseReopened { act, .. } => (Turn::Reopened, self.lead.clone(), act.at),
            CaseEvent::CaseAcknowledged { rung: Rung::Workfloor, act, .. } => {
                self.taken_up.get_or_insert((position, act.at));
                return None;
            }
            CaseEvent::CaseResolved { act, .. } => {
                self.taken_up.get_or_insert((position, act.at));
                self.ended.get_or_insert((position, act.at));
                return None;
            }
            _ => return None,
        };
        self.ended.get_or_insert((position, at));
        Some(Self { position, lead, began, since: at, taken_up: None, ended: None, ..self.clone() })
    }

    /// As it was known when the log ended at `position`.
    pub(super) fn known_at(mut self, position: Position) -> Self {
        self.taken_up = self.taken_up.filter(|(by, _)| *by <= position);
        self.ended = self.ended.filter(|(by, _)| *by <= position);
        self
    }

    pub(super) fn cells(&self) -> Vec<Cell> {
        let (taken_up, taken_up_at) = self.taken_up.unzip();
        let (ended, ended_at) = self.ended.unzip();
        cells![
            self.case,
            self.position,
            self.area.as_str(),
            self.kind.code(),
            self.policy_version,
            self.lead.as_ref().map(PartnerId::as_str),
            self.began.name(),
            self.since,
            taken_up,
            taken_up_at,
            ended,
            ended_at,
        ]
    }

    pub(super) fn read(mut row: Cells) -> Result<Self, Fault> {
        Ok(Self {
            case: CaseId(row.id()?),
            position: row.position()?,
            area: row.named()?,
            kind: row.named()?,
            policy_version: row.whole()?,
            lead: row.maybe_named()?,
            began: {
                let name = row.text()?;
                row.one_of(Turn::ALL.into_iter().find(|turn| turn.name() == name), &name)?
            },
            since: row.instant()?,
            taken_up: row.maybe_whole()?.map(Position).zip(row.maybe_instant()?),
            ended: row.maybe_whole()?.map(Position).zip(row.maybe_instant()?),
        })
    }
}
