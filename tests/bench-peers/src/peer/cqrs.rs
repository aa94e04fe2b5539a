//! postgres-es: `execute` of a command that brings one event, on an aggregate of its own.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use postgres_es::{PostgresCqrs, postgres_cqrs};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgPoolOptions;

use super::{Held, Load, Peer};
use crate::database::Database;
use crate::drive::{Run, drive};
use crate::input::{Input, Reported};

/// Connections, however many callers there are.
const POOL: u32 = 32;

/// As `db/init.sql` of postgres-es 0.5.0 makes it.
const TABLE: &str = "
CREATE TABLE events (
  aggregate_type text                         NOT NULL,
  aggregate_id   text                         NOT NULL,
  sequence       bigint CHECK (sequence >= 0) NOT NULL,
  event_type     text                         NOT NULL,
  event_version  text                         NOT NULL,
  payload        json                         NOT NULL,
  metadata       json                         NOT NULL,
  PRIMARY KEY (aggregate_type, aggregate_id, sequence)
)";

const WHAT: &str = "execute, a new aggregate each";
const LOADS: &[Load] = &[
    Load { what: WHAT, like: "singles", callers: 1, batch: 1 },
    Load { what: WHAT, like: "singles", callers: 16, batch: 1 },
    Load { what: WHAT, like: "singles", callers: 256, batch: 1 },
];

/// A signal, which is reported and then nothing more.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Signal {
    reported: bool,
}

impl Aggregate for Signal {
    const TYPE: &'static str = "signal";
    type Command = Reported;
    type Event = Reported;
    type Error = Infallible;
    type Services = ();

    async fn handle(&mut self, command: Reported, (): &(), sink: &EventSink<Self>) -> Result<(), Infallible> {
        sink.write(command, self).await;
        Ok(())
    }

    fn apply(&mut self, _: Reported) {
        self.reported = true;
    }
}

/// The framework over a pool.
pub(crate) struct Cqrs<'a> {
    database: &'a Database,
    address: String,
    framework: Arc<PostgresCqrs<Signal>>,
}

impl<'a> Cqrs<'a> {
    pub(crate) async fn start(database: &'a Database) -> anyhow::Result<Self> {
        let address = database.with(TABLE)?;
        let pool = PgPoolOptions::new().min_connections(POOL).max_connections(POOL).connect(&address).await;
        let framework = postgres_cqrs(pool.context("postgres-es can't connect")?, Vec::new(), ());
        Ok(Self { database, address, framework: Arc::new(framework) })
    }
}

impl Peer for Cqrs<'_> {
    fn name(&self) -> &'static str {
        "postgres-es 0.5"
    }

    fn loads(&self) -> &'static [Load] {
        LOADS
    }

    async fn run(&self, load: &Load, input: &Arc<Input>, time: Duration) -> anyhow::Result<Run> {
        let (framework, input) = (Arc::clone(&self.framework), Arc::clone(input));
        drive(load.callers, time, move || {
            let (framework, input) = (Arc::clone(&framework), Arc::clone(&input));
            async move {
                let next = input.next();
                framework.execute(&next.stream(), next.event.clone()).await.context("execute")?;
                Ok(1)
            }
        })
        .await
    }

    async fn held(&self, _: &Input) -> anyhow::Result<Held> {
        self.database.held(&self.address, "events")
    }
}
