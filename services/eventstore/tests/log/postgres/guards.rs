//! The database itself refuses to rewrite the log (INV-5).

use seinhuis_eventstore::{Position, verify};
use sqlx::AssertSqlSafe;

use super::PostgresLedger;
use crate::contract::Ledger;
use crate::lamp::batch;

const ROW: &str = "0, VERSION, 1, 'STREAM', 'lamp.lit', NULL, 'x', NULL, '\\x7b7d', NULL, NULL, decode(repeat('00', 32), 'hex')";

fn row(position: u64, stream: &str, version: u64) -> String {
    format!("({position}, {})", ROW.replace("STREAM", stream).replace("VERSION", &version.to_string()))
}

#[tokio::test]
async fn the_database_refuses_to_change_remove_or_replace_an_event() {
    let ledger = PostgresLedger::new();
    let log = ledger.open().await;
    log.append(batch("lamp-1", 0, 2)).await.unwrap();
    log.append(batch("lamp-2", 0, 1)).await.unwrap();
    let before = log.read(Position::START, 10).await.unwrap();
    let mut around = ledger.connect().await;
    let insert = "INSERT INTO seinhuis.event VALUES";
    let attacks = [
        "UPDATE seinhuis.event SET actor = 'x' WHERE position = 1".to_owned(),
        "UPDATE seinhuis.event SET position = 4 WHERE position = 3".to_owned(),
        "DELETE FROM seinhuis.event".to_owned(),
        "DELETE FROM seinhuis.event WHERE position = 3".to_owned(),
        "TRUNCATE seinhuis.event".to_owned(),
        "TRUNCATE seinhuis.head".to_owned(),
        "SET session_replication_role = replica; DELETE FROM seinhuis.event".to_owned(),
        "MERGE INTO seinhuis.event USING (SELECT 1) AS x ON position = 1 WHEN MATCHED THEN DELETE".to_owned(),
        format!("{insert} {}", row(4, "lamp-9", 1)),
        format!("{insert} {}", row(5, "lamp-9", 1)),
        format!("{insert} {}", row(3, "lamp-9", 1)),
        format!("{insert} {} ON CONFLICT (position) DO UPDATE SET actor = 'x'", row(3, "lamp-9", 1)),
        format!("UPDATE seinhuis.head SET position = 4; {insert} {}", row(4, "lamp-1", 2)),
        format!("UPDATE seinhuis.head SET position = 4; {insert} {}", row(5, "lamp-9", 1)),
        "UPDATE seinhuis.head SET position = 2".to_owned(),
        "UPDATE seinhuis.head SET id = 2, position = 9".to_owned(),
        "DELETE FROM seinhuis.head".to_owned(),
        "INSERT INTO seinhuis.head VALUES (1, 0) ON CONFLICT (id) DO UPDATE SET position = 0".to_owned(),
        "INSERT INTO seinhuis.head VALUES (2, 0)".to_owned(),
    ];
    for attack in &attacks {
        let refused = sqlx::raw_sql(AssertSqlSafe(attack.clone())).execute(&mut around).await;
        assert!(refused.is_err(), "not refused: {attack}");
        sqlx::raw_sql("ROLLBACK; RESET session_replication_role").execute(&mut around).await.unwrap();
    }
    assert_eq!(log.read(Position::START, 10).await.unwrap(), before);
    // The same statement with nothing in its way does go in: it isn't refused for some other reason.
    let proper = format!("UPDATE seinhuis.head SET position = 4; {insert} {}", row(4, "lamp-9", 1));
    sqlx::raw_sql(AssertSqlSafe(proper)).execute(&mut around).await.unwrap();
}

#[tokio::test]
async fn a_guard_that_is_gone_or_weakened_is_found() {
    let weakenings = [
        ("event_never_changes", "DROP TRIGGER event_never_changes ON seinhuis.event"),
        ("event_never_goes", "ALTER TABLE seinhuis.event DISABLE TRIGGER event_never_goes"),
        ("head_only_rises", "ALTER TABLE seinhuis.head ENABLE TRIGGER head_only_rises"),
        (
            "event_comes_next",
            "DROP TRIGGER event_comes_next ON seinhuis.event; CREATE TRIGGER event_comes_next AFTER INSERT ON \
             seinhuis.event FOR EACH STATEMENT EXECUTE FUNCTION seinhuis.refuse_rewriting(); \
             ALTER TABLE seinhuis.event ENABLE ALWAYS TRIGGER event_comes_next",
        ),
        (
            "refuse_rewriting",
            "CREATE OR REPLACE FUNCTION seinhuis.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN RETURN NULL; END'",
        ),
        (
            "refuse_rewriting",
            "CREATE FUNCTION seinhuis.refuse_rewriting(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; \
             UPDATE pg_proc SET prosrc = (SELECT prosrc FROM pg_proc WHERE oid = 'seinhuis.refuse_rewriting()'::regprocedure), \
             prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql') \
             WHERE oid = 'seinhuis.refuse_rewriting(int)'::regprocedure; \
             CREATE OR REPLACE FUNCTION seinhuis.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN RETURN NULL; END'",
        ),
    ];
    for (guard, weakening) in weakenings {
        let ledger = PostgresLedger::new();
        let log = ledger.open().await;
        assert!(verify(&log).await.unwrap().is_sound());
        ledger.run(weakening).await;
        let findings = verify(&log).await.unwrap().findings;
        let told: Vec<_> = findings.iter().map(|finding| finding.what.clone()).collect();
        assert_eq!(told, [format!("the guard {guard} is gone or was changed")]);
    }
}

#[tokio::test]
async fn the_database_refuses_to_take_back_what_was_signed() {
    let ledger = PostgresLedger::new();
    let (log, book) = (ledger.open().await, ledger.book().await);
    crate::contract::proof::sign(&log, &book, 20).await;
    let before = book.after(0, 100).await.unwrap();
    let mut around = ledger.connect().await;
    for attack in [
        "UPDATE seinhuis_proof.checkpoint SET note = 'x'",
        "DELETE FROM seinhuis_proof.checkpoint WHERE size = 20",
        "TRUNCATE seinhuis_proof.checkpoint",
        "SET session_replication_role = replica; DELETE FROM seinhuis_proof.checkpoint",
    ] {
        let told = sqlx::raw_sql(attack).execute(&mut around).await.unwrap_err().to_string();
        assert!(told.contains("never taken back"), "{attack}: {told}");
    }
    assert_eq!(book.after(0, 100).await.unwrap(), before);
}

#[tokio::test]
async fn rows_that_a_rule_swallows_are_a_fault_and_nothing_of_the_group_is_stored() {
    let ledger = PostgresLedger::new();
    let log = ledger.open().await;
    log.append(batch("lamp-1", 0, 1)).await.unwrap();
    ledger
        .run("CREATE RULE swallow AS ON INSERT TO seinhuis.event WHERE NEW.version = 2 DO INSTEAD NOTHING")
        .await;
    log.append(batch("lamp-2", 0, 3)).await.unwrap_err();
    assert_eq!(log.look().await.unwrap(), Position(1));
    ledger.run("DROP RULE swallow ON seinhuis.event").await;
    assert_eq!(log.append(batch("lamp-2", 0, 3)).await.unwrap().first, Position(2));
}
