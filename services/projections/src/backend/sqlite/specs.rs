//! What a file does as a backend: values there and back, changes given up, tables gone through, and files that are missing.

use super::*;
use crate::cell::cells;
use crate::table::Merge;

const LAMP: Table = Table {
    name: "street_lamp",
    generation: 0,
    columns: &[("street", "TEXT NOT NULL"), ("lit", "INTEGER"), ("mark", "BLOB")],
    key: 1,
    merge: Merge::Replace,
    indexes: &[],
};

async fn lamps(folder: &tempfile::TempDir) -> Store {
    let store = Store::open(&folder.path().join("lamps.sqlite")).await.unwrap();
    let mut making = store.begin().await.unwrap();
    making.create_filled(&LAMP, Default::default()).await.unwrap();
    making.put(&LAMP, vec![cells!["dike", 0_i64, vec![0_u8, 255]]]);
    making.commit().await.unwrap();
    store
}

/// From one up to `last`, a row each.
fn numbers(last: u32) -> String {
    format!(
        "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {last}) SELECT n FROM n"
    )
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_was_also_where_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = lamps(&folder).await;
    let mut change = store.begin().await.unwrap();
    let empty = vec!["é\0'".into(), Cell::Null, Cell::Null];
    change.put(&LAMP, vec![empty.clone()]);
    change.set(&LAMP, &["mark", "lit"], vec![cells![Vec::<u8>::new(), i64::MIN, "dike"]]);
    let seen = change.load(&LAMP, cells!["é\0'", "dike", "nowhere"]).await.unwrap();
    assert_eq!(seen, [empty, cells!["dike", i64::MIN, Vec::<u8>::new()]]);
    change.remove(&LAMP, cells!["dike", "nowhere"]);
    change.commit().await.unwrap();
    let mut left = Vec::new();
    store.snapshot().await.unwrap().scan(LAMP.scan(), |row| left.push(row[0].clone())).await.unwrap();
    assert_eq!(left, cells!["é\0'"]);
}

#[tokio::test]
async fn a_change_that_is_dropped_was_never_made_and_the_next_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = lamps(&folder).await;
    for give_up in [true, false] {
        let mut change = store.begin().await.unwrap();
        change.set(&LAMP, &["lit"], vec![cells![1_i64, "dike"]]);
        assert_eq!(change.load(&LAMP, cells!["dike"]).await.unwrap()[0][1], Cell::Int(1));
        if give_up {
            // In the middle: the thread is at it for a while, and nobody waits for what it finds.
            let counted = change.fetch(format!("SELECT count(*) FROM ({})", numbers(1_000_000)), vec![]);
            assert!(futures::poll!(Box::pin(counted)).is_pending());
        }
        drop(change);
        let lit = store.fetch("SELECT lit FROM street_lamp".to_owned(), vec![]).await.unwrap();
        assert_eq!(lit, [cells![0_i64]]);
    }
}

#[tokio::test]
async fn a_table_is_gone_through_in_lots_and_no_row_is_lost_between_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = lamps(&folder).await;
    let (mut now, mut seen) = (store.snapshot().await.unwrap(), Vec::new());
    now.scan(numbers(5_000), |row| seen.push(row[0].clone())).await.unwrap();
    assert_eq!(seen, (1..=5000_i64).map(Cell::Int).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_file_that_is_not_there_yet_is_not_made_and_a_fraction_has_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = Store::look_in(&folder.path().join("nothing.sqlite"));
    let fault = nothing.fetch(LAMP.scan(), vec![]).await.unwrap_err();
    assert!(matches!(fault, Fault::NotMade { .. }), "{fault:?}");
    let store = lamps(&folder).await;
    let missing = store.fetch("SELECT 1 FROM street".to_owned(), vec![]).await.unwrap_err();
    assert!(matches!(missing, Fault::NotMade { .. }), "{missing:?}");
    let fraction = store.fetch("SELECT 0.5".to_owned(), vec![]).await.unwrap_err();
    assert!(!fraction.is_passing(), "{fraction:?}");
}
