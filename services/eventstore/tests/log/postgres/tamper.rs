//! Whoever goes around the hub and changes the tables is found (INV-10).

use seinhuis_eventstore::{Append, Log, NewEvent, StreamId, Verdict, verify};

use super::PostgresLedger;
use crate::contract::Ledger;
use crate::lamp::{batch, context, lit};

const NO_GUARDS: &str =
    "ALTER TABLE seinhuis.event DISABLE TRIGGER USER; ALTER TABLE seinhuis.head DISABLE TRIGGER USER;
    ALTER TABLE seinhuis.event DROP CONSTRAINT event_sealed, DROP CONSTRAINT event_leaf_check;";

/// Five events: 1 and 4 on lamp-1 (the first with every column filled), 2 and 3 on lamp-2, 5 on lamp-3.
async fn filled(ledger: &PostgresLedger) -> Log {
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

/// What the verifier finds after each of `changes`, as (position, what), besides the guards that had to go for it. The
/// first one is no change at all.
async fn after(changes: &[&str]) -> Vec<(Verdict, Vec<(u64, String)>)> {
    let ledger = PostgresLedger::new();
    let log = filled(&ledger).await;
    ledger.run(NO_GUARDS).await;
    ledger.run("CREATE TABLE rows AS TABLE seinhuis.event; CREATE TABLE heads AS TABLE seinhuis.head").await;
    let mut verdicts = Vec::new();
    for change in changes {
        ledger.run(change).await;
        let verdict = verify(&log).await.unwrap();
        let told = verdict.findings.iter().map(|finding| (finding.position.0, finding.what.clone()));
        let (guards, others): (Vec<_>, Vec<_>) = told.partition(|(_, what)| what.starts_with("the guard"));
        assert_eq!(guards.len(), 5, "{guards:?}");
        verdicts.push((verdict, others));
        ledger
            .run(
                "DELETE FROM seinhuis.event; INSERT INTO seinhuis.event TABLE rows;
                 DELETE FROM seinhuis.head; INSERT INTO seinhuis.head TABLE heads",
            )
            .await;
    }
    verdicts
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
        "trace = NULL",
        "trace = ''",
        "payload = payload || '\\x20'",
        "sealed_keys = decode(repeat('00', 16), 'hex')",
        "sealed = '\\x010204'",
        "sealed = NULL, sealed_keys = NULL",
        "sealed = NULL",
        "leaf = decode(repeat('00', 32), 'hex')",
        "leaf = decode(repeat('00', 31), 'hex')",
    ];
    let changes: Vec<String> = columns
        .iter()
        .map(|column| format!("UPDATE seinhuis.event SET {column} WHERE position = 1"))
        .collect();
    let changes: Vec<&str> = changes.iter().map(String::as_str).collect();
    for (change, (_, findings)) in changes.iter().zip(after(&changes).await) {
        let found = findings.iter().any(|(position, what)| *position == 1 && !what.contains("version"));
        assert!(found, "{change}: {findings:?}");
    }
}

#[tokio::test]
async fn events_taken_out_added_moved_or_cut_off_are_found() {
    let swap = |one: u64, other: u64| {
        format!(
            "UPDATE seinhuis.event SET position = 99 WHERE position = {one};
             UPDATE seinhuis.event SET position = {one} WHERE position = {other};
             UPDATE seinhuis.event SET position = {other} WHERE position = 99"
        )
    };
    let copy = "INSERT INTO seinhuis.event SELECT 6, recorded_at, 1, schema, 'lamp-9', type, area, actor, trace, payload, \
                sealed_keys, sealed, leaf FROM seinhuis.event WHERE position = 5";
    let (of_one_stream, of_two) = (swap(2, 3), swap(4, 5));
    let changes = [
        ("SELECT 1", vec![]),
        ("DELETE FROM seinhuis.event WHERE position = 1", vec![(1, "missing")]),
        ("DELETE FROM seinhuis.event WHERE position IN (2, 3, 4)", vec![(2, "up to 4 are missing")]),
        ("DELETE FROM seinhuis.event WHERE position = 5", vec![(5, "missing"), (4, "the head says 5")]),
        (copy, vec![(6, "the head says 5, the last event is 6"), (6, "doesn't match its leaf hash")]),
        ("UPDATE seinhuis.head SET position = 4", vec![(5, "the head says 4")]),
        ("DELETE FROM seinhuis.head", vec![(5, "the head says 0")]),
        (&of_one_stream, vec![(2, "before an earlier event of its stream")]),
    ];
    let texts: Vec<&str> = changes.iter().map(|(change, _)| *change).collect();
    for ((change, wanted), (_, findings)) in changes.iter().zip(after(&texts).await) {
        for (position, what) in wanted {
            assert!(
                findings.iter().any(|(at, said)| at == position && said.contains(what)),
                "{change}: {findings:?}"
            );
        }
        assert_eq!(wanted.is_empty(), findings.is_empty(), "{change}: {findings:?}");
    }
    // What no row tells by itself changes the root, which a signed checkpoint pins.
    let tail = "DELETE FROM seinhuis.event WHERE position = 5; UPDATE seinhuis.head SET position = 4";
    let verdicts = after(&["SELECT 1", &of_two, tail]).await;
    let roots: std::collections::BTreeSet<_> = verdicts.iter().map(|(verdict, _)| verdict.root).collect();
    assert_eq!(roots.len(), 3);
    assert!(verdicts.iter().all(|(_, findings)| findings.is_empty()));
}
