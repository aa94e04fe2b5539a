//! Connections: quickly made or given up, and only to a server that keeps what it was given.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgRow;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, Row as _};
use tokio::time::error::Elapsed;

use super::address::Address;
use super::read::Query;
use crate::fault::{Fault, Trouble};

/// A new connection, within `patience`.
pub(crate) async fn connect(address: &Address, patience: Duration) -> Result<PgConnection, Fault> {
    within(patience, "connect", address.options().connect()).await
}

/// A new connection to write over. After a failover it may lead to another server, so that is looked at each time.
pub(crate) async fn connect_durably(address: &Address, patience: Duration) -> Result<PgConnection, Fault> {
    let connected = async {
        let mut connection = connect(address, patience).await?;
        durable(&mut connection, address).await?;
        Ok(connection)
    };
    match tokio::time::timeout(patience, connected).await {
        Ok(connected) => connected,
        Err(late) => Err(out_of_reach("connect", late)),
    }
}

/// `work`, or a fault when it takes longer than `patience`. What the server made of it then, nobody knows.
pub(crate) async fn within<T>(
    patience: Duration,
    what: &'static str,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, Fault> {
    match tokio::time::timeout(patience, work).await {
        Ok(done) => done.map_err(Fault::database(what)),
        Err(late) => Err(out_of_reach(what, late)),
    }
}

fn out_of_reach(what: &'static str, late: Elapsed) -> Fault {
    Fault::Unavailable { what, trouble: Trouble::OutOfReach, source: Arc::new(late) }
}

/// The rows of a statement that changes something, committed. Behind a pooler it leaves nothing behind in the session.
pub(super) async fn committed(
    connection: &mut PgConnection,
    query: Query<'_>,
    pooled: bool,
) -> Result<Vec<PgRow>, sqlx::Error> {
    if !pooled {
        return query.fetch_all(connection).await;
    }
    let mut change = connection.begin().await?;
    // A caller whose machine is gone between two steps would hold the head, and with it everybody else.
    change.execute("SET LOCAL idle_in_transaction_session_timeout = '5s'").await?;
    let rows = query.persistent(false).fetch_all(&mut *change).await?;
    change.commit().await?;
    Ok(rows)
}

/// Refuses a server that may lose what it has acknowledged (INV-1), a copy that can't be written to, and a version too
/// old. `synchronous_commit` isn't looked at here: each append sees to it for itself.
async fn durable(connection: &mut PgConnection, address: &Address) -> Result<(), Fault> {
    let asked = "SELECT current_setting('fsync'), current_setting('full_page_writes'), pg_is_in_recovery(), \
                 current_setting('server_version_num')::int";
    let row =
        sqlx::raw_sql(asked).fetch_one(connection).await.map_err(Fault::database("look at the server"))?;
    let unread = Fault::database("look at the server");
    let (fsync, pages, standby, version): (String, String, String, String) = (|| {
        Ok((
            row.try_get_unchecked(0)?,
            row.try_get_unchecked(1)?,
            row.try_get_unchecked(2)?,
            row.try_get_unchecked(3)?,
        ))
    })()
    .map_err(unread)?;
    let reason = match () {
        () if fsync != "on" => "it runs with fsync = off and may lose what it acknowledged",
        () if pages != "on" => "it runs with full_page_writes = off and may lose what it acknowledged",
        () if standby != "f" => "it is a standby, which can't be written to",
        () if version.parse().is_ok_and(|version: u32| version < 150_000) => "it is older than PostgreSQL 15",
        () => return Ok(()),
    };
    Err(Fault::Foreign { path: address.shown(), what: "a log", reason: reason.to_owned() })
}
