//! What was seen of a hub, for the checks to judge.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::directory::Directory;
use seinhuis_eventstore::Holding;
use seinhuis_eventstore::inspect::{File, KeysSeen, LogSeen, Schema, Server};
use seinhuis_eventstore::proof::VerifierKey;
use seinhuis_notify::WebhookFailure;
use seinhuis_notify::inspect::{Smtp, SmtpTrouble};
use seinhuis_runtime::machine::{Limits, Room};

use super::certificate::Validity;
use super::check::Skipped;
use crate::cli::Surroundings;
use crate::profile::Loaded;

/// What has to be seen before a check can judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Machine,
    Files,
    Databases,
    Log,
    Directory,
    Keys,
    Proof,
    Followers,
    Work,
    Leases,
    Door,
    Hub,
    Mail,
    Webhooks,
    Sign,
    Bus,
}

/// Something that was looked at, or why it wasn't seen.
#[derive(Debug, Clone)]
pub(super) enum Seen<T> {
    /// This is how it is.
    There(T),
    /// There is nothing to look at.
    Nothing(&'static str),
    /// Looking at it failed.
    Fault(String),
}

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self::Nothing("nobody asked for it")
    }
}

impl<T> Seen<T> {
    /// What was seen; a check that needs it is skipped where it wasn't.
    pub(super) fn get(&self) -> Result<&T, Skipped> {
        match self {
            Self::There(it) => Ok(it),
            Self::Nothing(why) => Err(Skipped((*why).to_owned())),
            Self::Fault(why) => Err(Skipped(format!("can't be looked at: {why}"))),
        }
    }

    /// Why looking at it failed.
    pub(super) fn fault(&self) -> Option<&str> {
        if let Self::Fault(why) = self { Some(why) } else { None }
    }
}

/// All of it. What no chosen check needs is left as it begins.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The settings, or why they are refused.
    pub(super) around: Seen<Surroundings>,
    /// The profile that the settings name.
    pub(super) profile: Seen<Loaded>,
    /// The hub's time.
    pub(super) now: Timestamp,
    pub(super) machine: Seen<Machine>,
    pub(super) files: Seen<Files>,
    /// Every database of the hub, each once.
    pub(super) databases: Seen<Vec<Database>>,
    pub(super) log: Seen<LogSeen>,
    pub(super) directory: Seen<Known>,
    pub(super) keys: Seen<KeysSeen>,
    pub(super) proof: Seen<Proof>,
    pub(super) followers: Seen<Vec<Followed>>,
    pub(super) work: Seen<Work>,
    pub(super) leases: Seen<Leases>,
    pub(super) door: Seen<Door>,
    pub(super) hub: Seen<Health>,
    pub(super) mail: Seen<Result<Smtp, SmtpTrouble>>,
    pub(super) webhooks: Seen<Vec<Webhook>>,
    pub(super) sign: Seen<Result<(), WebhookFailure>>,
    pub(super) bus: Seen<seinhuis_bus::inspect::Seen>,
}

/// The machine.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    /// The room where each folder of the hub is.
    pub(super) room: Vec<(PathBuf, Room)>,
    /// The file system of the data folder.
    pub(super) file_system: Option<String>,
    /// The limits of the process that serves from the folder; ours where there is none.
    pub(super) limits: Limits,
    /// That process.
    pub(super) hub: Option<u32>,
}

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// What can't be made again.
    Truth,
    /// Read models.
    Views,
}

/// One of the hub's files of SQLite.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) name: String,
    pub(super) holds: Holds,
    /// Bytes of its write-ahead log.
    pub(super) wal: u64,
    pub(super) file: Seen<File>,
}

/// A file with a secret in it.
#[derive(Debug, Clone)]
pub(super) struct Secret {
    /// The setting that names it.
    pub(super) what: String,
    pub(super) path: PathBuf,
    /// Its rights, as chmod takes them; `None` where it isn't there.
    pub(super) rights: Option<u32>,
}

/// The data folder.
#[derive(Debug, Clone)]
pub(super) struct Files {
    /// The rights of the folder.
    pub(super) folder_rights: u32,
    /// The owners of the folder and of what lies in it.
    pub(super) owners: Vec<(String, u32)>,
    /// Files of it that others can read.
    pub(super) open: Vec<String>,
    pub(super) kept: Vec<Kept>,
    pub(super) secrets: Vec<Secret>,
    /// Whether a master key lies ready to be rotated to, and how many were retired.
    pub(super) next_master: bool,
    pub(super) retired_masters: usize,
    /// Whether the master key lies beside what it opens.
    pub(super) master_beside: bool,
}

/// A database of PostgreSQL.
#[derive(Debug, Clone)]
pub(super) struct Database {
    /// What it holds: `log`, `keys`, `views`.
    pub(super) holds: Vec<&'static str>,
    /// Whether the address says that a pooler in transaction mode stands before it.
    pub(super) pooled: bool,
    /// Whether sessions are handed from one caller to the next.
    pub(super) shared: Seen<bool>,
    pub(super) server: Seen<Server>,
    /// How far the machine's clock is ahead of the server's, at the least.
    pub(super) ahead: SignedDuration,
}

impl Database {
    /// Whether it holds what can't be made again.
    pub(super) fn holds_truth(&self) -> bool {
        self.holds.iter().any(|held| *held != "views")
    }

    /// How it is called.
    pub(super) fn name(&self) -> String {
        format!("the database of {}", self.holds.join(", "))
    }
}

/// What the log says of the municipality.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) directory: Arc<Directory>,
    /// Whose hub it is, by the first profile that was adopted.
    pub(super) adopted_first: Option<String>,
    /// When the last event was recorded.
    pub(super) last: Option<Timestamp>,
}

/// How the log is signed.
#[derive(Debug, Clone)]
pub(super) struct Proof {
    pub(super) schema: Schema,
    /// The key that belongs to the signing key; `None` where there is none here.
    pub(super) own: Option<VerifierKey>,
    /// The last checkpoint, as it is kept: size and note.
    pub(super) latest: Option<(u64, String)>,
    /// Where the log ends.
    pub(super) head: u64,
    /// Since when the first event after it waits to be signed.
    pub(super) unsigned_since: Option<Timestamp>,
}

/// How a read model stands.
#[derive(Debug, Clone)]
pub(super) struct Followed {
    pub(super) model: &'static str,
    /// Whether anybody has made it.
    pub(super) made: bool,
    /// Whether it is of another version of the program.
    pub(super) other_version: bool,
    /// Events that it has not taken in.
    pub(super) behind: u64,
    /// Since when the first of them waits.
    pub(super) since: Option<Timestamp>,
    /// Why it can't take that one in.
    pub(super) stopped: Option<String>,
}

/// What waits to be done.
#[derive(Debug, Clone)]
pub(super) struct Work {
    /// Notices that failed for good.
    pub(super) dead: usize,
    /// Since when the oldest notice could have gone out that hasn't.
    pub(super) unsent_since: Option<Timestamp>,
    /// When the timer was due that is longest overdue.
    pub(super) due_since: Option<Timestamp>,
    /// Climbs that nobody was told of.
    pub(super) nobody_told: usize,
}

/// The leases, seen twice.
#[derive(Debug, Clone)]
pub(super) struct Leases {
    pub(super) before: Vec<Holding>,
    pub(super) after: Vec<Holding>,
    /// How long after.
    pub(super) between: Duration,
}

/// Where the hub listens.
#[derive(Debug, Clone)]
pub(super) struct Door {
    /// Whether anybody listens there.
    pub(super) taken: bool,
    /// The certificate that the settings name; `None`: no TLS.
    pub(super) certificate: Option<Result<Validity, String>>,
    /// Whether the private key belongs to it.
    pub(super) key: Option<Result<(), String>>,
}

/// What a serving process says of itself.
#[derive(Debug, Clone)]
pub(super) struct Health {
    /// The process as a whole.
    pub(super) serves: bool,
    /// Its roles that don't.
    pub(super) sick: Vec<String>,
    /// What its auditor finds; `None` where it has none.
    pub(super) sound: Option<bool>,
}

/// A person's webhook.
#[derive(Debug, Clone)]
pub(super) struct Webhook {
    pub(super) person: String,
    /// Why its secrets can't be used.
    pub(super) secrets: Option<String>,
    pub(super) reached: Result<(), WebhookFailure>,
}

/// A fault with what lies below it, in one line.
pub(super) fn in_one_line(fault: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(fault), |fault| fault.source());
    let mut said: Vec<String> = chain.map(ToString::to_string).collect();
    said.dedup();
    said.join(": ").replace('\n', " ")
}
