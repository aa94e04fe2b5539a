//! One group, one call: hope that every stream stands where its first batch expects it, and judge again when one doesn't.

use std::time::Duration;

use seinhuis_domain::area::AreaCode;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Connection, Executor, PgConnection, Postgres, Row as _};

use super::address::Address;
use super::connect::{connect, durable, within};
use crate::backend::Outcome;
use crate::fault::{Fault, Trouble};
use crate::leaf::key_bytes;
use crate::writer::{Judged, Proposal, Row, Versions, hoped, judge, rows};

/// How often a group is judged anew because another process wrote to one of its streams in between.
const ATTEMPTS: usize = 16;

const APPEND: &str = "SELECT before, stored, standing FROM seinhuis.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
                      $12, $13)";

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
}

impl Writer {
    pub(crate) fn new(address: &Address, patience: Duration) -> Self {
        Self { address: address.clone(), patience, connection: None }
    }

    pub(crate) async fn commit(&mut self, proposals: &[Proposal]) -> Result<Outcome, Fault> {
        let mut versions = hoped(proposals);
        let mut head = 0;
        for _ in 0..ATTEMPTS {
            let Judged { verdicts, head: count } = judge(0, versions.clone(), proposals);
            let group: Vec<Row<'_>> = rows(proposals, &verdicts).collect();
            if group.is_empty() {
                return Ok(Outcome { verdicts, head });
            }
            let answer = self.append(&group).await?;
            if answer.stored {
                let verdicts =
                    verdicts.into_iter().map(|verdict| verdict.map(|done| done.after(answer.before)));
                return Ok(Outcome { verdicts: verdicts.collect(), head: answer.before + count });
            }
            head = answer.before;
            learn(&mut versions, &group, &answer.found);
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

    /// A new connection. After a failover it may lead to another server, so it is looked at again.
    async fn connect(&self) -> Result<PgConnection, Fault> {
        let mut connection = connect(&self.address, self.patience).await?;
        durable(&mut connection, &self.address).await?;
        Ok(connection)
    }

    async fn append(&mut self, group: &[Row<'_>]) -> Result<Answer, Fault> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let call = call(&mut connection, group, self.address.is_pooled());
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

async fn call(connection: &mut PgConnection, group: &[Row<'_>], pooled: bool) -> Result<Answer, sqlx::Error> {
    let query = sqlx::query_with(APPEND, arguments(group).map_err(sqlx::Error::Encode)?);
    let row = if pooled {
        let mut change = connection.begin().await?;
        // A caller whose machine is gone between two steps would hold the head, and with it everybody else.
        change.execute("SET LOCAL idle_in_transaction_session_timeout = '5s'").await?;
        let row = query.persistent(false).fetch_one(&mut *change).await?;
        change.commit().await?;
        row
    } else {
        query.fetch_one(connection).await?
    };
    answer(&row)
}

fn answer(row: &PgRow) -> Result<Answer, sqlx::Error> {
    let before: i64 = row.try_get(0)?;
    let found: Option<Vec<i32>> = row.try_get(2)?;
    Ok(Answer { before: before as u64, stored: row.try_get(1)?, found: found.unwrap_or_default() })
}

/// A column of the group as one array: thirteen parameters, however many rows there are.
fn arguments(group: &[Row<'_>]) -> Result<PgArguments, sqlx::error::BoxDynError> {
    use sqlx::Arguments as _;
    let mut values = PgArguments::default();
    let column = |size: usize| group.len() * (size + 4);
    values.reserve(13, column(512));
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
    Ok(values)
}

fn of<'a, T>(group: &[Row<'a>], column: impl Fn(&Row<'a>) -> T) -> Vec<T>
where
    Vec<T>: sqlx::Encode<'a, Postgres> + sqlx::Type<Postgres>,
{
    group.iter().map(column).collect()
}
