//! What is stored is damaged: readers get what comes before, and are told where it is.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use seinhuis_eventstore::{Fault, Log, Position, StreamId, Trouble, verify};
use seinhuis_testkit::Postgres;

use crate::lamp::batch;

/// A page of a table.
const PAGE: u64 = 8_192;

#[tokio::test]
async fn a_page_that_is_no_page_ends_reading_before_it_and_names_the_event() {
    let mut server = Postgres::start_private(&[]).unwrap();
    let url = server.database().unwrap();
    let log = Log::open(&url).await.unwrap();
    for stream in 0..20 {
        log.append(batch(&format!("lamp-{stream}"), 0, 50)).await.unwrap();
    }
    // Written back and ended, so that nothing but the file is left to repair it from.
    let database = url.rsplit('/').next().unwrap();
    let tell = |what: &str| server.psql(database, what).unwrap();
    tell("CHECKPOINT");
    let file =
        Path::new(&tell("SHOW data_directory")).join(tell("SELECT pg_relation_filepath('seinhuis.event')"));
    let middle: u64 = tell("SELECT pg_relation_size('seinhuis.event')").parse::<u64>().unwrap() / PAGE / 2;
    let first =
        tell(&format!("SELECT min(position) FROM seinhuis.event WHERE (ctid::text::point)[0] = {middle}"));
    server.kill().unwrap();
    let mut table = std::fs::OpenOptions::new().write(true).open(file).unwrap();
    table.seek(SeekFrom::Start(middle * PAGE)).unwrap();
    table.write_all(&[0xAA; PAGE as usize]).unwrap();
    server.restart().unwrap();

    // The handle of before goes on as well as a new one.
    let again = Log::open(&url).await.unwrap();
    let first = Position(first.parse().unwrap());
    for log in [log, again] {
        let mut tail = log.tail(Position::START);
        let fault = loop {
            match tail.next(1_000).await {
                Ok(_) | Err(Fault::Unavailable { trouble: Trouble::OutOfReach, .. }) => {}
                Err(fault) => break fault,
            }
        };
        assert!(
            matches!(fault, Fault::Corrupt { position, .. } if position == first),
            "{fault:?}, and not at {first}"
        );
        assert_eq!(tail.position().0, first.0 - 1);
        assert_eq!(log.read_stream(&StreamId::new("lamp", "0")).await.unwrap().len(), 50);
        let found = verify(&log).await.unwrap().findings;
        assert!(found.iter().any(|finding| finding.what.contains("damaged")), "{found:?}");
    }
}
