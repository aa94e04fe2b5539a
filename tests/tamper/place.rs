//! Where the log lies, reached around the hub: the guards dropped, the rows read once and written back as one likes.

use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use seinhuis_testkit::Postgres;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row as _, SqliteConnection};

use crate::state::{Row, State};

/// A database with a log and its proof book, and a connection of our own.
pub(crate) enum Place {
    Sqlite { folder: tempfile::TempDir, around: Option<SqliteConnection> },
    Postgres { url: String, around: Option<PgConnection>, _server: Box<Postgres> },
}

const SQLITE_NO_GUARDS: &str = "
    PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF;
    DROP TRIGGER event_never_changes; DROP TRIGGER event_never_goes; DROP TRIGGER event_comes_next;
    DROP TRIGGER head_never_falls; DROP TRIGGER head_never_goes; DROP TRIGGER head_is_one;
    DROP TRIGGER proof.checkpoint_never_changes; DROP TRIGGER proof.checkpoint_never_goes;
    DROP TRIGGER proof.checkpoint_is_signed_once;";

const POSTGRES_NO_GUARDS: &str = "
    SET synchronous_commit = off;
    ALTER TABLE seinhuis.event DISABLE TRIGGER USER; ALTER TABLE seinhuis.head DISABLE TRIGGER USER;
    ALTER TABLE seinhuis.event DROP CONSTRAINT event_sealed, DROP CONSTRAINT event_leaf_check,
      DROP CONSTRAINT event_position_check, DROP CONSTRAINT event_version_check;
    ALTER TABLE seinhuis_proof.checkpoint DISABLE TRIGGER USER, DROP CONSTRAINT checkpoint_size_check;";

const COLUMNS: &str = "position, version, schema, recorded_at, stream, type, area, actor, trace, payload, sealed_keys, sealed, leaf";

/// Reads all rows over either kind of connection.
macro_rules! read {
    ($connection:expr, $bytes:expr, $event:expr, $head:expr, $checkpoint:expr) => {{
        let bytes = $bytes;
        let select = format!(
            "SELECT position, CAST(version AS bigint), CAST(schema AS bigint), recorded_at, {}, payload, sealed_keys, \
             sealed, leaf FROM {} ORDER BY position",
            ["stream", "type", "area", "actor", "trace"].map(|column| text_as_bytes(column, bytes)).join(", "),
            $event
        );
        let rows = sqlx::query(AssertSqlSafe(select)).fetch_all($connection).await.unwrap();
        let rows = rows.iter().map(|row| Row {
            position: row.get(0),
            version: row.get(1),
            schema: row.get(2),
            recorded_at: row.get(3),
            stream: row.get(4),
            name: row.get(5),
            area: row.get(6),
            actor: row.get(7),
            trace: row.get(8),
            payload: row.get(9),
            sealed_keys: row.get(10),
            sealed: row.get(11),
            leaf: row.get(12),
        });
        let rows = rows.collect();
        let head = format!("SELECT position FROM {}", $head);
        let head = sqlx::query_scalar(AssertSqlSafe(head)).fetch_one($connection).await.unwrap();
        let notes = format!("SELECT size, note FROM {} ORDER BY size", $checkpoint);
        let checkpoints = sqlx::query_as(AssertSqlSafe(notes)).fetch_all($connection).await.unwrap();
        State { rows, head, checkpoints }
    }};
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite { folder: tempfile::tempdir().unwrap(), around: None }
    }

    pub(crate) fn postgres() -> Self {
        let server = Box::new(Postgres::start().unwrap());
        Self::Postgres { url: server.database().unwrap(), around: None, _server: server }
    }

    /// The addresses of the log and of its book.
    pub(crate) fn urls(&self) -> (String, String) {
        match self {
            Self::Sqlite { folder, .. } => {
                let at = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
                (at("log.sqlite"), at("proof.sqlite"))
            }
            Self::Postgres { url, .. } => (url.clone(), url.clone()),
        }
    }

    /// Gets around the hub, drops the guards, and reads what there is.
    pub(crate) async fn break_in(&mut self) -> State {
        match self {
            Self::Sqlite { folder, around } => {
                let path = |name: &str| folder.path().join(name).display().to_string();
                let mut open =
                    SqliteConnection::connect(&format!("sqlite:{}", path("log.sqlite"))).await.unwrap();
                let attach = format!("ATTACH '{}' AS proof; {SQLITE_NO_GUARDS}", path("proof.sqlite"));
                sqlx::raw_sql(AssertSqlSafe(attach)).execute(&mut open).await.unwrap();
                let state = read!(&mut open, "BLOB", "event", "head", "proof.checkpoint");
                *around = Some(open);
                state
            }
            Self::Postgres { url, around, .. } => {
                let mut open = PgConnection::connect(url).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(POSTGRES_NO_GUARDS)).execute(&mut open).await.unwrap();
                let (event, head) = ("seinhuis.event", "seinhuis.head");
                let state = read!(&mut open, "bytea", event, head, "seinhuis_proof.checkpoint");
                *around = Some(open);
                state
            }
        }
    }

    /// Makes the database hold exactly `state`. `false`: it holds no such thing, as a text that is no text.
    pub(crate) async fn put(&mut self, state: &State) -> bool {
        match self {
            Self::Sqlite { around, .. } => {
                let around = around.as_mut().unwrap();
                let all = statements(state, ["event", "head", "proof.checkpoint"], sqlite_text, |hex| {
                    format!("x'{hex}'")
                });
                let done = sqlx::raw_sql(AssertSqlSafe(all)).execute(&mut *around).await;
                if done.is_err() {
                    sqlx::raw_sql("ROLLBACK").execute(around).await.ok();
                }
                done.is_ok()
            }
            Self::Postgres { around, .. } => {
                let around = around.as_mut().unwrap();
                let tables = ["seinhuis.event", "seinhuis.head", "seinhuis_proof.checkpoint"];
                let all = statements(state, tables, postgres_text, |hex| format!("'\\x{hex}'::bytea"));
                let done = sqlx::raw_sql(AssertSqlSafe(all)).execute(&mut *around).await;
                if done.is_err() {
                    sqlx::raw_sql("ROLLBACK").execute(around).await.unwrap();
                }
                done.is_ok()
            }
        }
    }
}

fn text_as_bytes(column: &str, bytes: &str) -> String {
    if bytes == "bytea" {
        format!("convert_to({column}, 'UTF8')")
    } else {
        format!("CAST({column} AS {bytes})")
    }
}

fn sqlite_text(hex: &str) -> String {
    format!("CAST(x'{hex}' AS TEXT)")
}

fn postgres_text(hex: &str) -> String {
    format!("convert_from('\\x{hex}'::bytea, 'UTF8')")
}

fn statements(
    state: &State,
    [event, head, checkpoint]: [&str; 3],
    text: fn(&str) -> String,
    bytes: fn(&str) -> String,
) -> String {
    let or_null = |value: &Option<Vec<u8>>, how: fn(&str) -> String| {
        value.as_ref().map_or_else(|| "NULL".to_owned(), |value| how(&HEXLOWER.encode(value)))
    };
    let mut all = format!("BEGIN; DELETE FROM {event}; DELETE FROM {checkpoint};");
    for row in &state.rows {
        let values = [
            row.position.to_string(),
            row.version.to_string(),
            row.schema.to_string(),
            row.recorded_at.to_string(),
            text(&HEXLOWER.encode(&row.stream)),
            text(&HEXLOWER.encode(&row.name)),
            or_null(&row.area, text),
            text(&HEXLOWER.encode(&row.actor)),
            or_null(&row.trace, text),
            bytes(&HEXLOWER.encode(&row.payload)),
            or_null(&row.sealed_keys, bytes),
            or_null(&row.sealed, bytes),
            bytes(&HEXLOWER.encode(&row.leaf)),
        ];
        write!(all, "INSERT INTO {event} ({COLUMNS}) VALUES ({});", values.join(", ")).unwrap();
    }
    for (size, note) in &state.checkpoints {
        let note = text(&HEXLOWER.encode(note.as_bytes()));
        write!(all, "INSERT INTO {checkpoint} (size, note) VALUES ({size}, {note});").unwrap();
    }
    write!(all, "UPDATE {head} SET position = {}; COMMIT;", state.head).unwrap();
    all
}
