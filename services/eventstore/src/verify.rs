//! Does the log hold what was written, all of it, and nothing else (INV-10)?
//!
//! Looks at the stored bytes themselves: every leaf is worked out again, positions must be dense, every stream's
//! versions must be continuous and in the order of their positions, the head must be the last position, and the guards
//! that refuse rewriting must stand. What this can't see, rows replaced together with their leaves or two streams'
//! rows that changed places, changes the Merkle tree: with a proof book, every checkpoint that was ever signed must
//! have signed this very log.

mod rows;
mod signed;
mod streams;

use crate::fault::Fault;
use crate::log::Log;
use crate::position::Position;
use crate::proof::{Book, VerifierKey};

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
    /// Checkpoints that signed this log.
    pub checkpoints: u64,
    /// The size of the largest of them: what comes after it isn't signed yet. 0 without any.
    pub signed: u64,
    /// Where the log isn't what it should be, at most a thousand places.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Nothing was found.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
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

/// What one part of the verifier has found so far.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn note(&mut self, position: i64, what: impl Into<String>) {
        if self.0.len() < MOST {
            let position = Position(u64::try_from(position).unwrap_or(0));
            self.0.push(Finding { position, what: what.into() });
        }
    }
}

/// Verifies the whole log as it is now. Others may go on writing meanwhile.
pub async fn verify(log: &Log) -> Result<Verdict, Fault> {
    judge(log, signed::Checkpoints::none()).await
}

/// Verifies the whole log as it is now, and that it is the one every checkpoint in `book` was signed for by `key`.
/// Without a key, a book that holds anything is a finding: what can't be checked proves nothing.
pub async fn verify_signed(log: &Log, book: &Book, key: Option<&VerifierKey>) -> Result<Verdict, Fault> {
    // The book first: what it has signed by now is in the log.
    judge(log, signed::Checkpoints::of(book, key).await?).await
}

async fn judge(log: &Log, mut checkpoints: signed::Checkpoints<'_>) -> Result<Verdict, Fault> {
    let mut verdict = Verdict {
        events: 0,
        head: log.head(),
        root: [0; 32],
        checkpoints: 0,
        signed: 0,
        findings: Vec::new(),
    };
    let mut found = Findings::default();
    let outline = match log.backend().outline().await? {
        Ok(outline) => outline,
        Err(damage) => {
            found.note(0, format!("the file is damaged: {damage}"));
            verdict.findings = found.0;
            return Ok(verdict);
        }
    };
    let last = outline.last;
    let head = outline.head.unwrap_or(0);
    verdict.head = Position(u64::try_from(head).unwrap_or(0));
    for guard in outline.missing_guards {
        found.note(0, format!("the guard {guard} is gone or was changed"));
    }
    if outline.head != Some(last) {
        found.note(last, format!("the head says {head}, the last event is {last}"));
    }
    let until = last.max(head);
    let (rows, streams) = tokio::join!(rows::look(log, until, &mut checkpoints), streams::look(log, until));
    let (rows, streams) = (rows?, streams?);
    (verdict.events, verdict.root) = (rows.events, rows.root);
    let told = checkpoints.end(rows.events).await?;
    (verdict.checkpoints, verdict.signed) = (told.sound, told.signed);
    let each = [found, rows.found, streams.found(rows.events), told.found];
    verdict.findings = each.into_iter().flat_map(|found| found.0).take(MOST).collect();
    Ok(verdict)
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
