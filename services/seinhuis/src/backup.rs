//! A backup of the embedded log and of its keys, taken while the hub serves, and its way back into a data folder.
//!
//! The proof book is copied first, so that it signs nothing which the copy of the log lacks; then the log, and then the keys. A signal's keys are on disk before its event is, so the copy of the keys
//! has every key that the copy of the log needs. The master key and the key that signs checkpoints are never in a
//! backup: who finds one must not be able to read or sign anything.

mod manifest;
mod restore;
mod signed;
mod target;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use seinhuis_eventstore::proof::Book;
use seinhuis_eventstore::{Log, Verdict, backup, verify};
use seinhuis_runtime::Clock;

use crate::cli::Surroundings;
pub use manifest::Manifest;
pub use restore::{Restored, restore};
pub use signed::Witness;

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
    ensure!(
        around.config.keys.url.is_none(),
        "keys.url is a PostgreSQL database: it is backed up with PostgreSQL's own tools, see docs/guides/operations.md"
    );
    target::prepare(to)?;
    if data.folder.join(PROOF).exists() {
        copy(&data.folder.join(PROOF), &to.join(PROOF)).await?;
    }
    copy(&log, &to.join(LOG)).await?;
    copy(&data.folder.join(KEYS), &to.join(KEYS)).await?;
    let settings = data.folder.join(SETTINGS);
    if settings.exists() {
        target::copy_file(&settings, &to.join(SETTINGS))?;
    }
    let verdict = judged(&to.join(LOG)).await?;
    let profile = around.profile()?.profile.name;
    let checkpoint = last_signed(&to.join(PROOF)).await?;
    let manifest = Manifest::of(to, &profile, Clock::system().now(), &verdict, checkpoint)?;
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

/// The last checkpoint in a copied proof book, where there is one.
async fn last_signed(file: &Path) -> anyhow::Result<Option<String>> {
    if !file.exists() {
        return Ok(None);
    }
    let book = Book::open(&format!("sqlite:{}", file.display())).await?;
    let latest = book.latest().await;
    book.close().await;
    backup::gather(file).await?;
    Ok(latest?.map(|kept| kept.note))
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
