//! A write-ahead log that a loss of power tore off or spoilt, at every place: the log opens at what was committed before
//! that place, whole, and goes on from there (INV-1, INV-2).

use std::path::Path;

use seinhuis_eventstore::{Log, Position, Recorded, verify};

use super::SqliteLedger;
use crate::contract::Ledger;
use crate::lamp::batch;

/// The header of the file, and of each frame (SQLite, "WAL-mode file format"). A frame holds a page.
const HEADER: usize = 32;
const FRAME: usize = 24 + 4_096;

/// A small log as its files hold it.
struct Files {
    main: Vec<u8>,
    wal: Vec<u8>,
    /// How long the write-ahead log was after each commit, and the head then.
    commits: Vec<(usize, u64)>,
    events: Vec<Recorded>,
}

/// A log that has one event in its file, and eight commits of growing size in its write-ahead log.
async fn files() -> Files {
    let ledger = SqliteLedger::new();
    let log = ledger.open().await;
    log.append(batch("lamp-0", 0, 1)).await.unwrap();
    log.close().await;
    let log = ledger.open().await;
    let wal = ledger.path().with_extension("sqlite-wal");
    let mut commits = vec![(0, 1)];
    for size in 1..=8 {
        let done = log.append(batch(&format!("lamp-{size}"), 0, size * 6)).await.unwrap();
        commits.push((std::fs::metadata(&wal).unwrap().len() as usize, done.last.0));
    }
    let events = log.read(Position::START, 1_000).await.unwrap().events;
    let (main, wal) = (std::fs::read(ledger.path()).unwrap(), std::fs::read(&wal).unwrap());
    log.close().await;
    Files { main, wal, commits, events }
}

impl Files {
    fn frames(&self) -> usize {
        (self.wal.len() - HEADER) / FRAME
    }

    /// The head after the last commit that lies before `place` in the write-ahead log.
    fn committed_before(&self, place: usize) -> u64 {
        let whole = self.commits.iter().filter(|(end, _)| *end <= place);
        whole.map(|(_, head)| *head).next_back().unwrap_or_default()
    }

    /// Opens a copy with another write-ahead log: it must hold the first `head` events and take the next.
    async fn opens_at(&self, wal: &[u8], head: u64, how: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.sqlite");
        std::fs::write(&path, &self.main).unwrap();
        std::fs::write(path.with_extension("sqlite-wal"), wal).unwrap();
        let log = open(&path).await;
        assert_eq!(log.head(), Position(head), "{how}");
        let page = log.read(Position::START, 1_000).await.unwrap();
        assert_eq!(page.events, self.events[..head as usize], "{how}");
        let verdict = verify(&log).await.unwrap();
        assert!(verdict.is_sound(), "{how}: {:?}", verdict.findings);
        assert_eq!(log.append(batch("lamp-new", 0, 1)).await.unwrap().first, Position(head + 1), "{how}");
        log.close().await;
    }
}

async fn open(path: &Path) -> Log {
    Log::open(&format!("sqlite:{}", path.display())).await.unwrap()
}

#[tokio::test]
async fn inv1_a_write_ahead_log_torn_at_any_frame_or_within_it_opens_at_the_last_whole_commit() {
    let files = files().await;
    assert!(files.frames() > 20, "{}", files.frames());
    for frame in 0..=files.frames() {
        let boundary = HEADER + frame * FRAME;
        for place in [boundary, boundary + 1, boundary + 24, boundary + 2_000] {
            let place = place.min(files.wal.len());
            let how = format!("torn at {place}");
            files.opens_at(&files.wal[..place], files.committed_before(place), &how).await;
        }
    }
    for place in [0, 1, HEADER - 1] {
        files.opens_at(&files.wal[..place], 1, &format!("torn at {place}")).await;
    }
}

#[tokio::test]
async fn inv1_a_write_ahead_log_with_a_flipped_bit_anywhere_opens_at_the_last_commit_before_it() {
    let files = files().await;
    for frame in 0..files.frames() {
        let boundary = HEADER + frame * FRAME;
        // In the page number, the salt, the checksum, and the page itself.
        for place in [boundary + 3, boundary + 9, boundary + 17, boundary + 24, boundary + 3_000] {
            let mut wal = files.wal.clone();
            wal[place] ^= 1;
            let how = format!("flipped at {place}");
            files.opens_at(&wal, files.committed_before(boundary), &how).await;
        }
    }
    let mut wal = files.wal.clone();
    wal[5] ^= 1;
    files.opens_at(&wal, 1, "its header flipped").await;
}
