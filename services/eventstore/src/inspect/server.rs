//! A server of PostgreSQL, asked in a session like those of the hub: what is set for its role or for the database counts.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{Connection, Row as _};

use crate::backend::postgres::{Address, connect, within};
use crate::fault::Fault;

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its version as a number: 150004.
    pub version: u32,
    /// Whether it has the disk sync what it writes.
    pub fsync: bool,
    /// Whether a page that was torn in a crash is found whole in its log.
    pub full_page_writes: bool,
    /// What a commit waits for in a session of ours: `on`, `off`, `local`, `remote_write`, `remote_apply`.
    pub synchronous_commit: String,
    /// Where that was set: `default`, `configuration file`, `database`, `user`.
    pub synchronous_commit_from: String,
    /// Whether it only follows another server.
    pub is_standby: bool,
    /// The standbys that each commit waits for; empty: none.
    pub standbys_named: String,
    /// How many of them are there; `None` where we may not see that.
    pub standbys_there: Option<u32>,
    /// Sessions that it takes at most from such as us.
    pub sessions_most: u32,
    /// Sessions that there are.
    pub sessions: u32,
    /// After how long it ends a statement; zero: never.
    pub statement_timeout: Duration,
    /// After how long it ends a session that does nothing in a transaction; zero: never.
    pub idle_timeout: Duration,
    /// Whether it tidies its tables by itself.
    pub autovacuum: bool,
    /// How the database writes text.
    pub encoding: String,
    /// Whether it keeps what was written, so that a backup can be brought to any moment.
    pub archives: bool,
    /// The time by its clock.
    pub time: Timestamp,
    /// Whether our role may do anything, also take away what keeps the log from being rewritten.
    pub is_superuser: bool,
}

/// What is asked, in the order in which [`read`] takes it. All of it is text: behind a pooler nothing is prepared.
const ASKED: &str = "
SELECT current_setting('server_version_num'), current_setting('fsync'), current_setting('full_page_writes'),
  current_setting('synchronous_commit'),
  (SELECT source FROM pg_settings WHERE name = 'synchronous_commit'),
  pg_is_in_recovery()::text,
  current_setting('synchronous_standby_names'),
  CASE WHEN pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
    THEN (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')) END::text,
  (current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int)::text,
  (SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL)::text,
  (SELECT setting FROM pg_settings WHERE name = 'statement_timeout'),
  (SELECT setting FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'),
  current_setting('autovacuum'),
  (SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database())::text,
  current_setting('archive_mode'),
  (extract(epoch FROM clock_timestamp()) * 1000000)::bigint::text,
  (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)::text
";

/// Looks at the server at `address`.
pub async fn server(address: &Address, patience: Duration) -> Result<Server, Fault> {
    let mut connection = connect(address, patience).await?;
    let row = within(patience, "look at the server", sqlx::raw_sql(ASKED).fetch_one(&mut connection)).await?;
    // It has said all it had to.
    let _ = connection.close().await;
    read(&row).map_err(Fault::database("look at the server"))
}

fn read(row: &PgRow) -> Result<Server, sqlx::Error> {
    let text = |at: usize| row.try_get_unchecked::<String, _>(at);
    let is = |at: usize, word: &str| text(at).map(|it| it == word);
    let micros = number::<i64>(text(15)?)?;
    Ok(Server {
        version: number(text(0)?)?,
        fsync: is(1, "on")?,
        full_page_writes: is(2, "on")?,
        synchronous_commit: text(3)?,
        synchronous_commit_from: text(4)?,
        is_standby: is(5, "true")?,
        standbys_named: text(6)?,
        standbys_there: row.try_get_unchecked::<Option<String>, _>(7)?.map(number).transpose()?,
        sessions_most: number(text(8)?)?,
        sessions: number(text(9)?)?,
        statement_timeout: Duration::from_millis(number(text(10)?)?),
        idle_timeout: Duration::from_millis(number(text(11)?)?),
        autovacuum: is(12, "on")?,
        encoding: text(13)?,
        archives: !is(14, "off")?,
        time: Timestamp::from_microsecond(micros).map_err(|error| sqlx::Error::Decode(error.into()))?,
        is_superuser: is(16, "true")?,
    })
}

fn number<T: std::str::FromStr<Err = std::num::ParseIntError>>(text: String) -> Result<T, sqlx::Error> {
    text.parse().map_err(|error: std::num::ParseIntError| sqlx::Error::Decode(error.into()))
}
