//! The read models there are. A closed list: what isn't on it can't be rebuilt, compared or proven.

use std::fmt;

use cqrs_es::Aggregate;
use seinhuis_domain::area::ImportedAreas;
use seinhuis_domain::case::Case;
use seinhuis_domain::notice::Notice;
use seinhuis_domain::partner::Partner;
use seinhuis_domain::person::Person;
use seinhuis_domain::profile::AdoptedProfile;
use seinhuis_domain::signal::Signal;
use seinhuis_domain::subject::Subject;

use crate::backend::Draft;
use crate::entry::Entry;
use crate::fault::Fault;
use crate::table::Table;
use crate::{board, case_file, flow, matching, notices, own_signals, tally, timers, versions};

/// One read model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Model {
    /// The open cases.
    Board,
    /// Every case with its history.
    CaseFile,
    /// What became of each partner's signals.
    OwnSignals,
    /// Signals without a case, and what they could be matched by.
    Matching,
    /// The climbs that will happen unless somebody acts.
    Timers,
    /// Who is to be told what, and what became of it.
    Notices,
    /// How far the public feed is. It has no tables: what it makes of the log lies elsewhere.
    Relay,
    /// How often what happened.
    Tally,
    /// Every case as it stood at every position.
    Versions,
    /// What came in and what was done.
    Flow,
}

impl Model {
    /// Every model.
    pub const ALL: &'static [Self] = &[
        Self::Board,
        Self::CaseFile,
        Self::OwnSignals,
        Self::Matching,
        Self::Timers,
        Self::Notices,
        Self::Relay,
        Self::Tally,
        Self::Versions,
        Self::Flow,
    ];

    /// The models people ask for. They share a file, `views.sqlite`; each of the others, which a role works from,
    /// has a file and a follower of its own, so that one falling behind holds up nobody else.
    pub const ASKED: &'static [Self] = &[Self::Board, Self::CaseFile, Self::OwnSignals, Self::Tally];

    /// Its name, in checkpoints, faults and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::CaseFile => "case_file",
            Self::OwnSignals => "own_signals",
            Self::Matching => "matching",
            Self::Timers => "timers",
            Self::Notices => "notices",
            Self::Relay => "relay",
            Self::Tally => "tally",
            Self::Versions => "versions",
            Self::Flow => "flow",
        }
    }

    /// Goes up with every change in what the model makes of an event or in the shape of its tables. A file with
    /// another version is rebuilt.
    pub(crate) fn version(self) -> u32 {
        match self {
            Self::Board => board::VERSION,
            Self::CaseFile => case_file::VERSION,
            Self::OwnSignals => own_signals::VERSION,
            Self::Matching => matching::VERSION,
            Self::Timers => timers::VERSION,
            Self::Notices => notices::VERSION,
            Self::Relay => 1,
            Self::Tally => tally::VERSION,
            Self::Versions => versions::VERSION,
            Self::Flow => flow::VERSION,
        }
    }

    /// Whether what is said in streams of this kind is part of it. Of a kind that this program doesn't know, anything may be.
    pub(crate) fn reads(self, kind: &str) -> bool {
        const KNOWN: &[&str] = &[
            Signal::TYPE,
            Case::TYPE,
            Notice::TYPE,
            Subject::TYPE,
            AdoptedProfile::TYPE,
            ImportedAreas::TYPE,
            Partner::TYPE,
            Person::TYPE,
        ];
        let read: &[&str] = match self {
            Self::Board | Self::Timers | Self::Versions => &[Case::TYPE],
            Self::OwnSignals => &[Signal::TYPE, Case::TYPE],
            Self::CaseFile => &[Signal::TYPE, Case::TYPE, Notice::TYPE],
            Self::Notices => &[Case::TYPE, Notice::TYPE],
            Self::Matching | Self::Flow => &[Signal::TYPE, Case::TYPE, Subject::TYPE],
            Self::Tally => &[Signal::TYPE, Case::TYPE, Notice::TYPE, Subject::TYPE],
            Self::Relay => KNOWN,
        };
        read.contains(&kind) || !KNOWN.contains(&kind)
    }

    pub(crate) fn tables(self) -> &'static [&'static Table] {
        match self {
            Self::Board => board::TABLES,
            Self::CaseFile => case_file::TABLES,
            Self::OwnSignals => own_signals::TABLES,
            Self::Matching => matching::TABLES,
            Self::Timers => timers::TABLES,
            Self::Notices => notices::TABLES,
            Self::Relay => &[],
            Self::Tally => tally::TABLES,
            Self::Versions => versions::TABLES,
            Self::Flow => flow::TABLES,
        }
    }

    /// Takes a page in. The entries follow each other in the log and follow what was taken in before; who calls sees
    /// to that.
    pub(crate) async fn apply(self, page: &[Entry], draft: &mut Draft<'_>) -> Result<(), Fault> {
        match self {
            Self::Board => board::apply(page, draft).await,
            Self::CaseFile => case_file::apply(page, draft).await,
            Self::OwnSignals => own_signals::apply(page, draft).await,
            Self::Matching => matching::apply(page, draft).await,
            Self::Timers => timers::apply(page, draft).await,
            Self::Notices => notices::apply(page, draft).await,
            Self::Relay => Ok(()),
            Self::Tally => tally::apply(page, draft).await,
            Self::Versions => versions::apply(page, draft).await,
            Self::Flow => flow::apply(page, draft).await,
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
