//! A backup of the embedded log and of its keys, taken while the hub serves, and its way back into a data folder.
//!
//! The log is copied first and the keys after it. A signal's keys are on disk before its event is, so the copy of the keys
//! has every key that the copy of the log needs. The master key and the key that signs checkpoints are never in a
//! backup: who finds one must not be able to read or sign anything.

mod manifest;
mod restore;
mod target;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use seinhuis_eventstore::{Log, Verdict, backup, verify};
use seinhuis_runtime::Clock;

use crate::cli::Surroundings;
pub use manifest::Manifest;
pub use restore::{Restored, restore};

/// The log, in the data folder and in a backup.
const LOG: &str = "log.sqlite";
/// The keys.
const KEYS: &str = "keys.sqlite";
/// Every file a backup may hold besides its manifest.
const FILES: [&str; 4] = [LOG, KEYS, PROOF, SETTINGS];
/// The proof book: rebuilt from the log, but for the checkpoints that were signed.
const PROOF: &str = "proof.sqlite";
/// Settings of the folder.
const SETTINGS: &str = "seinhuis.toml";

/// Backs the data folder up into `to`, a folder that is empty or isn't there, and tells what is in it.
///
/// Nothing is a backup before its manifest is there, which is written last. A log that doesn't verify is refused:
/// a backup that can't be restored must not push out one that can.
pub async fn take(around: &Surroundings, to: &Path) -> anyhow::Result<Manifest> {
    let data = &around.config.data;
    let log = embedded(data.log_url.as_deref(), &data.folder)?;
    target::prepare(to)?;
    copy(&log, &to.join(LOG)).await?;
    copy(&data.folder.join(KEYS), &to.join(KEYS)).await?;
    if data.folder.join(PROOF).exists() {
        copy(&data.folder.join(PROOF), &to.join(PROOF)).await?;
    }
    let settings = data.folder.join(SETTINGS);
    if settings.exists() {
        target::copy_file(&settings, &to.join(SETTINGS))?;
    }
    let verdict = judged(&to.join(LOG)).await?;
    let profile = around.profile()?.profile.name;
    let manifest = Manifest::of(to, &profile, Clock::system().now(), &verdict)?;
    manifest.write(to)?;
    Ok(manifest)
}

/// The file of the log.
fn embedded(url: Option<&str>, folder: &Path) -> anyhow::Result<PathBuf> {
    match url {
        None => Ok(folder.join(LOG)),
        Some(url) => url.strip_prefix("sqlite:").map(PathBuf::from).context(
            "data.log_url is a PostgreSQL database: it is backed up with PostgreSQL's own tools, see docs/guides/operations.md",
        ),
    }
}

async fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    ensure!(from.is_file(), "there is no {}: is this the data folder?", from.display());
    backup::copy(from, to).await.with_context(|| format!("can't copy {} to {}", from.display(), to.display()))
}

/// Verifies the log in the file, which nobody else has open, and leaves it in one piece.
async fn judged(file: &Path) -> anyhow::Result<Verdict> {
    let log = Log::open(&format!("sqlite:{}", file.display())).await?;
    let verdict = verify(&log).await;
    log.close().await;
    backup::gather(file).await?;
    let verdict = verdict?;
    if let Some(finding) = verdict.findings.first() {
        bail!("the log isn't sound, {} findings; the first: {finding}", verdict.findings.len());
    }
    Ok(verdict)
}
