//! What each section holds once it is read. Meanings and defaults stand beside the keys in `deploy/seinhuis.toml`.

use std::net::SocketAddr;
use std::num::{NonZeroU16, NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use seinhuis_eventstore::proof::VerifierKey;
use serde::Deserialize;

use super::value;
use crate::role::Roles;

/// The whole tree.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where everything is kept.
    pub data: Data,
    /// What this process does.
    pub serve: Serve,
    /// Where the hub listens.
    pub listen: Listen,
    /// Which municipality.
    pub profile: Profile,
    /// What partners may send, and how fast.
    pub ingest: Ingest,
    /// How people are told.
    pub notify: Notify,
    /// To whom it is said that the ladder is sound.
    pub audit: Audit,
    /// How time runs.
    pub clock: Clock,
    /// What operators read.
    pub log: Log,
    /// How the process is watched.
    pub telemetry: Telemetry,
    /// Where the keys are.
    pub keys: Keys,
    /// How the log is signed.
    pub proof: Proof,
    /// How processes wake each other.
    pub bus: Bus,
    /// What is published.
    pub feed: Feed,
    /// How long tokens count.
    pub tokens: Tokens,
}

/// `[data]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// The data folder.
    pub folder: PathBuf,
    /// The database that holds the log. Absent: a file in the data folder.
    #[serde(deserialize_with = "value::optional")]
    pub log_url: Option<String>,
    /// The database that holds the read models. Absent: files in the data folder.
    #[serde(deserialize_with = "value::optional")]
    pub views_url: Option<String>,
}

/// `[serve]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Serve {
    /// The roles of this process.
    #[serde(deserialize_with = "value::parsed")]
    pub roles: Roles,
    /// How long a connection may last.
    #[serde(deserialize_with = "value::span")]
    pub connection_age: Duration,
    /// How long a follower may be silent before it is taken for stuck.
    #[serde(deserialize_with = "value::span")]
    pub silent_after: Duration,
}

/// `[listen]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// Address and port; port 0 takes any free one.
    #[serde(deserialize_with = "value::parsed")]
    pub address: SocketAddr,
    /// PEM file of the certificate chain.
    #[serde(deserialize_with = "value::optional")]
    pub tls_cert: Option<PathBuf>,
    /// PEM file of its private key.
    #[serde(deserialize_with = "value::optional")]
    pub tls_key: Option<PathBuf>,
    /// Whether other machines may be let in without TLS.
    pub insecure: bool,
}

impl Listen {
    /// Certificate chain and private key, where TLS is on.
    pub fn tls(&self) -> Option<(&PathBuf, &PathBuf)> {
        self.tls_cert.as_ref().zip(self.tls_key.as_ref())
    }
}

/// `[profile]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// A built-in name or a path; see `profile::named`.
    pub name: String,
}

/// `[ingest]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ingest {
    /// Largest message, in bytes.
    pub message_bytes: usize,
    /// Signals of one stream under way at once.
    pub in_flight: NonZeroUsize,
    /// Signals per second of one partner.
    pub rate_per_second: NonZeroU32,
    /// Signals at once after a pause.
    pub burst: NonZeroU32,
    /// How far a partner's clock may run ahead.
    #[serde(deserialize_with = "value::span")]
    pub clock_skew: Duration,
}

/// `[notify]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notify {
    /// What a link begins with.
    pub link_base: String,
    /// Tries before giving up.
    pub attempts_max: NonZeroU32,
    /// Pause before the second try.
    #[serde(deserialize_with = "value::span")]
    pub retry_pause: Duration,
    /// The mail server.
    pub smtp: Smtp,
    /// Webhooks.
    pub webhook: Webhook,
}

/// `[notify.webhook]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Whether receivers on this machine and in one's own network are called.
    pub allow_private: bool,
    /// Tries before giving up.
    pub attempts_max: NonZeroU32,
}

/// `[notify.smtp]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Absent: notices become files.
    #[serde(deserialize_with = "value::optional")]
    pub host: Option<String>,
    /// Port of the mail server.
    pub port: NonZeroU16,
    /// How the line to it is kept private.
    pub tls: SmtpTls,
    /// PEM file of the authorities to trust.
    #[serde(deserialize_with = "value::optional")]
    pub tls_ca: Option<PathBuf>,
    /// Who logs in there.
    #[serde(deserialize_with = "value::optional")]
    pub user: Option<String>,
    /// The file with his password.
    #[serde(deserialize_with = "value::optional")]
    pub password_file: Option<PathBuf>,
    /// The sender's address.
    #[serde(deserialize_with = "value::optional")]
    pub from: Option<String>,
}

/// How the line to the mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// Not at all.
    None,
    /// It begins in clear and must be upgraded.
    StartTls,
    /// From the first byte.
    Tls,
}

/// `[audit]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// The file with the address that is called while all is well. Absent: nobody outside is told.
    #[serde(deserialize_with = "value::optional")]
    pub sign_of_life_file: Option<PathBuf>,
    /// How often.
    #[serde(deserialize_with = "value::span")]
    pub sign_of_life_every: Duration,
}

/// `[clock]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// How many times as fast as the machine's.
    pub speed: f64,
    /// Where time starts. Absent: now.
    #[serde(deserialize_with = "value::optional")]
    pub start: Option<Timestamp>,
    /// When on the machine's clock time was at the start. Absent: when the process began, or where the log left off.
    #[serde(deserialize_with = "value::optional")]
    pub anchor: Option<Timestamp>,
}

impl Clock {
    /// Whether time is anything but the machine's.
    pub fn is_rehearsal(&self) -> bool {
        self.start.is_some() || (self.speed - 1.0).abs() > f64::EPSILON
    }
}

/// `[log]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// The shape of the lines.
    pub format: LogFormat,
    /// Which lines.
    pub filter: String,
}

/// The shape of the lines on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people at a terminal.
    Pretty,
    /// One JSON object per line.
    Json,
}

/// `[telemetry]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// Where machines that watch can look in, over plain HTTP. Absent: nowhere.
    #[serde(deserialize_with = "value::optional")]
    pub listen: Option<SocketAddr>,
    /// Whether other machines may look in.
    pub insecure: bool,
    /// Where traces and measures go over OTLP/gRPC. Absent: nowhere.
    #[serde(deserialize_with = "value::optional")]
    pub otlp: Option<String>,
    /// How often measures are sent there.
    #[serde(deserialize_with = "value::span")]
    pub otlp_every: Duration,
    /// The share of new traces that is kept, from 0 to 1.
    pub sample: f64,
}

/// `[keys]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The database that holds them. Absent: a file in the data folder.
    #[serde(deserialize_with = "value::optional")]
    pub url: Option<String>,
    /// The file of the master key. Absent: in the data folder.
    #[serde(deserialize_with = "value::optional")]
    pub master_file: Option<PathBuf>,
}

/// `[proof]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The file of the signing key. Absent: in the data folder.
    #[serde(deserialize_with = "value::optional")]
    pub key_file: Option<PathBuf>,
    /// What checkpoints are checked with. Absent: what belongs to the signing key.
    #[serde(deserialize_with = "value::optional")]
    pub verifier_key: Option<VerifierKey>,
    /// What the log is called in its checkpoints. Absent: `seinhuis/` and the name of the profile.
    #[serde(deserialize_with = "value::optional")]
    pub origin: Option<String>,
}

/// `[bus]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bus {
    /// The servers, with a comma between. Absent: none.
    #[serde(deserialize_with = "value::optional")]
    pub url: Option<String>,
    /// What every subject begins with.
    pub prefix: String,
    /// Who logs in there.
    #[serde(deserialize_with = "value::optional")]
    pub user: Option<String>,
    /// The file with his password.
    #[serde(deserialize_with = "value::optional")]
    pub password_file: Option<PathBuf>,
    /// PEM file of the authorities to trust.
    #[serde(deserialize_with = "value::optional")]
    pub tls_ca: Option<PathBuf>,
    /// PEM file of the certificate to show.
    #[serde(deserialize_with = "value::optional")]
    pub tls_cert: Option<PathBuf>,
    /// PEM file of its private key.
    #[serde(deserialize_with = "value::optional")]
    pub tls_key: Option<PathBuf>,
}

/// `[feed]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// The organisation's identification number. Absent: nothing is published.
    #[serde(deserialize_with = "value::optional")]
    pub oin: Option<String>,
    /// What the publishing system is called.
    pub system: String,
    /// What every type begins with.
    pub types: String,
    /// The stream in JetStream.
    pub stream: String,
    /// How long it keeps an event.
    #[serde(deserialize_with = "value::span")]
    pub keep: Duration,
    /// How many bytes it may take.
    pub bytes: u64,
    /// How long it knows an id again.
    #[serde(deserialize_with = "value::span")]
    pub duplicates: Duration,
    /// Servers that hold a copy.
    pub replicas: usize,
}

/// `[tokens]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// How many days a token counts.
    #[serde(rename = "valid_days")]
    pub days: u16,
}
