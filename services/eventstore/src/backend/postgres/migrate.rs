//! How a schema comes up to date, while an older version of the program may be at work beside this one.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row as _};

use super::address::Address;
use super::connect::{connect, within};
use crate::fault::Fault;
use crate::inspect;

/// Steps that lead from nothing to the present schema.
pub(crate) struct Schema {
    /// The name of the schema in the database.
    pub(crate) name: &'static str,
    /// What it holds, for the words of a fault.
    pub(crate) what: &'static str,
    /// In order. A step is never changed once it was released.
    pub(crate) steps: &'static [Step],
}

/// One step. It only adds: what an older program beside this one uses stays as it is.
pub(crate) struct Step {
    pub(crate) statements: &'static str,
    /// How many steps a program must know to go on working after this one. A step that breaks older programs
    /// names itself.
    pub(crate) oldest: i32,
}

/// Waits this long for a lock that somebody else holds, and gives up rather than queue everybody behind it.
const LOCKS: &str = "SET LOCAL lock_timeout = '5s'";

/// Brings the schema up to the newest step known here, once, whoever else tries at the same moment.
pub(crate) async fn migrate(
    connection: &mut PgConnection,
    address: &Address,
    schema: &Schema,
) -> Result<(), Fault> {
    let failed = || Fault::database("bring its schema up to date");
    let known = schema.steps.len() as i32;
    let (done, oldest) = steps_done(connection, schema).await.map_err(failed())?;
    if done < known {
        apply(connection, schema).await.map_err(failed())?;
    }
    if oldest > known {
        let reason =
            format!("its schema {done} needs a program that knows {oldest} steps, this one knows {known}");
        return Err(Fault::Foreign { path: address.shown(), what: schema.what, reason });
    }
    Ok(())
}

/// How the schema in the database at `address` stands to this program. Nothing is changed there.
pub(crate) async fn look_at(
    address: &Address,
    schema: &Schema,
    patience: Duration,
) -> Result<inspect::Schema, Fault> {
    let mut connection = connect(address, patience).await?;
    let (done, oldest) = within(patience, "look at its schema", steps_done(&mut connection, schema)).await?;
    // Nothing was changed; closing only tidies.
    let _ = connection.close().await;
    let number = |steps: i32| u32::try_from(steps).unwrap_or(0);
    Ok(inspect::Schema::of(number(done), number(oldest), schema.steps.len() as u32))
}

/// The newest step taken, and how many a program must know to work with it.
async fn steps_done(connection: &mut PgConnection, schema: &Schema) -> Result<(i32, i32), sqlx::Error> {
    let mut look = connection.begin().await?;
    let there = format!("SELECT to_regclass('{}.step') IS NOT NULL", schema.name);
    let there: String =
        sqlx::raw_sql(AssertSqlSafe(there)).fetch_one(&mut *look).await?.try_get_unchecked(0)?;
    let mut ends = (0, 0);
    if there == "t" {
        let asked =
            format!("SELECT coalesce(max(number), 0), coalesce(max(oldest), 0) FROM {}.step", schema.name);
        let row = sqlx::raw_sql(AssertSqlSafe(asked)).fetch_one(&mut *look).await?;
        let number = |at: usize| -> Result<i32, sqlx::Error> {
            let text: &str = row.try_get_unchecked(at)?;
            text.parse().map_err(|error: std::num::ParseIntError| sqlx::Error::Decode(error.into()))
        };
        ends = (number(0)?, number(1)?);
    }
    look.commit().await?;
    Ok(ends)
}

async fn apply(connection: &mut PgConnection, schema: &Schema) -> Result<(), sqlx::Error> {
    let name = schema.name;
    let mut change = connection.begin().await?;
    // One at a time, for this transaction only: no state of the session, which a pooler would not keep.
    let begin = format!(
        "{LOCKS}; SELECT pg_advisory_xact_lock(hashtext('{name}')); CREATE SCHEMA IF NOT EXISTS {name}; \
         CREATE TABLE IF NOT EXISTS {name}.step (number int PRIMARY KEY, oldest int NOT NULL, \
         taken_at timestamptz NOT NULL DEFAULT now())"
    );
    sqlx::raw_sql(AssertSqlSafe(begin)).execute(&mut *change).await?;
    let taken = sqlx::raw_sql(AssertSqlSafe(format!("SELECT number FROM {name}.step")))
        .fetch_all(&mut *change)
        .await?;
    for (at, step) in schema.steps.iter().enumerate().skip(taken.len()) {
        sqlx::raw_sql(step.statements).execute(&mut *change).await?;
        let taken = format!("INSERT INTO {name}.step (number, oldest) VALUES ({}, {})", at + 1, step.oldest);
        sqlx::raw_sql(AssertSqlSafe(taken)).execute(&mut *change).await?;
    }
    change.commit().await
}
