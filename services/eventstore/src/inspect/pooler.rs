//! Whether a pooler stands before a database that hands its sessions from one caller to the next.

use std::time::Duration;

use sqlx::{Connection, PgConnection, Row as _};

use crate::backend::postgres::{Address, connect, within};
use crate::fault::Fault;

/// How often two callers are compared: a pooler with several free sessions gives any of them.
const TIMES: usize = 4;

/// Whether two callers who are connected at the same moment met in one session of the server. Without a pooler, or behind one
/// that keeps a session for each, they never do; behind one in transaction mode they do as soon as neither is in a transaction.
pub async fn shares_sessions(address: &Address, patience: Duration) -> Result<bool, Fault> {
    let mut one = connect(address, patience).await?;
    let mut other = connect(address, patience).await?;
    let mut shared = false;
    for _ in 0..TIMES {
        shared = shared || session(&mut one, patience).await? == session(&mut other, patience).await?;
    }
    for connection in [one, other] {
        // Both have said all they had to.
        let _ = connection.close().await;
    }
    Ok(shared)
}

/// The process of the server that answers.
async fn session(connection: &mut PgConnection, patience: Duration) -> Result<String, Fault> {
    let asked = sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(connection);
    let row = within(patience, "tell its session", asked).await?;
    row.try_get_unchecked(0).map_err(Fault::database("tell its session"))
}
