//! What came in and what was done in areas over a period.

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::SubjectId;
use seinhuis_eventstore::Position;

use super::{Class, Intake, Repeat, Repeated, Spell, Step, StepCount};
use crate::board::{codes, places};
use crate::cell::{Cell, Cells};
use crate::fault::{Fault, NotYet};
use crate::model::Model;
use crate::views::Views;

/// A period, by one of the two clocks of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// What the hub recorded after the first position and up to the second.
    Recorded(Position, Position),
    /// What happened by the partners' clocks from the first instant on and before the second, as far as it was in the log at
    /// a position.
    Occurred(Timestamp, Timestamp, Position),
}

impl Span {
    /// Up to where the log is asked.
    fn until(self) -> Position {
        match self {
            Self::Recorded(_, until) | Self::Occurred(_, _, until) => until,
        }
    }

    fn condition(self) -> (&'static str, Vec<Cell>) {
        match self {
            Self::Recorded(after, until) => {
                ("position > ? AND position <= ?", vec![after.into(), until.into()])
            }
            Self::Occurred(from, until, known) => (
                "occurred_at >= ? AND occurred_at < ? AND position <= ?",
                vec![from.into(), until.into(), known.into()],
            ),
        }
    }
}

impl Views {
    /// How many signals were reported in `areas`, alike in partner, kind and channel; in that order. Areas are taken one by one.
    /// Errs where the log has not been taken in up to there, as do the other questions about a period.
    pub async fn intake(&self, areas: &[AreaCode], span: Span) -> Result<Vec<Intake>, Fault> {
        let alike = "partner, kind, channel";
        let sql = |condition: &str| {
            format!(
                "SELECT {alike}, count(*) FROM flow_signal WHERE area IN ({}) AND {condition} GROUP BY {alike}",
                places(areas)
            )
        };
        let read = |mut row: Cells| {
            Ok(Intake {
                partner: row.named()?,
                kind: row.named()?,
                channel: row.maybe_text()?,
                signals: row.whole()?,
            })
        };
        let rows = self.over(areas, span, sql).await?;
        let mut found: Vec<Intake> = rows.into_iter().map(read).collect::<Result<_, Fault>>()?;
        found.sort_unstable();
        Ok(found)
    }

    /// How often what was done to the cases of `areas` after one position and up to another; in the order of the steps.
    pub async fn steps(
        &self,
        areas: &[AreaCode],
        after: Position,
        until: Position,
    ) -> Result<Vec<StepCount>, Fault> {
        let sql = |condition: &str| {
            format!(
                "SELECT step, rung, count(*) FROM flow_step WHERE area IN ({}) AND {condition} GROUP BY step, rung",
                places(areas)
            )
        };
        let mut found = Vec::new();
        for mut row in self.over(areas, Span::Recorded(after, until), sql).await? {
            let name = row.text()?;
            let rung = row.maybe_rung()?;
            found.push(StepCount { step: row.one_of(Step::named(&name, rung), &name)?, times: row.whole()? });
        }
        found.sort_unstable();
        Ok(found)
    }

    /// How many subjects of each class more than one signal was about in `areas`; classes without are left out.
    pub async fn repeated(&self, areas: &[AreaCode], span: Span) -> Result<Vec<Repeated>, Fault> {
        let sql = |condition: &str| {
            format!(
                "SELECT class, count(*), CAST(sum(signals) AS BIGINT) FROM ({}) AS repeated GROUP BY class ORDER BY class",
                repeats(areas, condition)
            )
        };
        let read = |mut row: Cells| {
            Ok(Repeated { class: class(&mut row)?, subjects: row.whole()?, signals: row.whole()? })
        };
        self.over(areas, span, sql).await?.into_iter().map(read).collect()
    }

    /// The subjects that most signals were about in `areas`, `most` of them, those with most first.
    pub async fn most_repeated(
        &self,
        areas: &[AreaCode],
        span: Span,
        most: usize,
    ) -> Result<Vec<Repeat>, Fault> {
        let sql = |condition: &str| {
            format!("{} ORDER BY signals DESC, class, subject LIMIT {most}", repeats(areas, condition))
        };
        let read = |mut row: Cells| {
            Ok(Repeat { class: class(&mut row)?, subject: SubjectId(row.id()?), signals: row.whole()? })
        };
        self.over(areas, span, sql).await?.into_iter().map(read).collect()
    }

    /// The spells of leads in `areas` that began after one position and up to another, as they were known at the latter; in the
    /// order in which they began. Those in which nobody led are left out.
    pub async fn spells(
        &self,
        areas: &[AreaCode],
        after: Position,
        until: Position,
    ) -> Result<Vec<Spell>, Fault> {
        let sql = |condition: &str| {
            let columns = super::spell::SPELL.all_names();
            format!(
                "SELECT {columns} FROM flow_spell WHERE area IN ({}) AND {condition} AND lead IS NOT NULL ORDER BY position",
                places(areas)
            )
        };
        let rows = self.over(areas, Span::Recorded(after, until), sql).await?;
        rows.into_iter().map(|row| Spell::read(row).map(|spell| spell.known_at(until))).collect()
    }

    /// Asks what `sql` makes of the condition of `span`.
    async fn over(
        &self,
        areas: &[AreaCode],
        span: Span,
        sql: impl FnOnce(&str) -> String,
    ) -> Result<Vec<Cells>, Fault> {
        let (wanted, at) = (span.until(), self.position());
        if wanted > at {
            return Err(NotYet { wanted, at }.into());
        }
        let (condition, values) = span.condition();
        self.ask(Model::Flow, sql(condition), codes(areas).into_iter().chain(values).collect()).await
    }
}

/// The subjects of more than one signal, each with how many.
fn repeats(areas: &[AreaCode], condition: &str) -> String {
    format!(
        "SELECT class, subject, count(*) AS signals FROM flow_about WHERE area IN ({}) AND {condition} \
         GROUP BY class, subject HAVING count(*) > 1",
        places(areas)
    )
}

fn class(row: &mut Cells) -> Result<Class, Fault> {
    let number: usize = row.whole()?;
    row.one_of(Class::ALL.get(number).copied(), number)
}
