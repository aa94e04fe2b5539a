//! What lies in the data folder: the log, the keys, the read models, the notices written as files.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use seinhuis_eventstore::keyring::Keyring;
use seinhuis_eventstore::{Context, Fault, Log, Position};
use seinhuis_runtime::{Clock, Entropy};

use crate::config::{Data, Keys};
use crate::wait;

/// The places in a data folder.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes the folder where it is missing, readable by its owner only.
    pub fn prepare(path: &Path) -> anyhow::Result<Self> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).with_context(|| format!("can't make the data folder {}", path.display()))?;
        Ok(Self(path.to_owned()))
    }

    /// The folder, for who only looks: it needn't be there.
    pub(crate) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The log's address.
    pub fn log_url(&self) -> String {
        format!("sqlite:{}", self.0.join("log.sqlite").display())
    }

    /// The address of a group of read models; in a database, all groups share one.
    pub fn views_url(&self, group: &str, settings: &Data) -> String {
        let own = || format!("sqlite:{}", self.0.join(format!("{group}.sqlite")).display());
        settings.views_url.clone().unwrap_or_else(own)
    }

    /// Where the keys are; by default, they and their master key lie in the folder.
    pub fn keys(&self, settings: &Keys) -> KeyPlace {
        let own = |name| self.0.join(name);
        KeyPlace {
            at: settings.url.clone().map_or_else(|| own("keys.sqlite").into(), Into::into),
            master: settings.master_file.clone().unwrap_or_else(|| own("master.key")),
        }
    }

    /// The address of the proof book.
    pub fn book_url(&self) -> String {
        format!("sqlite:{}", self.0.join("proof.sqlite").display())
    }

    /// Where notices go as files.
    pub fn notices(&self) -> PathBuf {
        self.0.join("notices")
    }

    /// Takes the folder for one serving process; a second one is refused.
    pub fn lock(&self) -> anyhow::Result<File> {
        let path = self.0.join("hub.lock");
        let file = File::create(&path).with_context(|| format!("can't make {}", path.display()))?;
        if file.try_lock().is_err() {
            bail!("another hub serves the data folder {}", self.0.display());
        }
        Ok(file)
    }
}

/// Where the key store and its master key are.
#[derive(Debug, Clone)]
pub struct KeyPlace {
    /// The address of a database, or the path of a file.
    pub at: OsString,
    /// The file of the master key.
    pub master: PathBuf,
}

/// The log, open, and what is needed to write to it.
#[derive(Debug, Clone)]
pub struct Store {
    /// Where.
    pub folder: Folder,
    /// The log.
    pub log: Log,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
}

impl Store {
    /// Opens the folder. `log_url` names the database of the log; by default it lies in the folder.
    pub async fn open(
        path: &Path,
        log_url: Option<&str>,
        clock: Clock,
        entropy: Entropy,
    ) -> anyhow::Result<Self> {
        Self::opened_by(path, log_url, clock, entropy, async |url| Log::open(url).await).await
    }

    /// The same, waiting for a database that isn't up yet.
    pub async fn awaited(
        path: &Path,
        log_url: Option<&str>,
        clock: Clock,
        entropy: Entropy,
    ) -> anyhow::Result<Self> {
        let patiently =
            async |url: &str| wait::opened("the log", wait::may_come, async || Log::open(url).await).await;
        Self::opened_by(path, log_url, clock, entropy, patiently).await
    }

    async fn opened_by(
        path: &Path,
        log_url: Option<&str>,
        clock: Clock,
        entropy: Entropy,
        open: impl AsyncFnOnce(&str) -> Result<Log, Fault>,
    ) -> anyhow::Result<Self> {
        let folder = Folder::prepare(path)?;
        let log = open(log_url.unwrap_or(&folder.log_url())).await?;
        Ok(Self { folder, log, clock, entropy })
    }

    /// Opens the keys, which only some need.
    pub async fn keyring(&self, settings: &Keys) -> Result<Keyring, Fault> {
        let place = self.folder.keys(settings);
        Keyring::open(&place.at, &place.master, self.entropy.clone()).await
    }

    /// The context of what an administrator does at the terminal.
    pub fn by_admin(&self) -> Context {
        Context { actor: "admin:terminal".into(), at: self.clock.now(), trace: None }
    }

    /// The last instant the log knows of.
    pub async fn last_recorded(&self) -> anyhow::Result<Option<Timestamp>> {
        let last = Position(self.log.head().0.saturating_sub(1));
        Ok(self.log.read(last, 1).await?.events.last().map(|event| event.recorded_at))
    }

    /// Waits for what is under way and closes the log.
    pub async fn close(self) {
        self.log.close().await;
    }
}
