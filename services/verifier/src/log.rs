//! The verification of a whole export, from front to back in one pass.

mod kept;

use std::io::BufRead;

use crate::canonical;
use crate::export::{Broken, Export, HEADER, Record};
use crate::finding::{Finding, What};
use crate::note::{Checkpoint, Key};
use crate::streams::Streams;
use crate::tree::{self, Tree};
use kept::Kept;

/// Findings told; an export that was torn to pieces needs no longer list.
const MOST: usize = 1_000;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Events read.
    pub events: u64,
    /// The Merkle tree hash over their leaves, worked out from their bytes.
    pub root: [u8; 32],
    /// Checkpoints in the export that hold, kept ones not counted.
    pub checkpoints: u64,
    /// Up to here the events are the ones that were signed. Those after it, nobody signed yet.
    pub signed: u64,
    /// What isn't as it should be, at most a thousand places.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Nothing was found.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Why an export can't even be begun with.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It doesn't begin as an export does.
    #[error("it isn't an export: its first line isn't `{}`", String::from_utf8_lossy(HEADER).trim_end())]
    NotAnExport,
    /// The file can't be read.
    #[error("it can't be read")]
    File(#[from] std::io::Error),
}

/// Verifies the export against the log's `key`, and against checkpoints of it that were `kept` elsewhere.
///
/// A kept checkpoint is what shows a tail that was cut off, and a history that was rewritten and signed again: what
/// comes with the export can be as false as the export.
pub fn verify(export: impl BufRead, key: &Key, kept: &[Vec<u8>]) -> Result<Verdict, Unreadable> {
    let mut export = Export::open(export)?.ok_or(Unreadable::NotAnExport)?;
    let mut judge = Judge::new(key, kept);
    loop {
        match export.next() {
            Ok(Some(Record::Event { leaf, canonical })) => judge.event(leaf, canonical),
            Ok(Some(Record::Checkpoint(note))) => judge.checkpoint(note),
            Ok(Some(Record::End(said))) => {
                judge.end(said);
                match export.at_end() {
                    Ok(true) => {}
                    Ok(false) => judge.framing(Broken::Trailing),
                    Err(broken) => judge.framing(broken),
                }
                break;
            }
            Ok(None) => {
                judge.note(judge.next(), What::NoEnd);
                break;
            }
            Err(broken) => {
                judge.framing(broken);
                break;
            }
        }
    }
    Ok(judge.verdict())
}

struct Judge<'k> {
    key: &'k Key,
    kept: Kept,
    tree: Tree,
    streams: Streams,
    checkpoints: u64,
    signed: u64,
    findings: Vec<Finding>,
}

impl<'k> Judge<'k> {
    fn new(key: &'k Key, kept: &[Vec<u8>]) -> Self {
        let (kept, faults) = Kept::open(kept, key);
        let mut judge = Self {
            key,
            kept,
            tree: Tree::default(),
            streams: Streams::default(),
            checkpoints: 0,
            signed: 0,
            findings: faults.into_iter().map(|what| Finding::at(0, what)).collect(),
        };
        judge.recall();
        judge
    }

    fn event(&mut self, leaf: [u8; 32], canonical: &[u8]) {
        let hash = tree::leaf(canonical);
        self.tree.push(hash);
        let position = self.tree.size();
        if hash != leaf {
            self.note(position, What::Leaf);
        }
        match canonical::decode(canonical) {
            Ok(event) => {
                if let Err(before) = self.streams.follow(event.stream, event.version) {
                    self.note(position, What::Version { before, version: event.version });
                }
            }
            Err(misshapen) => self.note(position, What::Canonical(misshapen)),
        }
        self.recall();
    }

    fn checkpoint(&mut self, note: &[u8]) {
        let here = self.tree.size();
        match Checkpoint::open(note, self.key) {
            Err(fault) => self.note(here, What::Note(fault)),
            Ok(checkpoint) if checkpoint.size != here => {
                self.note(here, What::Misplaced { size: checkpoint.size });
            }
            Ok(checkpoint) => {
                self.checkpoints += 1;
                self.compare(&checkpoint);
            }
        }
    }

    /// Looks whether there are kept checkpoints of exactly the events so far.
    fn recall(&mut self) {
        while let Some(checkpoint) = self.kept.take(self.tree.size()) {
            self.compare(&checkpoint);
        }
    }

    /// Holds a signed checkpoint of the events so far against their root.
    fn compare(&mut self, checkpoint: &Checkpoint) {
        let size = checkpoint.size;
        if checkpoint.root == self.tree.root() {
            self.signed = size;
        } else {
            // What was still right at the last checkpoint narrows it down.
            let from = if size == 0 { 0 } else { self.signed + 1 };
            self.find(Finding { from: from.min(size), to: size, what: What::Root { size } });
        }
    }

    fn end(&mut self, said: u64) {
        let there = self.tree.size();
        if said != there {
            self.note(there, What::Count { said, there });
        }
    }

    fn framing(&mut self, broken: Broken) {
        self.note(self.next(), What::Framing(broken));
    }

    /// The position that would come next.
    fn next(&self) -> u64 {
        self.tree.size() + 1
    }

    fn note(&mut self, position: u64, what: What) {
        self.find(Finding::at(position, what));
    }

    fn find(&mut self, finding: Finding) {
        if self.findings.len() < MOST {
            self.findings.push(finding);
        }
    }

    fn verdict(mut self) -> Verdict {
        let events = self.tree.size();
        if let Some(size) = self.kept.largest().filter(|size| *size > events) {
            self.find(Finding { from: events + 1, to: size, what: What::Shortened { size } });
        }
        if self.signed == 0 && events > 0 {
            self.find(Finding { from: 1, to: events, what: What::Unsigned });
        }
        Verdict {
            events,
            root: self.tree.root(),
            checkpoints: self.checkpoints,
            signed: self.signed,
            findings: self.findings,
        }
    }
}
