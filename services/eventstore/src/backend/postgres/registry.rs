//! Who holds which lease, in the log's own database. It has connections of its own: a renewal waits behind no reader.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{Connection as _, PgConnection, Row as _};

use super::address::Address;
use super::connect::{committed, connect, connect_durably, within};
use super::read::Query;
use crate::fault::Fault;
use crate::fence::Fence;
use crate::lease::Holding;

/// Connections that are kept between two calls.
const IDLE: usize = 2;

const LIST: &str = "SELECT name, holder, epoch, (extract(epoch FROM until) * 1000000)::bigint, \
    CASE WHEN seinhuis.lives(until) THEN extract(epoch FROM until - clock_timestamp())::float8 ELSE 0 END \
    FROM seinhuis.lease ORDER BY name";

/// Every lease in the database at `address`, for who only looks: also on a server that nothing would be written to.
pub(crate) async fn leases(address: &Address, patience: Duration) -> Result<Vec<Holding>, Fault> {
    let mut connection = connect(address, patience).await?;
    let asked = committed(&mut connection, sqlx::query(LIST), address.is_pooled());
    let rows = within(patience, "list the leases", asked).await?;
    // It has said all it had to.
    let _ = connection.close().await;
    rows.iter().map(holding).collect::<Result<_, _>>().map_err(Fault::database("list the leases"))
}

/// Asks and changes the leases.
#[derive(Debug)]
pub(crate) struct Registry {
    address: Address,
    /// `None` once it is closed.
    idle: Mutex<Option<Vec<PgConnection>>>,
}

impl Registry {
    pub(super) fn open(address: &Address) -> Self {
        Self { address: address.clone(), idle: Mutex::new(Some(Vec::new())) }
    }

    /// Takes the lease for `life` if nobody holds it: the new epoch.
    pub(crate) async fn take(&self, name: &str, holder: &str, life: Duration) -> Result<Option<u64>, Fault> {
        let query = sqlx::query("SELECT taken FROM seinhuis.take_lease($1, $2, make_interval(secs => $3))");
        let query = query.bind(name.to_owned()).bind(holder.to_owned()).bind(life.as_secs_f64());
        let rows = self.rows(life, "take a lease", query).await?;
        let taken: Option<i64> = only(&rows, "take a lease")?;
        Ok(taken.map(|epoch| epoch as u64))
    }

    /// Lets the lease live for `life` from now on. `false` when it has passed on.
    pub(crate) async fn renew(
        &self,
        fence: &Fence,
        life: Duration,
        patience: Duration,
    ) -> Result<bool, Fault> {
        let query = sqlx::query("SELECT held FROM seinhuis.renew_lease($1, $2, make_interval(secs => $3))");
        let query = query.bind(fence.name.to_string()).bind(fence.epoch as i64).bind(life.as_secs_f64());
        let rows = self.rows(patience, "renew a lease", query).await?;
        only(&rows, "renew a lease")
    }

    /// Lets the lease run out now, if it hasn't passed on.
    pub(crate) async fn release(&self, fence: &Fence, patience: Duration) -> Result<(), Fault> {
        let query = sqlx::query(
            "UPDATE seinhuis.lease SET until = clock_timestamp() WHERE name = $1 AND epoch = $2 AND seinhuis.lives(until)",
        );
        let query = query.bind(fence.name.to_string()).bind(fence.epoch as i64);
        self.rows(patience, "release a lease", query).await.map(|_| ())
    }

    /// Every lease there ever was, in order of name.
    pub(crate) async fn list(&self, patience: Duration) -> Result<Vec<Holding>, Fault> {
        let rows = self.rows(patience, "list the leases", sqlx::query(LIST)).await?;
        rows.iter().map(holding).collect::<Result<_, _>>().map_err(Fault::database("list the leases"))
    }

    pub(crate) async fn close(&self) {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
        for connection in idle.into_iter().flatten() {
            // Nothing is under way on it; closing only tidies.
            let _ = connection.close().await;
        }
    }

    async fn rows(
        &self,
        patience: Duration,
        what: &'static str,
        query: Query<'_>,
    ) -> Result<Vec<PgRow>, Fault> {
        let mut connection = match self.at_rest()? {
            Some(connection) => connection,
            None => connect_durably(&self.address, patience).await?,
        };
        let rows = committed(&mut connection, query, self.address.is_pooled());
        // A connection that failed or was too slow is let go; what state it is in, nobody knows.
        let rows = within(patience, what, Box::pin(rows)).await?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(idle) = idle.as_mut().filter(|idle| idle.len() < IDLE) {
            idle.push(connection);
        }
        Ok(rows)
    }

    fn at_rest(&self) -> Result<Option<PgConnection>, Fault> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.as_mut().map(Vec::pop).ok_or(Fault::Closed { what: "the log" })
    }
}

fn only<'a, T>(rows: &'a [PgRow], what: &'static str) -> Result<T, Fault>
where
    T: sqlx::Decode<'a, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let row = rows.first().ok_or(sqlx::Error::RowNotFound);
    row.and_then(|row| row.try_get(0)).map_err(Fault::database(what))
}

fn holding(row: &PgRow) -> Result<Holding, sqlx::Error> {
    let decoded = |error: jiff::Error| sqlx::Error::Decode(error.into());
    let (epoch, left): (i64, f64) = (row.try_get(2)?, row.try_get(4)?);
    Ok(Holding {
        name: row.try_get(0)?,
        holder: row.try_get(1)?,
        epoch: epoch as u64,
        until: Timestamp::from_microsecond(row.try_get(3)?).map_err(decoded)?,
        left: Duration::from_secs_f64(left.max(0.0)),
    })
}
