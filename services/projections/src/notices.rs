//! Notices: who is to be told what, and what became of it. Told is told once: each has one id for ever (INV-8).

mod fold;

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::calendar::Term;
use seinhuis_domain::ids::{CaseId, NoticeId, PersonId};
use seinhuis_domain::ladder::{Cause, Rung};
use seinhuis_domain::notice::{Channel, NoticeFacts};
use seinhuis_eventstore::Position;
use seinhuis_runtime::trace::Traced;

use crate::cell::{Cell, Cells, cells};
use crate::fault::Fault;
use crate::model::Model;
use crate::table::{Merge, Table};
use crate::views::Views;

pub(crate) use fold::apply;

pub(crate) const VERSION: u32 = 6;

pub(crate) const NOTICE: Table = Table {
    name: "notices_notice",
    generation: 0,
    columns: &[
        ("id", "BLOB NOT NULL"),
        ("position", "INTEGER NOT NULL"),
        ("case_id", "BLOB NOT NULL"),
        ("area", "TEXT NOT NULL"),
        ("rung", "INTEGER NOT NULL"),
        ("cycle", "INTEGER NOT NULL"),
        ("policy_version", "INTEGER NOT NULL"),
        ("cause", "TEXT NOT NULL"),
        ("person", "TEXT NOT NULL"),
        ("planned_at", "INTEGER"),
        ("at", "INTEGER NOT NULL"),
        ("deadline", "INTEGER"),
        ("term", "TEXT"),
        ("next_rung", "INTEGER"),
        ("reminder", "INTEGER"),
        ("send_at", "INTEGER NOT NULL"),
        ("channel", "TEXT"),
        ("attempts", "INTEGER"),
        ("reason", "TEXT"),
        ("settled", "INTEGER"),
        ("trace", "TEXT"),
    ],
    key: 1,
    merge: Merge::Replace,
    indexes: &[
        ("dead", "(settled) WHERE reason IS NOT NULL"),
        ("unsettled", "(send_at, position, id) WHERE settled IS NULL"),
        ("case", "(case_id, position)"),
        ("person", "(person, position, id)"),
    ],
};

/// Climbs and reminders that nobody is told of, because the profile names nobody. Operations must see them.
const NOBODY: Table = Table {
    name: "notices_nobody",
    generation: 0,
    columns: &[
        ("position", "INTEGER NOT NULL"),
        ("case_id", "BLOB NOT NULL"),
        ("area", "TEXT NOT NULL"),
        ("rung", "INTEGER NOT NULL"),
        ("at", "INTEGER NOT NULL"),
    ],
    key: 1,
    merge: Merge::Never,
    indexes: &[],
};

pub(crate) const TABLES: &[&Table] = &[&NOTICE, &NOBODY];

/// What one person is to be told, with all a text needs. Nothing in it is personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// The notice, for ever (INV-8).
    pub id: NoticeId,
    /// The climb or reminder it tells of.
    pub position: Position,
    /// The case that climbed, or will.
    pub case: CaseId,
    /// What people call the case.
    pub number: String,
    /// Where.
    pub area: AreaCode,
    /// The rung it reached, or is on.
    pub rung: Rung,
    /// The climb this belongs to.
    pub cycle: u32,
    /// The policy it was judged by.
    pub policy_version: u32,
    /// Why it climbed, or will unless somebody acts.
    pub cause: Cause,
    /// Who is told.
    pub person: PersonId,
    /// When the climb or reminder was planned, if by timer.
    pub planned_at: Option<Timestamp>,
    /// When it climbed, or the reminder went out.
    pub at: Timestamp,
    /// By when somebody must act, or it climbs on. None on the top rung.
    pub deadline: Option<Timestamp>,
    /// The term that ends then.
    pub term: Option<Term>,
    /// Where it climbs to then.
    pub next: Option<Rung>,
    /// Which reminder on that rung it is; none: it tells of the climb.
    pub reminder: Option<u32>,
    /// When it may go out: at once, or later if it is held.
    pub send_at: Timestamp,
    /// What became of it; none until it is settled.
    pub outcome: Option<Outcome>,
    /// The trace in which the case climbed, or the reminder went out.
    pub trace: Option<Traced>,
}

/// What became of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Where the log says so.
    pub position: Position,
    /// How it went, or was tried; none: it was withdrawn, since nothing was left to tell.
    pub channel: Option<Channel>,
    /// Tries made.
    pub attempts: u32,
    /// Why the person could not be told; none: he was.
    pub reason: Option<String>,
}

/// A climb that nobody is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NobodyTold {
    /// The climb.
    pub position: Position,
    /// The case that climbed.
    pub case: CaseId,
    /// Where.
    pub area: AreaCode,
    /// The rung it reached.
    pub rung: Rung,
    /// When.
    pub at: Timestamp,
}

impl Views {
    /// Up to `limit` notices without an outcome that may go out at `now`, the one that could first before the others.
    pub async fn unsettled_notices(&self, now: Timestamp, limit: usize) -> Result<Vec<NoticeRow>, Fault> {
        let names = NOTICE.all_names();
        let sql = format!(
            "SELECT {names} FROM notices_notice WHERE settled IS NULL AND send_at <= $1 \
             ORDER BY send_at, position, id LIMIT $2"
        );
        self.notices(sql, cells![now, limit]).await
    }

    /// Up to `limit` notices that failed for good, by an event after `after` and not after `until`, in the order of those.
    pub async fn dead_notices(
        &self,
        after: Position,
        until: Position,
        limit: usize,
    ) -> Result<Vec<NoticeRow>, Fault> {
        let names = NOTICE.all_names();
        let sql = format!(
            "SELECT {names} FROM notices_notice WHERE reason IS NOT NULL AND settled > $1 AND settled <= $2 \
             ORDER BY settled LIMIT $3"
        );
        self.notices(sql, cells![after, until, limit]).await
    }

    /// Since when the first notice without an outcome could have gone out at `now`. None where none could.
    pub async fn oldest_unsettled(&self, now: Timestamp) -> Result<Option<Timestamp>, Fault> {
        let sql = "SELECT min(send_at) FROM notices_notice WHERE settled IS NULL AND send_at <= $1";
        match self.ask(Model::Notices, sql, cells![now]).await?.into_iter().next() {
            Some(mut row) => row.maybe_instant(),
            None => Ok(None),
        }
    }

    /// How many notices failed for good.
    pub async fn dead_count(&self) -> Result<u64, Fault> {
        let sql = "SELECT count(*) FROM notices_notice WHERE reason IS NOT NULL";
        match self.ask(Model::Notices, sql, vec![]).await?.into_iter().next() {
            Some(mut row) => row.whole(),
            None => Ok(0),
        }
    }

    /// When the next notice may go out that may not at `now` yet.
    pub async fn next_notice(&self, now: Timestamp) -> Result<Option<Timestamp>, Fault> {
        let sql = "SELECT min(send_at) FROM notices_notice WHERE settled IS NULL AND send_at > $1";
        match self.ask(Model::Notices, sql, cells![now]).await?.into_iter().next() {
            Some(mut row) => row.maybe_instant(),
            None => Ok(None),
        }
    }

    /// Up to `limit` notices of a case, in the order of its climbs.
    pub async fn notices_of(&self, case: CaseId, limit: usize) -> Result<Vec<NoticeRow>, Fault> {
        let names = NOTICE.all_names();
        let sql =
            format!("SELECT {names} FROM notices_notice WHERE case_id = $1 ORDER BY position, id LIMIT $2");
        self.notices(sql, cells![case, limit]).await
    }

    /// Up to `limit` notices to a person, the newest first; those before a given one, if one is.
    pub async fn notices_to(
        &self,
        person: &PersonId,
        before: Option<(Position, NoticeId)>,
        limit: usize,
    ) -> Result<Vec<NoticeRow>, Fault> {
        let names = NOTICE.all_names();
        // SQLite numbers what is asked for in the order in which it stands there.
        let (earlier, limited, values) = match before {
            None => ("", "$2", cells![person.as_str(), limit]),
            Some((position, id)) => {
                (" AND (position, id) < ($2, $3)", "$4", cells![person.as_str(), position, id, limit])
            }
        };
        let sql = format!(
            "SELECT {names} FROM notices_notice WHERE person = $1{earlier} \
             ORDER BY position DESC, id DESC LIMIT {limited}"
        );
        self.notices(sql, values).await
    }

    /// Up to `limit` climbs that nobody was told of, the newest first.
    pub async fn nobody_told(&self, limit: usize) -> Result<Vec<NobodyTold>, Fault> {
        let sql =
            "SELECT position, case_id, area, rung, at FROM notices_nobody ORDER BY position DESC LIMIT $1";
        let read = |mut row: Cells| {
            Ok(NobodyTold {
                position: row.position()?,
                case: CaseId(row.id()?),
                area: row.named()?,
                rung: row.rung()?,
                at: row.instant()?,
            })
        };
        self.ask(Model::Notices, sql, cells![limit]).await?.into_iter().map(read).collect()
    }

    async fn notices(&self, sql: String, values: Vec<Cell>) -> Result<Vec<NoticeRow>, Fault> {
        self.ask(Model::Notices, sql, values).await?.into_iter().map(NoticeRow::read).collect()
    }
}

impl NoticeRow {
    /// What the log says of it beside its outcome.
    pub fn facts(&self) -> NoticeFacts {
        NoticeFacts {
            notice: self.id,
            case: self.case,
            area: self.area.clone(),
            rung: self.rung,
            person: self.person.clone(),
            reminder: self.reminder,
        }
    }

    fn cells(&self) -> Vec<Cell> {
        let outcome = self.outcome.as_ref();
        cells![
            self.id,
            self.position,
            self.case,
            self.area.as_str(),
            self.rung,
            self.cycle,
            self.policy_version,
            Cell::json(&self.cause),
            self.person.as_str(),
            self.planned_at,
            self.at,
            self.deadline,
            self.term.as_ref().map(Cell::text),
            self.next,
            self.reminder,
            self.send_at,
            outcome.and_then(|o| o.channel).map(Channel::as_str),
            outcome.map(|o| o.attempts),
            outcome.and_then(|o| o.reason.as_deref()),
            outcome.map(|o| o.position),
            self.trace.map(|trace| trace.traceparent()),
        ]
    }

    pub(crate) fn read(mut row: Cells) -> Result<Self, Fault> {
        let (id, position, case) = (NoticeId(row.id()?), row.position()?, CaseId(row.id()?));
        let mut notice = Self {
            id,
            position,
            case,
            number: case.number(),
            area: row.named()?,
            rung: row.rung()?,
            cycle: row.whole()?,
            policy_version: row.whole()?,
            cause: row.json()?,
            person: row.named()?,
            planned_at: row.maybe_instant()?,
            at: row.instant()?,
            deadline: row.maybe_instant()?,
            term: row.maybe_parsed()?,
            next: row.maybe_rung()?,
            reminder: row.maybe_whole()?,
            send_at: row.instant()?,
            outcome: None,
            trace: None,
        };
        let (channel, attempts, reason) = (row.maybe_parsed()?, row.maybe_whole()?, row.maybe_text()?);
        let settled = row.maybe_whole::<u64>()?.map(Position);
        notice.outcome = settled.map(|position| {
            let attempts = attempts.unwrap_or_default();
            Outcome { position, channel, attempts, reason }
        });
        notice.trace = Traced::of(row.maybe_text()?.as_deref(), notice.at);
        Ok(notice)
    }
}

#[cfg(test)]
mod specs;
