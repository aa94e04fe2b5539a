//! The database itself refuses to rewrite the log (INV-5).

use std::os::unix::fs::PermissionsExt;

use seinhuis_eventstore::{Fault, Log, Position};

use super::{SqliteLedger, connect};
use crate::contract::Ledger;
use crate::lamp::batch;

const ROW: &str = "'lamp.lit', 1, 0, NULL, 'x', NULL, x'7b7d', NULL, NULL, zeroblob(32)";

#[tokio::test]
async fn the_database_refuses_to_change_remove_or_replace_an_event() {
    let ledger = SqliteLedger::new();
    let log = ledger.open().await;
    log.append(batch("lamp-1", 0, 2)).await.unwrap();
    log.append(batch("lamp-2", 0, 1)).await.unwrap();
    let before = log.read(Position::START, 10).await.unwrap();
    let mut around = ledger.connect().await;
    let attacks = [
        "UPDATE event SET actor = 'x' WHERE position = 1".to_owned(),
        "UPDATE event SET position = 4 WHERE position = 3".to_owned(),
        "UPDATE OR REPLACE event SET position = 2 WHERE position = 1".to_owned(),
        "DELETE FROM event".to_owned(),
        "DELETE FROM event WHERE position = 3".to_owned(),
        format!("INSERT OR REPLACE INTO event VALUES (2, 'lamp-1', 2, {ROW})"),
        format!("REPLACE INTO event VALUES (4, 'lamp-1', 2, {ROW})"),
        format!("INSERT OR REPLACE INTO event VALUES (3, 'lamp-9', 1, {ROW})"),
        format!("INSERT INTO event VALUES (3, 'lamp-9', 1, {ROW}) ON CONFLICT DO UPDATE SET actor = 'x'"),
        format!("INSERT INTO event VALUES (5, 'lamp-9', 1, {ROW})"),
        format!("INSERT INTO event VALUES (0, 'lamp-9', 1, {ROW})"),
        format!("INSERT INTO event VALUES (NULL, 'lamp-9', 1, {ROW})"),
        "UPDATE head SET position = 2".to_owned(),
        "UPDATE head SET id = 2, position = 9".to_owned(),
        "DELETE FROM head".to_owned(),
        "REPLACE INTO head VALUES (1, 0)".to_owned(),
        "INSERT INTO head VALUES (2, 0)".to_owned(),
    ];
    for recursive in ["OFF", "ON"] {
        let pragma = format!("PRAGMA recursive_triggers = {recursive}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(pragma)).execute(&mut around).await.unwrap();
        for attack in &attacks {
            let refused = sqlx::raw_sql(sqlx::AssertSqlSafe(attack.clone())).execute(&mut around).await;
            assert!(refused.is_err(), "not refused: {attack}");
        }
    }
    assert_eq!(log.read(Position::START, 10).await.unwrap(), before);
    // The same statement with nothing in its way does go in: it isn't refused for some other reason.
    let proper = format!("INSERT INTO event VALUES (4, 'lamp-9', 1, {ROW})");
    sqlx::raw_sql(sqlx::AssertSqlSafe(proper)).execute(&mut around).await.unwrap();
}

#[tokio::test]
async fn the_log_is_kept_with_full_durability_and_for_its_owner_only() {
    let ledger = SqliteLedger::new();
    let log = ledger.open().await;
    log.append(batch("lamp-1", 0, 1)).await.unwrap();
    let mut around = ledger.connect().await;
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut around).await.unwrap();
    assert_eq!(mode, "wal");
    for file in ["log.sqlite", "log.sqlite-wal"] {
        let rights = std::fs::metadata(ledger.folder.path().join(file)).unwrap().permissions().mode();
        assert_eq!(rights & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn a_file_of_another_program_or_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.sqlite");
    let url = format!("sqlite:{}", path.display());
    std::fs::write(&path, b"").unwrap();
    let mut around = connect(&path).await;
    sqlx::raw_sql("CREATE TABLE cooking (recipe TEXT)").execute(&mut around).await.unwrap();
    let foreign = Log::open(&url).await.unwrap_err();
    assert!(foreign.to_string().contains("belongs to another program"), "{foreign}");

    let ledger = SqliteLedger::new();
    ledger.open().await.close().await;
    let mut around = ledger.connect().await;
    sqlx::raw_sql("PRAGMA user_version = 99").execute(&mut around).await.unwrap();
    let newer = Log::open(&format!("sqlite:{}", ledger.path().display())).await.unwrap_err();
    assert!(newer.to_string().contains("schema 99 is newer"), "{newer}");
}

#[tokio::test]
async fn an_address_that_names_no_log_is_refused() {
    for url in ["", "sqlite:", "mysql://localhost/seinhuis", "/var/lib/log.sqlite", "postgres://host:port/x"]
    {
        assert!(matches!(Log::open(url).await, Err(Fault::Address { .. })), "{url:?}");
    }
    assert!(matches!(Log::open("sqlite:/nonexistent/folder/log.sqlite").await, Err(Fault::File { .. })));
}

#[tokio::test]
async fn the_database_refuses_to_take_back_what_was_signed() {
    let ledger = SqliteLedger::new();
    let (log, book) = (ledger.open().await, ledger.book().await);
    crate::contract::proof::sign(&log, &book, 20).await;
    let before = book.after(0, 100).await.unwrap();
    let mut around = connect(&ledger.book_path()).await;
    for attack in [
        "UPDATE checkpoint SET note = 'x'",
        "UPDATE checkpoint SET size = 21 WHERE size = 20",
        "DELETE FROM checkpoint WHERE size = 20",
        "REPLACE INTO checkpoint VALUES (20, 'x')",
    ] {
        let told = sqlx::raw_sql(attack).execute(&mut around).await.unwrap_err().to_string();
        assert!(told.contains("never taken back"), "{attack}: {told}");
    }
    let mode = std::fs::metadata(ledger.book_path()).unwrap().permissions().mode();
    assert_eq!((book.after(0, 100).await.unwrap(), mode & 0o777), (before, 0o600));
}
