//! Whoever goes around the hub and changes the file is found (INV-10).

use seinhuis_eventstore::{Append, Log, NewEvent, StreamId, Verdict, verify};
use sha2::{Digest, Sha256};

use super::SqliteLedger;
use crate::contract::Ledger;
use crate::lamp::{batch, context, lit};

const NO_GUARDS: &str = "
DROP TRIGGER event_never_changes; DROP TRIGGER event_never_goes; DROP TRIGGER event_comes_next;
DROP TRIGGER head_never_falls; DROP TRIGGER head_never_goes; DROP TRIGGER head_is_one;";

/// Five events: 1 and 4 on lamp-1 (the first with every column filled), 2 and 3 on lamp-2, 5 on lamp-3.
async fn filled(ledger: &SqliteLedger) -> Log {
    let log = ledger.open().await;
    let full = NewEvent::of(&lit("groen"), &context()).unwrap();
    log.append(Append { stream: StreamId::new("lamp", "1"), expected_version: 0, events: vec![full] })
        .await
        .unwrap();
    log.append(batch("lamp-2", 0, 2)).await.unwrap();
    log.append(batch("lamp-1", 1, 1)).await.unwrap();
    log.append(batch("lamp-3", 0, 1)).await.unwrap();
    log
}

/// What the verifier finds after `change`, as (position, what), besides the guards that had to go for it.
async fn after(change: &str) -> (Verdict, Vec<(u64, String)>) {
    let ledger = SqliteLedger::new();
    let log = filled(&ledger).await;
    let mut around = ledger.connect().await;
    let change = format!("PRAGMA ignore_check_constraints = ON; {NO_GUARDS} {change}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(change)).execute(&mut around).await.unwrap();
    let verdict = verify(&log).await.unwrap();
    let told = verdict.findings.iter().map(|finding| (finding.position.0, finding.what.clone()));
    let (guards, others): (Vec<_>, Vec<_>) = told.partition(|(_, what)| what.starts_with("the guard"));
    assert_eq!(guards.len(), 6, "{guards:?}");
    (verdict, others)
}

#[tokio::test]
async fn an_untouched_log_is_sound_and_its_root_is_that_of_its_leaves() {
    let ledger = SqliteLedger::new();
    let log = filled(&ledger).await;
    let verdict = verify(&log).await.unwrap();
    assert!(verdict.is_sound(), "{:?}", verdict.findings);
    assert_eq!((verdict.events, verdict.head.0), (5, 5));
    let events = log.read(Default::default(), 10).await.unwrap().events;
    let node = |left: [u8; 32], right: [u8; 32]| -> [u8; 32] {
        Sha256::digest([&[1], left.as_slice(), &right].concat()).into()
    };
    let [a, b, c, d, e] = std::array::from_fn(|i| events[i].leaf);
    assert_eq!(verdict.root, node(node(node(a, b), node(c, d)), e));
}

#[tokio::test]
async fn an_empty_log_is_sound() {
    let ledger = SqliteLedger::new();
    let verdict = verify(&ledger.open().await).await.unwrap();
    assert_eq!((verdict.is_sound(), verdict.events), (true, 0));
    assert_eq!(verdict.root, <[u8; 32]>::from(Sha256::digest([])));
}

#[tokio::test]
async fn a_change_in_any_column_is_found_where_it_is() {
    let columns = [
        "stream = 'lamp-7'",
        "version = 7",
        "type = 'lamp.liT'",
        "schema = 2",
        "schema = -1",
        "recorded_at = recorded_at + 1",
        "area = 'WK150901'",
        "area = NULL",
        "actor = 'partner:woniom'",
        "actor = CAST(x'ff' AS TEXT)",
        "trace = NULL",
        "trace = ''",
        "payload = CAST(payload || x'20' AS BLOB)",
        "sealed_keys = zeroblob(16)",
        "sealed = x'010204'",
        "sealed = NULL, sealed_keys = NULL",
        "leaf = zeroblob(32)",
        "leaf = zeroblob(31)",
    ];
    for column in columns {
        let (_, findings) = after(&format!("UPDATE event SET {column} WHERE position = 1;")).await;
        let found = findings.iter().any(|(position, what)| *position == 1 && !what.contains("version"));
        assert!(found, "{column}: {findings:?}");
    }
}

#[tokio::test]
async fn events_taken_out_are_found_at_the_start_in_the_middle_and_at_the_end() {
    for (from, to) in [(1, 1), (3, 3), (2, 4), (5, 5), (4, 5)] {
        let (_, findings) =
            after(&format!("DELETE FROM event WHERE position BETWEEN {from} AND {to};")).await;
        assert!(
            findings.iter().any(|(position, what)| *position == from && what.contains("missing")),
            "{findings:?}"
        );
    }
}

#[tokio::test]
async fn a_tail_cut_off_together_with_the_head_changes_the_root_and_the_count() {
    let (cut, findings) = after("DELETE FROM event WHERE position = 5; UPDATE head SET position = 4;").await;
    let ledger = SqliteLedger::new();
    let whole = verify(&filled(&ledger).await).await.unwrap();
    assert_eq!(findings, []);
    assert_eq!((cut.events, whole.events), (4, 5));
    assert_ne!(cut.root, whole.root);
}

#[tokio::test]
async fn an_event_added_behind_the_head_is_found() {
    let copy = "INSERT INTO event SELECT 6, 'lamp-9', 1, type, schema, recorded_at, area, actor, trace, payload, \
                sealed_keys, sealed, leaf FROM event WHERE position = 5;";
    let (_, findings) = after(copy).await;
    assert!(findings.contains(&(6, "the head says 5, the last event is 6".into())), "{findings:?}");
    assert!(findings.contains(&(6, "what is stored doesn't match its leaf hash".into())), "{findings:?}");
    let (_, findings) = after("UPDATE event SET position = -3 WHERE position = 5;").await;
    assert!(findings.iter().any(|(_, what)| what.contains("before the first position")), "{findings:?}");
}

#[tokio::test]
async fn a_head_that_was_moved_or_removed_is_found() {
    let (_, findings) = after("UPDATE head SET position = 4;").await;
    assert_eq!(findings, [(5, "the head says 4, the last event is 5".to_owned())]);
    let (_, findings) = after("DELETE FROM head;").await;
    assert_eq!(findings, [(5, "the head says 0, the last event is 5".to_owned())]);
}

#[tokio::test]
async fn events_of_one_stream_that_changed_places_are_found() {
    let (_, findings) = after(
        "UPDATE event SET position = 99 WHERE position = 2; UPDATE event SET position = 2 WHERE position = 3;
         UPDATE event SET position = 3 WHERE position = 99;",
    )
    .await;
    assert_eq!(findings, [(2, "it stands before an earlier event of its stream".to_owned())]);
}

#[tokio::test]
async fn events_of_two_streams_that_changed_places_change_the_root() {
    let (swapped, findings) = after(
        "UPDATE event SET position = 99 WHERE position = 4; UPDATE event SET position = 4 WHERE position = 5;
         UPDATE event SET position = 5 WHERE position = 99;",
    )
    .await;
    let ledger = SqliteLedger::new();
    let whole = verify(&filled(&ledger).await).await.unwrap();
    assert_eq!(findings, []);
    assert_ne!(swapped.root, whole.root);
}

#[tokio::test]
async fn a_guard_that_is_gone_or_weakened_is_found() {
    let ledger = SqliteLedger::new();
    let log = filled(&ledger).await;
    let mut around = ledger.connect().await;
    let weaker = "DROP TRIGGER event_never_goes;
        CREATE TRIGGER event_never_goes BEFORE DELETE ON event WHEN OLD.position > 9 BEGIN SELECT 1; END";
    sqlx::raw_sql(weaker).execute(&mut around).await.unwrap();
    let findings = verify(&log).await.unwrap().findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].what, "the guard event_never_goes is gone or was changed");
}

#[tokio::test]
async fn a_page_overwritten_on_the_disk_is_found() {
    let ledger = SqliteLedger::new();
    let log = ledger.open().await;
    for i in 0..40 {
        log.append(batch(&format!("lamp-{i}"), 0, 50)).await.unwrap();
    }
    log.close().await;
    let mut bytes = std::fs::read(ledger.path()).unwrap();
    let canary = b"partner:wonion";
    let at = bytes.windows(canary.len()).rposition(|window| window == canary).unwrap();
    bytes[at + 8] ^= 1;
    std::fs::write(ledger.path(), bytes).unwrap();
    let verdict = verify(&ledger.open().await).await.unwrap();
    assert_eq!(verdict.findings.len(), 1, "{:?}", verdict.findings);
    assert_eq!(verdict.findings[0].what, "what is stored doesn't match its leaf hash");

    let mut bytes = std::fs::read(ledger.path()).unwrap();
    let page = at / 4096 * 4096;
    bytes[page..page + 4096].fill(0xAA);
    std::fs::write(ledger.path(), bytes).unwrap();
    let verdict = verify(&ledger.open().await).await.unwrap();
    assert!(
        verdict.findings.iter().any(|finding| finding.what.contains("malformed")),
        "{:?}",
        verdict.findings
    );
}
