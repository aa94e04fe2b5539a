//! Every row in order of position: density, leaves, and the tree over them. Several pages are read and hashed at once.

use std::collections::VecDeque;

use tokio::task::JoinHandle;

use super::Findings;
use super::signed::Checkpoints;
use crate::fault::Fault;
use crate::log::Log;
use crate::proof::Peaks;

/// Rows read in one go.
const PAGE: i64 = 2_048;

/// Pages under way at once: what keeps two processors busy, reading and hashing.
const AHEAD: usize = 3;

/// What the rows tell.
pub(super) struct Rows {
    pub(super) events: u64,
    pub(super) root: [u8; 32],
    pub(super) found: Findings,
}

/// One row, judged.
struct Judged {
    position: i64,
    /// The leaf of what is stored, and whether it is the one in the row; `None` when a column isn't of its type.
    leaf: Option<([u8; 32], bool)>,
}

type Page = Result<Result<Vec<Judged>, String>, Fault>;

/// Looks at every row up to `until`.
pub(super) async fn look(log: &Log, until: i64, checkpoints: &mut Checkpoints<'_>) -> Result<Rows, Fault> {
    let mut pages = Pages { log: log.clone(), until, seen: i64::MIN, asked: 0, ahead: VecDeque::new() };
    let mut rows = Rows { events: 0, root: [0; 32], found: Findings::default() };
    let mut tree = Peaks::default();
    let mut next = 1;
    loop {
        let page = match pages.next().await? {
            Ok(page) => page,
            Err(damage) => {
                rows.found.note(next, format!("from here on the file is damaged: {damage}"));
                break;
            }
        };
        if page.is_empty() {
            break;
        }
        for row in page {
            place(row.position, &mut next, &mut rows.found);
            tree.push(leaf(&row, &mut rows.found));
            rows.events += 1;
            checkpoints.reached(rows.events, &tree).await?;
        }
    }
    if next <= until {
        rows.found.note(next, gap(next, until));
    }
    rows.root = tree.root();
    Ok(rows)
}

fn leaf(row: &Judged, found: &mut Findings) -> [u8; 32] {
    match row.leaf {
        Some((leaf, true)) => leaf,
        Some((leaf, false)) => {
            found.note(row.position, "what is stored doesn't match its leaf hash");
            leaf
        }
        None => {
            found.note(row.position, "a column isn't of its type");
            [0; 32]
        }
    }
}

fn place(position: i64, next: &mut i64, found: &mut Findings) {
    if position > *next {
        found.note(*next, gap(*next, position - 1));
    } else if position < *next {
        found.note(position, "an event stands before the first position");
    }
    *next = (*next).max(position.saturating_add(1));
}

fn gap(from: i64, to: i64) -> String {
    if from == to { "the event is missing".to_owned() } else { format!("the events up to {to} are missing") }
}

/// The rows, page by page. As long as the log is dense it is known where the pages after next begin, and they are asked
/// for ahead; where it isn't, the next page is looked for from the last row seen.
struct Pages {
    log: Log,
    until: i64,
    seen: i64,
    /// Up to which position pages are under way.
    asked: i64,
    ahead: VecDeque<JoinHandle<Page>>,
}

impl Pages {
    async fn next(&mut self) -> Page {
        // Nothing stands before the first position, unless somebody put it there.
        let mut page = if self.seen < 0 { read(self.log.clone(), self.seen, 0).await? } else { Ok(vec![]) };
        if page.as_ref().is_ok_and(Vec::is_empty) {
            self.seen = self.seen.max(0);
            page = self.dense().await?;
        }
        if page.as_ref().is_ok_and(Vec::is_empty) && self.seen < self.until {
            page = read(self.log.clone(), self.seen, self.until).await?;
        }
        if let Some(last) = page.as_ref().ok().and_then(|page| page.last()) {
            self.seen = last.position;
        }
        Ok(page)
    }

    /// The page after the last row seen, if there is any row where it should be.
    async fn dense(&mut self) -> Page {
        // A page that ended early, or a row found further on: what is under way begins in the wrong places.
        if self.asked != self.seen.saturating_add(PAGE * self.ahead.len() as i64) {
            self.ahead.drain(..).for_each(|page| page.abort());
            self.asked = self.seen;
        }
        while self.ahead.len() < AHEAD && self.asked < self.until {
            let after = self.asked;
            self.asked = after.saturating_add(PAGE);
            let until = self.asked.min(self.until);
            self.ahead.push_back(tokio::spawn(read(self.log.clone(), after, until)));
        }
        let Some(page) = self.ahead.pop_front() else { return Ok(Ok(vec![])) };
        page.await.unwrap_or(Err(Fault::Closed { what: "the log" }))
    }
}

async fn read(log: Log, after: i64, until: i64) -> Page {
    let page = log.backend().raw(after, until, PAGE as usize).await?;
    Ok(page.map(|page| {
        let judged = page.iter().map(|row| Judged {
            position: row.position,
            leaf: row.hash().map(|leaf| (leaf, row.leaf == Some(leaf))),
        });
        judged.collect()
    }))
}
