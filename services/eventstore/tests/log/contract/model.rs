//! Any course of appends leaves the log as a few lines of plain Rust say it should be.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use seinhuis_eventstore::{AppendError, Position};

use super::Ledger;
use crate::lamp::batch;

/// (stream, how far the expected version is off, events)
type Step = (u8, i8, usize);

fn courses() -> impl Strategy<Value = Vec<Step>> {
    let off = prop_oneof![4 => Just(0_i8), 1 => -2..3_i8];
    prop::collection::vec((0..4_u8, off, 1..5_usize), 1..40)
}

/// Draws courses; proptest prints the seed of one that fails.
pub(crate) async fn any_course_of_appends_leaves_what_the_model_says(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let handle = tokio::runtime::Handle::current();
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() });
    // One log for all courses: a later one goes on where the last one stopped, under names of its own.
    let course_number = std::cell::Cell::new(0);
    let result = tokio::task::block_in_place(|| {
        runner.run(&courses(), |course| {
            course_number.set(course_number.get() + 1);
            handle.block_on(follow(&log, course_number.get(), course))
        })
    });
    result.unwrap_or_else(|failure| panic!("{failure}\n{runner}"));
}

async fn follow(log: &seinhuis_eventstore::Log, number: u32, course: Vec<Step>) -> Result<(), TestCaseError> {
    let start = log.head();
    let mut versions: BTreeMap<String, u64> = BTreeMap::new();
    let mut expected_rows = Vec::new();
    for (stream, off, events) in course {
        let stream = format!("lamp-{number}-{stream}");
        let version = versions.entry(stream.clone()).or_default();
        let expected = version.saturating_add_signed(off.into());
        let answer = log.append(batch(&stream, expected, events)).await;
        if expected == *version {
            *version += events as u64;
            let first = start.0 + expected_rows.len() as u64 + 1;
            let versions = expected + 1..=*version;
            expected_rows.extend((first..).zip(versions).map(|(position, v)| (position, stream.clone(), v)));
            let done = answer.map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!((done.first.0, done.version), (first, *version));
        } else {
            let refused = matches!(answer, Err(AppendError::Conflict { actual, .. }) if actual == *version);
            prop_assert!(refused, "{:?}", answer);
        }
    }
    let page = log.read(start, 10_000).await.map_err(|fault| TestCaseError::fail(fault.to_string()))?;
    let rows: Vec<_> =
        page.events.into_iter().map(|e| (e.position.0, e.stream.to_string(), e.version)).collect();
    prop_assert_eq!(page.head, Position(start.0 + rows.len() as u64));
    prop_assert_eq!(rows, expected_rows);
    Ok(())
}
