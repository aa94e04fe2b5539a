//! One group, one call: hope that every stream stands where its first batch expects it, and judge again when one doesn't.

use std::time::Duration;

use seinhuis_domain::area::AreaCode;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Connection, PgConnection, Postgres, Row as _};

use super::address::Address;
use super::connect::{committed, connect_durably, within};
use crate::backend::Outcome;
use crate::fault::{Fault, Trouble};
use crate::fence::Fence;
use crate::leaf::key_bytes;
use crate::writer::{Judged, Proposal, Row, Versions, fences, hoped, judge, rows};

/// How often a group is judged anew because another process wrote to one of its streams in between.
const ATTEMPTS: usize = 16;

const APPEND: &str = "SELECT before, stored, standing FROM seinhuis.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
                      $12, $13)";
/// For a group of which somebody shows a fence.
const APPEND_UNDER: &str = "SELECT before, stored, standing, fenced FROM seinhuis.append_under($1, $2, $3, $4, $5, $6, \
                            $7, $8, $9, $10, $11, $12, $13, $14, $15)";

/// Holds one connection and opens a new one after a fault.
pub(crate) struct Writer {
    address: Address,
    patience: Duration,
    connection: Option<PgConnection>,
}

/// What the database made of a group.
struct Answer {
    /// The head as the group found it.
    before: u64,
    stored: bool,
    /// The versions of the streams that the group's rows open, in their order.
    found: Vec<i32>,
    /// Which of the fences it was shown are over: the first is 1.
    over: Vec<i32>,
}

impl Writer {
    pub(crate) fn new(address: &Address, patience: Duration) -> Self {
        Self { address: address.clone(), patience, connection: None }
    }

    pub(crate) async fn commit(&mut self, proposals: &[Proposal]) -> Result<Outcome, Fault> {
        let (mut known, mut over, mut head) = (Versions::new(), Vec::new(), 0);
        for _ in 0..ATTEMPTS {
            let mut versions = hoped(proposals, &over);
            versions.extend(&known);
            let Judged { verdicts, head: count } = judge(0, versions, &over, proposals);
            let group: Vec<Row<'_>> = rows(proposals, &verdicts).collect();
            if group.is_empty() {
                return Ok(Outcome { verdicts, head });
            }
            let fences = fences(proposals, &over);
            let answer = self.append(&group, &fences).await?;
            if answer.stored {
                let verdicts =
                    verdicts.into_iter().map(|verdict| verdict.map(|done| done.after(answer.before)));
                return Ok(Outcome { verdicts: verdicts.collect(), head: answer.before + count });
            }
            head = answer.before;
            learn(&mut known, &group, &answer.found);
            over.extend(answer.over.iter().filter_map(|at| fences.get(*at as usize - 1).copied()));
        }
        let contended = sqlx::Error::Protocol("other processes kept writing to the same streams".to_owned());
        Err(Fault::Unavailable {
            what: "commit a group of events",
            trouble: Trouble::Locked,
            source: std::sync::Arc::new(contended),
        })
    }

    pub(crate) async fn close(self) {
        if let Some(connection) = self.connection {
            // Everything is on disk already; closing only tidies.
            let _ = connection.close().await;
        }
    }

    async fn append(&mut self, group: &[Row<'_>], fences: &[&Fence]) -> Result<Answer, Fault> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect_durably(&self.address, self.patience).await?,
        };
        let call = call(&mut connection, group, fences, self.address.is_pooled());
        // A connection that failed or was too slow is let go; what state it is in, nobody knows.
        let answer = within(self.patience, "commit a group of events", call).await?;
        self.connection = Some(connection);
        Ok(answer)
    }
}

/// What is known now of the streams that the rows open.
fn learn<'a>(versions: &mut Versions<'a>, group: &[Row<'a>], found: &[i32]) {
    for (row, found) in group.iter().filter(|row| row.opens).zip(found) {
        versions.insert(row.stream, *found as u64);
    }
}

async fn call(
    connection: &mut PgConnection,
    group: &[Row<'_>],
    fences: &[&Fence],
    pooled: bool,
) -> Result<Answer, sqlx::Error> {
    let statement = if fences.is_empty() { APPEND } else { APPEND_UNDER };
    let query = sqlx::query_with(statement, arguments(group, fences).map_err(sqlx::Error::Encode)?);
    let rows = committed(connection, query, pooled).await?;
    answer(rows.first().ok_or(sqlx::Error::RowNotFound)?, !fences.is_empty())
}

fn answer(row: &PgRow, fenced: bool) -> Result<Answer, sqlx::Error> {
    let before: i64 = row.try_get(0)?;
    let found: Option<Vec<i32>> = row.try_get(2)?;
    let over: Option<Vec<i32>> = if fenced { row.try_get(3)? } else { None };
    Ok(Answer {
        before: before as u64,
        stored: row.try_get(1)?,
        found: found.unwrap_or_default(),
        over: over.unwrap_or_default(),
    })
}

/// A column of the group as one array: thirteen parameters, however many rows there are, and two for the fences.
fn arguments(group: &[Row<'_>], fences: &[&Fence]) -> Result<PgArguments, sqlx::error::BoxDynError> {
    use sqlx::Arguments as _;
    let mut values = PgArguments::default();
    let column = |size: usize| group.len() * (size + 4);
    values.reserve(15, column(512));
    values.add(of(group, |row| row.stream))?;
    values.add(of(group, |row| row.version as i32))?;
    values.add(of(group, |row| row.opens))?;
    values.add(of(group, |row| row.event.name.as_str()))?;
    values.add(of(group, |row| row.event.schema as i32))?;
    values.add(of(group, |row| row.event.recorded_at.as_microsecond()))?;
    values.add(of(group, |row| row.event.area.as_ref().map(AreaCode::as_str)))?;
    values.add(of(group, |row| row.event.actor.as_str()))?;
    values.add(of(group, |row| row.event.trace.as_deref()))?;
    values.add(of(group, |row| row.event.payload.as_slice()))?;
    values.add(of(group, |row| row.event.sealed.as_ref().map(|sealed| key_bytes(&sealed.keys))))?;
    values.add(of(group, |row| row.event.sealed.as_ref().map(|sealed| sealed.bytes.as_slice())))?;
    values.add(of(group, |row| row.leaf.as_slice()))?;
    if !fences.is_empty() {
        values.add(fences.iter().map(|fence| &*fence.name).collect::<Vec<&str>>())?;
        values.add(fences.iter().map(|fence| fence.epoch as i64).collect::<Vec<_>>())?;
    }
    Ok(values)
}

fn of<'a, T>(group: &[Row<'a>], column: impl Fn(&Row<'a>) -> T) -> Vec<T>
where
    Vec<T>: sqlx::Encode<'a, Postgres> + sqlx::Type<Postgres>,
{
    group.iter().map(column).collect()
}
