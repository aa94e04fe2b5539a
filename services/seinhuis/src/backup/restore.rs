//! The way back: everything is checked beside the data folder, and only what is right is put in its place.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use data_encoding::HEXLOWER;
use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::subject::Subject;
use seinhuis_eventstore::{Log, Position, StreamId, backup};

use cqrs_es::Aggregate;

use super::manifest::{Entry, Manifest};
use super::signed::Witness;
use super::{KEYS, LOG, judged, target};

/// The stored name of the fact that a subject's key is destroyed.
const ERASED: &str = "subject.erased";

/// Facts about subjects read in one go.
const PAGE: usize = 1_000;

/// What was put in place.
#[derive(Debug)]
pub struct Restored {
    /// The backup's manifest.
    pub manifest: Manifest,
    /// Subjects that the log records as erased and whose keys came back with the keys: destroyed again.
    pub erased_again: u64,
    /// Signed checkpoints that the log was held against.
    pub checkpoints: usize,
}

/// Puts the backup in `from` into `folder`, which must be empty or not there. With `keys_from` the keys are those of that
/// backup. A `witness` holds the log against what was signed. Whatever is wrong, nothing is put in place.
pub async fn restore(
    from: &Path,
    keys_from: Option<&Path>,
    witness: Option<&Witness>,
    folder: &Path,
) -> anyhow::Result<Restored> {
    target::must_be_empty(folder)?;
    let manifest = Manifest::read(from)?;
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).with_context(|| format!("can't make {}", parent.display()))?;
    // On the same file system, so that it comes into its place in one step; and gone when anything fails.
    let staged = tempfile::Builder::new().prefix(".restoring-").tempdir_in(parent);
    let staged = staged.with_context(|| format!("can't make a folder in {}", parent.display()))?;
    fetch(&manifest, from, keys_from, staged.path())?;
    compare(&manifest, &staged.path().join(LOG)).await?;
    let checkpoints = match witness {
        Some(witness) => {
            witness.hold_against(&staged.path().join(LOG), manifest.checkpoint.as_deref()).await?
        }
        None => 0,
    };
    let erased = erasures(&staged.path().join(LOG)).await?;
    let erased_again = backup::erase_again(&staged.path().join(KEYS), &erased).await?;
    for name in [LOG, KEYS] {
        backup::gather(&staged.path().join(name)).await?;
    }
    target::sync(staged.path())?;
    let staged = staged.keep();
    if let Err(error) = std::fs::rename(&staged, folder) {
        std::fs::remove_dir_all(&staged).ok();
        return Err(error).with_context(|| format!("can't put the data into {}", folder.display()));
    }
    target::sync(parent)?;
    Ok(Restored { manifest, erased_again, checkpoints })
}

/// Copies every file, and holds the copy against its manifest.
fn fetch(manifest: &Manifest, from: &Path, keys_from: Option<&Path>, to: &Path) -> anyhow::Result<()> {
    for name in [LOG, KEYS] {
        ensure!(manifest.entry(name).is_some(), "the manifest in {} names no {name}", from.display());
    }
    let mut other = None;
    if let Some(folder) = keys_from {
        let manifest = Manifest::read(folder)?;
        let entry = manifest.entry(KEYS).cloned();
        other = Some((
            folder,
            entry.with_context(|| format!("the manifest in {} names no {KEYS}", folder.display()))?,
        ));
    }
    for entry in &manifest.files {
        match &other {
            Some((folder, keys)) if entry.name == KEYS => fetch_one(keys, folder, to)?,
            _ => fetch_one(entry, from, to)?,
        }
    }
    Ok(())
}

fn fetch_one(entry: &Entry, from: &Path, to: &Path) -> anyhow::Result<()> {
    let name = &entry.name;
    target::copy_file(&from.join(name), &to.join(name))?;
    let copied = Entry::of(to, name)?;
    if copied != *entry {
        let Entry { bytes, sha256, .. } = entry;
        bail!(
            "{} isn't what was backed up: {bytes} bytes with SHA-256 {sha256} by the manifest, {} bytes with {} found",
            from.join(name).display(),
            copied.bytes,
            copied.sha256
        );
    }
    Ok(())
}

/// Verifies the log from its bytes, and holds it against the manifest.
async fn compare(manifest: &Manifest, log: &Path) -> anyhow::Result<()> {
    let verdict = judged(log).await?;
    let root = HEXLOWER.encode(&verdict.root);
    ensure!(
        (verdict.events, root.as_str()) == (manifest.head, manifest.root.as_str()),
        "the log has {} events with root {root}, the manifest says {} with root {}",
        verdict.events,
        manifest.head,
        manifest.root
    );
    Ok(())
}

/// Every subject that the log records as erased.
async fn erasures(file: &Path) -> anyhow::Result<Vec<SubjectId>> {
    let log = Log::open(&format!("sqlite:{}", file.display())).await?;
    let read = read_erasures(&log).await;
    log.close().await;
    read
}

async fn read_erasures(log: &Log) -> anyhow::Result<Vec<SubjectId>> {
    let (mut erased, mut after) = (Vec::new(), Position::START);
    loop {
        let page = log.read_kind(Subject::TYPE, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(erased) };
        after = last.position;
        for event in page.iter().filter(|event| event.name == ERASED) {
            erased.push(subject(&event.stream).with_context(|| format!("event {}", event.position))?);
        }
    }
}

fn subject(stream: &StreamId) -> anyhow::Result<SubjectId> {
    stream.id().parse().map_err(|_| anyhow::anyhow!("{stream} is about no subject"))
}
