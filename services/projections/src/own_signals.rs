//! A partner's own signals: what became of each. A partner sees its own and nobody else's.

mod fold;

use std::fmt;

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::{CaseId, PartnerId, SignalId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::Rung;
use seinhuis_eventstore::Position;

use crate::case_head::{self, FeedbackGiven};
use crate::cell::{Cells, cells};
use crate::fault::Fault;
use crate::model::Model;
use crate::table::{Merge, Table};
use crate::views::Views;

pub(crate) use fold::apply;

pub(crate) const VERSION: u32 = 3;

/// One row per signal; `case_position` is that of the event by which the case took it in.
const SIGNAL: Table = Table {
    name: "own_signals_signal",
    generation: 0,
    columns: &[
        ("id", "BLOB NOT NULL"),
        ("partner", "TEXT NOT NULL"),
        ("position", "INTEGER NOT NULL"),
        ("reference", "TEXT NOT NULL"),
        ("recorded_at", "INTEGER NOT NULL"),
        ("kind", "TEXT NOT NULL"),
        ("area", "TEXT NOT NULL"),
        ("case_id", "BLOB"),
        ("case_position", "INTEGER"),
    ],
    key: 1,
    merge: Merge::Replace,
    indexes: &[("partner", "(partner, position)")],
};

/// What a case's signals have in common, once per case: a step of a case with many signals is one row's change.
const CASE: Table = Table {
    name: "own_signals_case",
    generation: 0,
    columns: case_head::COLUMNS,
    key: 1,
    merge: Merge::Replace,
    indexes: &[],
};

pub(crate) const TABLES: &[&Table] = &[&SIGNAL, &CASE];

/// How far a signal has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnState {
    /// It is in the log.
    Received,
    /// It belongs to a case.
    InCase,
    /// Somebody works on that case.
    PickedUp,
    /// The case is done.
    Resolved,
}

impl OwnState {
    /// Its name in tables and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::InCase => "in_case",
            Self::PickedUp => "picked_up",
            Self::Resolved => "resolved",
        }
    }

    /// What the partner reads.
    pub fn dutch(self) -> &'static str {
        match self {
            Self::Received => "ontvangen",
            Self::InCase => "in een zaak",
            Self::PickedUp => "opgepakt",
            Self::Resolved => "afgerond",
        }
    }
}

impl fmt::Display for OwnState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One signal, as its partner may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSignal {
    /// The hub's id.
    pub id: SignalId,
    /// Where it stands in the log.
    pub position: Position,
    /// What the partner calls it.
    pub reference: String,
    /// When the hub took it in.
    pub recorded_at: Timestamp,
    /// What it is about.
    pub kind: Kind,
    /// Where.
    pub area: AreaCode,
    /// How far it has come.
    pub state: OwnState,
    /// What people call its case, if it has one.
    pub case_number: Option<String>,
    /// Its case, and where in the log the case took it in.
    pub taken_in: Option<(CaseId, Position)>,
    /// The rung its case is on.
    pub rung: Option<Rung>,
    /// What the partner was last told of it: nothing that was said before the case took it in.
    pub feedback: Option<FeedbackGiven>,
    /// By when the partner is to hear how it ended; none while the case is open, and once it heard.
    pub feedback_due: Option<Timestamp>,
    /// The last event that changed any of this.
    pub changed: Position,
}

impl Views {
    /// Up to `limit` signals of `partner` that stand after `after`, in order of position.
    pub async fn own_signals(
        &self,
        partner: &PartnerId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<OwnSignal>, Fault> {
        let sql = format!("{SELECT} WHERE s.partner = $1 AND s.position > $2 ORDER BY s.position LIMIT $3");
        let rows = self.ask(Model::OwnSignals, sql, cells![partner.as_str(), after, limit]).await?;
        rows.into_iter().map(read).collect()
    }

    /// One signal of `partner`; nothing when it is another's.
    pub async fn own_signal(&self, partner: &PartnerId, id: SignalId) -> Result<Option<OwnSignal>, Fault> {
        let sql = format!("{SELECT} WHERE s.partner = $1 AND s.id = $2");
        let rows = self.ask(Model::OwnSignals, sql, cells![partner.as_str(), id]).await?;
        rows.into_iter().next().map(read).transpose()
    }
}

const SELECT: &str = "SELECT s.id, s.position, s.reference, s.recorded_at, s.kind, s.area, s.case_position, \
                      s.case_id, c.number, c.rung, c.picked_up, c.resolved_at, c.moved, c.feedback, c.feedback_due \
                      FROM own_signals_signal s LEFT JOIN own_signals_case c ON c.id = s.case_id";

fn read(mut row: Cells) -> Result<OwnSignal, Fault> {
    let mut signal = OwnSignal {
        id: SignalId(row.id()?),
        position: row.position()?,
        reference: row.text()?,
        recorded_at: row.instant()?,
        kind: row.named()?,
        area: row.named()?,
        state: OwnState::Received,
        case_number: None,
        taken_in: None,
        rung: None,
        feedback: None,
        feedback_due: None,
        changed: Position::START,
    };
    let taken_in = row.maybe_int()?.map(|position| Position(position.unsigned_abs()));
    signal.changed = signal.position;
    if let Some(taken_in) = taken_in {
        signal.taken_in = Some((CaseId(row.id()?), taken_in));
        signal.case_number = row.maybe_text()?;
        signal.rung = Some(row.rung()?);
        signal.state = match (row.maybe_int()?, row.maybe_int()?) {
            (_, Some(_)) => OwnState::Resolved,
            (Some(_), None) => OwnState::PickedUp,
            (None, None) => OwnState::InCase,
        };
        signal.changed = row.position()?.max(taken_in);
        let feedback: Option<FeedbackGiven> = row.maybe_json()?;
        signal.feedback = feedback.filter(|given| given.position > taken_in);
        signal.feedback_due = row.maybe_instant()?;
    }
    Ok(signal)
}

#[cfg(test)]
mod specs {
    use seinhuis_domain::case::CaseCommand;
    use seinhuis_domain::feedback::Outcome;

    use super::*;
    use crate::Follower;
    use crate::scene::{Scene, on_each_backend, signal};

    on_each_backend! {
        a_reported_signal_is_received_and_nothing_more
        a_signal_goes_along_with_its_case
        a_partner_never_sees_a_signal_of_another_even_in_the_same_case
        signals_come_page_by_page_in_order_of_position
        a_partner_hears_what_was_said_since_it_reported_and_by_when_it_is_to_hear
    }

    async fn views(scene: &Scene) -> Views {
        let views = Views::open(&scene.url("own"), &[Model::OwnSignals]).await.unwrap();
        // One event at a time: what a page brings together is not what it depends on.
        Follower::new(scene.log.clone(), views.clone()).with_page(1).catch_up().await.unwrap();
        views
    }

    async fn own(scene: &Scene, partner: &str) -> Vec<OwnSignal> {
        let partner = PartnerId::new(partner).unwrap();
        views(scene).await.own_signals(&partner, Position::START, 100).await.unwrap()
    }

    async fn a_reported_signal_is_received_and_nothing_more(scene: Scene) {
        let id = scene.report(&signal("wonion", "2026-17", "housing.fin.hua")).await;
        let own = own(&scene, "wonion").await;
        assert_eq!(own.len(), 1);
        assert_eq!((own[0].id, own[0].reference.as_str(), own[0].state), (id, "2026-17", OwnState::Received));
        assert_eq!((own[0].case_number.as_ref(), own[0].rung), (None, None));
        assert_eq!((own[0].position, own[0].changed), (scene.head(), scene.head()));
    }

    async fn a_signal_goes_along_with_its_case(mut scene: Scene) {
        let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        let state = |own: Vec<OwnSignal>| (own[0].state, own[0].rung, own[0].case_number.clone());
        let number = Some(case.number());
        let opened = own(&scene, "wonion").await;
        assert_eq!(state(opened.clone()), (OwnState::InCase, Some(Rung::Workfloor), number.clone()));
        // The plan that follows the opening is no news to a partner.
        assert_eq!(opened[0].changed, Position(scene.head().0 - 1));
        scene.case(case, CaseCommand::Acknowledge { act: scene.act() }).await.unwrap();
        assert_eq!(
            state(own(&scene, "wonion").await),
            (OwnState::PickedUp, Some(Rung::Workfloor), number.clone())
        );
        scene.climb(case).await;
        let climbed = own(&scene, "wonion").await;
        assert_eq!(state(climbed.clone()), (OwnState::InCase, Some(Rung::Team), number.clone()));
        assert_eq!(climbed[0].changed, scene.head());
        scene.case(case, CaseCommand::Resolve { act: scene.act() }).await.unwrap();
        assert_eq!(state(own(&scene, "wonion").await), (OwnState::Resolved, Some(Rung::Team), number));
    }

    async fn a_partner_never_sees_a_signal_of_another_even_in_the_same_case(scene: Scene) {
        let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        let because = seinhuis_domain::matching::Match::SameSubject { subject: crate::scene::pseudonym(1) };
        let theirs = scene.attached(case, &signal("politie", "2", "police.e33"), because).await;
        assert_eq!(own(&scene, "wonion").await.len(), 1);
        assert_eq!(own(&scene, "politie").await[0].id, theirs);
        let (views, wonion) = (views(&scene).await, PartnerId::new("wonion").unwrap());
        assert_eq!(views.own_signal(&wonion, theirs).await.unwrap(), None);
        let politie = PartnerId::new("politie").unwrap();
        let seen = views.own_signal(&politie, theirs).await.unwrap().unwrap();
        assert_eq!((seen.case_number, seen.rung), (Some(case.number()), Some(Rung::Team)));
    }

    async fn a_partner_hears_what_was_said_since_it_reported_and_by_when_it_is_to_hear(scene: Scene) {
        let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        let tell = async |outcome| {
            scene.case(case, CaseCommand::GiveFeedback { outcome, act: scene.act() }).await.unwrap();
            scene.head()
        };
        let heard = async |partner: &str| {
            let own = own(&scene, partner).await.remove(0);
            (own.feedback.map(|given| (given.outcome, given.position)), own.feedback_due, own.changed)
        };
        let picked_up = tell(Outcome::PickedUp).await;
        let because = seinhuis_domain::matching::Match::SameSubject { subject: crate::scene::pseudonym(1) };
        scene.attached(case, &signal("politie", "2", "police.e33"), because).await;
        // Said before the police reported: it is no answer to them.
        assert_eq!(heard("wonion").await.0, Some((Outcome::PickedUp, picked_up)));
        assert_eq!(heard("politie").await.0, None);
        scene.case(case, CaseCommand::Resolve { act: scene.act() }).await.unwrap();
        assert_eq!(heard("politie").await.1, Some(scene.due("5wd")));
        let resolved = tell(Outcome::Resolved).await;
        for partner in ["wonion", "politie"] {
            assert_eq!(heard(partner).await, (Some((Outcome::Resolved, resolved)), None, resolved));
        }
    }

    async fn signals_come_page_by_page_in_order_of_position(scene: Scene) {
        for reference in 0..5 {
            scene.report(&signal("wonion", &reference.to_string(), "housing.fin.hua")).await;
        }
        let (views, wonion) = (views(&scene).await, PartnerId::new("wonion").unwrap());
        let (mut seen, mut after) = (vec![], Position::START);
        loop {
            let page = views.own_signals(&wonion, after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = last.position;
            seen.extend(page.into_iter().map(|own| own.reference));
        }
        assert_eq!(seen, ["0", "1", "2", "3", "4"]);
    }
}
