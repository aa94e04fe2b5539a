//! What PostgreSQL itself can take: one connection, one statement for 500 rows, into the table the log has.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use sqlx::{Connection, PgConnection};
use tokio::sync::Mutex;

use super::{Held, Load, Peer};
use crate::database::Database;
use crate::drive::{Run, drive};
use crate::input::Input;

const GROUP: usize = 500;

/// The columns, constraints and indexes of `seinhuis.event`, without its triggers.
const TABLE: &str = r#"
CREATE TABLE event (
  position    bigint  PRIMARY KEY CHECK (position > 0),
  recorded_at bigint  NOT NULL,
  version     int     NOT NULL CHECK (version > 0),
  schema      int     NOT NULL,
  stream      text    COLLATE "C" NOT NULL,
  type        text    COLLATE "C" NOT NULL,
  area        text    COLLATE "C",
  actor       text    COLLATE "C" NOT NULL,
  trace       text    COLLATE "C",
  payload     bytea   NOT NULL,
  sealed_keys bytea,
  sealed      bytea,
  leaf        bytea   NOT NULL CHECK (length(leaf) = 32),
  CONSTRAINT event_sealed CHECK ((sealed IS NULL) = (sealed_keys IS NULL))
);
CREATE UNIQUE INDEX event_stream_version ON event (stream, version);
CREATE INDEX event_area ON event (area, position) WHERE area IS NOT NULL;
CREATE INDEX event_type ON event (type, position);
"#;

const INSERT: &str = "
INSERT INTO event (position, recorded_at, version, schema, stream, type, area, actor, payload, leaf)
  SELECT $1 + u.at, $2, 1, 1, u.stream, 'signal.reported', u.area, 'partner:wonion', u.payload, u.leaf
    FROM unnest($3::text[], $4::text[], $5::bytea[], $6::bytea[]) WITH ORDINALITY AS u (stream, area, payload, leaf, at)";

/// 2026-01-01T00:00Z, in microseconds.
const RECORDED_AT: i64 = 1_767_225_600_000_000;

const LOADS: &[Load] = &[Load { what: "one insert for 500", like: "batches", callers: 1, batch: GROUP }];

/// The one connection, and how far it got.
pub(crate) struct Raw<'a> {
    database: &'a Database,
    address: String,
    writer: Arc<Mutex<Writer>>,
}

struct Writer {
    connection: PgConnection,
    position: i64,
}

impl<'a> Raw<'a> {
    pub(crate) async fn start(database: &'a Database) -> anyhow::Result<Self> {
        let address = database.with(TABLE)?;
        let connection = PgConnection::connect(&address).await.context("raw insert can't connect")?;
        let writer = Arc::new(Mutex::new(Writer { connection, position: 0 }));
        Ok(Self { database, address, writer })
    }
}

impl Peer for Raw<'_> {
    fn name(&self) -> &'static str {
        "raw insert"
    }

    fn loads(&self) -> &'static [Load] {
        LOADS
    }

    async fn run(&self, load: &Load, input: &Arc<Input>, time: Duration) -> anyhow::Result<Run> {
        let (writer, input) = (Arc::clone(&self.writer), Arc::clone(input));
        drive(load.callers, time, move || {
            let (writer, input) = (Arc::clone(&writer), Arc::clone(&input));
            async move { writer.lock().await.insert(&input).await }
        })
        .await
    }

    async fn held(&self, _: &Input) -> anyhow::Result<Held> {
        self.database.held(&self.address, "event")
    }
}

impl Writer {
    async fn insert(&mut self, input: &Input) -> anyhow::Result<u64> {
        let group: Vec<_> = (0..GROUP).map(|_| input.next()).collect();
        let inserted = sqlx::query(INSERT)
            .bind(self.position)
            .bind(RECORDED_AT)
            .bind(group.iter().map(|next| next.stream()).collect::<Vec<_>>())
            .bind(group.iter().map(|next| next.area()).collect::<Vec<_>>())
            .bind(group.iter().map(|next| next.payload).collect::<Vec<_>>())
            .bind(group.iter().map(|next| next.leaf.as_slice()).collect::<Vec<_>>())
            .execute(&mut self.connection)
            .await
            .context("raw insert")?
            .rows_affected();
        self.position += inserted as i64;
        Ok(inserted)
    }
}
