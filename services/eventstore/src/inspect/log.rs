//! The log: its schema, its ends, what keeps it from being rewritten, and its leases.

use std::path::Path;
use std::time::Duration;

use super::schema::{Schema, of_file};
use crate::backend::{LOG_STEPS, look_in, postgres};
use crate::fault::Fault;
use crate::lease::Holding;

/// What can be told of a log without going through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSeen {
    /// Its schema.
    pub schema: Schema,
    /// Where its head says that it ends.
    pub head: u64,
    /// The last event that is there.
    pub last: u64,
    /// What should keep it from being rewritten and isn't there, or isn't what it should be (INV-5).
    pub missing_guards: Vec<String>,
    /// What the database itself says is broken, so that no more can be told.
    pub damage: Option<String>,
}

/// How the schema of the log at `url`, an address as of [`crate::Log::open`], stands to this program.
pub async fn log_schema(url: &str, patience: Duration) -> Result<Schema, Fault> {
    match postgres::Address::parse(url)? {
        Some(address) => postgres::log_schema(&address, patience).await,
        None => of_file(Path::new(url.strip_prefix("sqlite:").unwrap_or(url)), &LOG_STEPS).await,
    }
}

/// Looks at the log at `url`, an address as of [`crate::Log::open`].
pub async fn log(url: &str, patience: Duration) -> Result<LogSeen, Fault> {
    let schema = log_schema(url, patience).await?;
    let mut seen = LogSeen { schema, head: 0, last: 0, missing_guards: vec![], damage: None };
    if schema == Schema::NotMade {
        return Ok(seen);
    }
    let backend = look_in(url, patience)?;
    let outline = backend.outline().await;
    backend.close().await;
    match outline? {
        Ok(outline) => {
            let number = |end: i64| u64::try_from(end).unwrap_or(0);
            (seen.head, seen.last) = (outline.head.map_or(0, number), number(outline.last));
            seen.missing_guards = outline.missing_guards.into_iter().map(str::to_owned).collect();
        }
        Err(damage) => seen.damage = Some(damage),
    }
    Ok(seen)
}

/// Every lease there ever was in the log at `url`, held or free, in order of name; none where the log is a file.
pub async fn leases(url: &str, patience: Duration) -> Result<Vec<Holding>, Fault> {
    match postgres::Address::parse(url)? {
        Some(address) => postgres::leases(&address, patience).await,
        None => Ok(vec![]),
    }
}
