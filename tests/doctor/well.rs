//! A hub on files that is well and doesn't serve: it has served, all of its log is signed and followed, and its last event is
//! two hours old, so that what stops to follow is seen to have stopped.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::partner::PartnerEvent;
use seinhuis_domain::token::{IssuedToken, Token};
use seinhuis_eventstore::{Append, Context, Log, NewEvent, StreamId};
use seinhuis_runtime::Clock;
use seinhuis_testkit::Hub;
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

use crate::ward::apart;

/// The profile.
pub(crate) const PROFILE: &str = "oude-ijsselstreek";

/// What is asked for long enough has to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// The data folder of one, and as it was before the last event was followed.
static MADE: OnceLock<(Hub, TempDir)> = OnceLock::new();

fn made() -> &'static (Hub, TempDir) {
    MADE.get_or_init(|| {
        let hub = fresh();
        hub.partner("wonion").unwrap();
        hub.person("college").unwrap();
        served_until_followed(&hub);
        append_one(&hub, hours_ago(2));
        let before = tempfile::tempdir().unwrap();
        copy(&hub.data(), before.path());
        served_until_followed(&hub);
        (hub, before)
    })
}

/// A new hub without anything in its folder. Its tokens count for years.
pub(crate) fn fresh() -> Hub {
    apart(Hub::new(PROFILE).unwrap()).with("SEINHUIS_TOKENS__VALID_DAYS", "3650")
}

/// A hub that is well.
pub(crate) fn hub() -> Hub {
    let hub = fresh();
    copy(&made().0.data(), &hub.data());
    hub
}

/// Puts back a file of the folder as it was before the last event was followed.
pub(crate) fn put_back(hub: &Hub, name: &str) {
    for end in ["", "-wal", "-shm"] {
        let (old, now) =
            (made().1.path().join(format!("{name}{end}")), hub.data().join(format!("{name}{end}")));
        let _ = std::fs::remove_file(&now);
        if old.exists() {
            std::fs::copy(old, now).unwrap();
        }
    }
}

/// Serves until everything is followed and signed, and stops.
pub(crate) fn served_until_followed(hub: &Hub) {
    let process = hub.serve().unwrap();
    let began = Instant::now();
    loop {
        let said = hub.run(&["projections", "--json"]).unwrap();
        let told: serde_json::Value = serde_json::from_str(&said.out).unwrap_or_default();
        let models = told["models"].as_array().cloned().unwrap_or_default();
        if models.len() == 9 && models.iter().all(|model| model["lag"] == 0) && is_signed(hub) {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "{said:?}");
    }
    assert_eq!(process.stop().unwrap(), 0, "{}", hub.log());
}

/// Whether all that is older than some minutes is signed.
fn is_signed(hub: &Hub) -> bool {
    let said = hub.run(&["doctor", "--json", "--only", "proof/age"]).unwrap();
    said.json().is_ok_and(|told| told["checks"][0]["verdict"] == "ok")
}

/// So many hours ago.
pub(crate) fn hours_ago(hours: i64) -> Timestamp {
    Clock::system().now() - SignedDuration::from_hours(hours)
}

/// Appends an event that says nothing new, recorded at that time.
pub(crate) fn append_one(hub: &Hub, at: Timestamp) {
    let token = IssuedToken { hash: Token::from_entropy([7; 32]).hash(), expires_at: hours_ago(-90_000) };
    let context = Context { actor: "admin:terminal".into(), at, trace: None };
    let event = NewEvent::of(&PartnerEvent::PartnerTokenIssued(token), &context).unwrap();
    append(hub, StreamId::new("partner", "wonion"), event);
}

/// Appends an event to a stream.
pub(crate) fn append(hub: &Hub, stream: StreamId, event: NewEvent) {
    block_on(async {
        let log = Log::open(&hub.log_url()).await.unwrap();
        let expected_version = log.read_stream(&stream).await.unwrap().len() as u64;
        log.append(Append { stream, expected_version, events: vec![event] }).await.unwrap();
        log.close().await;
    });
}

/// Runs statements on a file of the folder.
pub(crate) fn sql(hub: &Hub, file: &str, statements: &'static str) {
    let path = hub.data().join(file);
    block_on(async {
        let mut file = SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
        sqlx::raw_sql(statements).execute(&mut file).await.unwrap();
        file.close().await.unwrap();
    });
}

/// Writes over the root page of a table or an index of a file of the folder, which is at rest.
pub(crate) fn overwrite(hub: &Hub, file: &str, name: &'static str) {
    use std::os::unix::fs::FileExt;
    let path = hub.data().join(file);
    let (page, size): (i64, i64) = block_on(async {
        let mut file = SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
        sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut file).await.unwrap();
        let asked =
            "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_schema WHERE name = ?";
        let found = sqlx::query_as(asked).bind(name).fetch_one(&mut file).await.unwrap();
        file.close().await.unwrap();
        found
    });
    let open = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    open.write_all_at(&[0xA5; 64], ((page - 1) * size) as u64).unwrap();
}

/// Waits for something that isn't there yet.
pub(crate) fn until<T: std::fmt::Debug>(ask: impl Fn() -> T, good: impl Fn(&T) -> bool) -> T {
    let began = Instant::now();
    loop {
        let said = ask();
        if good(&said) {
            return said;
        }
        assert!(began.elapsed() < PATIENCE, "{said:?}");
    }
}

/// For tests that do all else in a row.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}

/// Copies what is in a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    let copied = Command::new("cp").arg("-a").arg(format!("{}/.", from.display())).arg(to).status().unwrap();
    assert!(copied.success());
}
