//! Does the log hold what was written, all of it, and nothing else (INV-10)?
//!
//! Looks at the stored bytes themselves: every leaf is worked out again, positions must be dense, every stream's
//! versions must be continuous and in the order of their positions, the head must be the last position, and the guards
//! that refuse rewriting must stand. What this can't see, rows replaced together with their leaves or two streams'
//! rows that changed places, changes the Merkle root, which is what a signed checkpoint pins.

use crate::backend::Raw;
use crate::fault::Fault;
use crate::log::Log;
use crate::position::Position;
use crate::proof::Peaks;

/// Rows looked at in one go.
const PAGE: usize = 2_048;

/// Findings told; a log that was torn to pieces needs no longer list.
const MOST: usize = 1_000;

/// What a verifier found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Rows looked at.
    pub events: u64,
    /// The head when the verifier began; rows after it weren't looked at.
    pub head: Position,
    /// The Merkle tree hash of RFC 6962 over the leaves, worked out from the stored bytes.
    pub root: [u8; 32],
    /// Where the log isn't what it should be, at most a thousand places.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Nothing was found.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    fn note(&mut self, position: i64, what: impl Into<String>) {
        if self.findings.len() < MOST {
            let position = Position(u64::try_from(position).unwrap_or(0));
            self.findings.push(Finding { position, what: what.into() });
        }
    }
}

/// One place where the log isn't what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at {position}: {what}")]
pub struct Finding {
    /// Where; 0 for the log as a whole.
    pub position: Position,
    /// What, without any content.
    pub what: String,
}

/// Verifies the whole log as it is now. Others may go on writing meanwhile.
pub async fn verify(log: &Log) -> Result<Verdict, Fault> {
    let mut verdict = Verdict { events: 0, head: log.head(), root: [0; 32], findings: Vec::new() };
    let outline = match log.backend().outline().await? {
        Ok(outline) => outline,
        Err(damage) => {
            verdict.note(0, format!("the file is damaged: {damage}"));
            return Ok(verdict);
        }
    };
    let last = outline.last;
    let head = outline.head.unwrap_or(0);
    verdict.head = Position(u64::try_from(head).unwrap_or(0));
    for guard in outline.missing_guards {
        verdict.note(0, format!("the guard {guard} is gone or was changed"));
    }
    if outline.head != Some(last) {
        verdict.note(last, format!("the head says {head}, the last event is {last}"));
    }
    leaves(log, last.max(head), &mut verdict).await?;
    streams(log, last.max(head), &mut verdict).await?;
    Ok(verdict)
}

/// Every row in order of position: density and leaves.
async fn leaves(log: &Log, last: i64, verdict: &mut Verdict) -> Result<(), Fault> {
    let mut tree = Peaks::default();
    let mut seen = i64::MIN;
    let mut next = 1;
    'pages: loop {
        let page = match log.backend().raw(seen, PAGE).await? {
            Ok(page) => page,
            Err(damage) => {
                verdict.note(next, format!("from here on the file is damaged: {damage}"));
                break;
            }
        };
        let full = page.len() == PAGE;
        for row in page.iter() {
            if row.position > last {
                break 'pages;
            }
            seen = row.position;
            place(row.position, &mut next, verdict);
            tree.push(judge(&row, verdict));
            verdict.events += 1;
        }
        if !full {
            break;
        }
    }
    if next <= last {
        verdict.note(next, gap(next, last));
    }
    verdict.root = tree.root();
    Ok(())
}

fn place(position: i64, next: &mut i64, verdict: &mut Verdict) {
    if position > *next {
        verdict.note(*next, gap(*next, position - 1));
    } else if position < *next {
        verdict.note(position, "an event stands before the first position");
    }
    *next = (*next).max(position + 1);
}

fn gap(from: i64, to: i64) -> String {
    if from == to { "the event is missing".to_owned() } else { format!("the events up to {to} are missing") }
}

/// Every row in order of stream and version: continuity, and one order with the positions.
async fn streams(log: &Log, last: i64, verdict: &mut Verdict) -> Result<(), Fault> {
    let mut after = (Vec::new(), i64::MIN);
    let mut stream = Stream::default();
    let mut indexed = 0;
    loop {
        let page = match log.backend().by_stream(&after, PAGE).await? {
            Ok(page) => page,
            Err(damage) => {
                verdict.note(0, format!("the index of streams is damaged: {damage}"));
                return Ok(());
            }
        };
        let full = page.len() == PAGE;
        for step in page {
            after = (step.stream.clone(), step.version);
            if step.position <= last {
                indexed += 1;
                stream.follow(step, verdict);
            }
        }
        if !full {
            break;
        }
    }
    if indexed != verdict.events {
        verdict.note(0, format!("the index of streams holds {indexed} events, the log {}", verdict.events));
    }
    Ok(())
}

/// How far one stream has been followed.
#[derive(Default)]
struct Stream {
    name: Vec<u8>,
    version: i64,
    position: i64,
}

impl Stream {
    fn follow(&mut self, step: Step, verdict: &mut Verdict) {
        if step.stream != self.name {
            *self = Self { name: step.stream, version: 0, position: 0 };
        }
        if step.version != self.version + 1 {
            let was = self.version;
            verdict
                .note(step.position, format!("version {} of its stream follows version {was}", step.version));
        } else if step.position <= self.position {
            verdict.note(step.position, "it stands before an earlier event of its stream");
        }
        (self.version, self.position) = (step.version, step.position);
    }
}

/// The log seen from outside.
pub(crate) struct Outline {
    /// What the head row says; `None` when there is none.
    pub(crate) head: Option<i64>,
    /// The last row's position, 0 without rows.
    pub(crate) last: i64,
    /// Guards that are gone or read otherwise.
    pub(crate) missing_guards: Vec<&'static str>,
}

/// One row of the index of streams.
pub(crate) struct Step {
    pub(crate) position: i64,
    pub(crate) stream: Vec<u8>,
    pub(crate) version: i64,
}

/// The leaf of what is stored; notes it when the row says otherwise.
fn judge(row: &Raw<'_>, verdict: &mut Verdict) -> [u8; 32] {
    let Some(leaf) = row.hash() else {
        verdict.note(row.position, "a column isn't of its type");
        return [0; 32];
    };
    if row.leaf != Some(leaf) {
        verdict.note(row.position, "what is stored doesn't match its leaf hash");
    }
    leaf
}
