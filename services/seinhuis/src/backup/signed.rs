//! Signed checkpoints that a restored log must agree with. Their signatures and the tree are worked out by the stand-alone
//! verifier's code: a restore stands on what outsiders stand on.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use seinhuis_eventstore::{Log, Position};
use seinhuis_verifier::{Checkpoint, Key, Tree};

/// Leaves read in one go.
const PAGE: u64 = 16_384;

/// Who signed the log, and what was kept of that elsewhere.
#[derive(Debug)]
pub struct Witness {
    key: Key,
    kept: Vec<(PathBuf, Checkpoint)>,
}

impl Witness {
    /// A verifier key, and files with checkpoints signed by it.
    pub fn read(key: &str, files: &[PathBuf]) -> anyhow::Result<Self> {
        let key = Key::parse(key).map_err(|why| anyhow!("--key: {why}"))?;
        let open = |path: &PathBuf| {
            let note = std::fs::read(path).with_context(|| format!("can't read {}", path.display()))?;
            let checkpoint = Checkpoint::open(&note, &key);
            Ok((path.clone(), checkpoint.map_err(|why| anyhow!("{}: {why}", path.display()))?))
        };
        let kept = files.iter().map(open).collect::<anyhow::Result<_>>()?;
        Ok(Self { key, kept })
    }

    /// Holds the log in `file` against the checkpoint in its own manifest and against the kept ones, and tells how many
    /// there were.
    pub(super) async fn hold_against(&self, file: &Path, own: Option<&str>) -> anyhow::Result<usize> {
        let mut all = self.kept.clone();
        if let Some(note) = own {
            let checkpoint = Checkpoint::open(note.as_bytes(), &self.key);
            let checkpoint = checkpoint.map_err(|why| anyhow!("the checkpoint in the manifest: {why}"))?;
            all.push((PathBuf::from("the manifest"), checkpoint));
        }
        ensure!(
            !all.is_empty(),
            "the backup has no checkpoint, and none was given: --key has nothing to check"
        );
        all.sort_by_key(|(_, checkpoint)| checkpoint.size);
        let log = Log::open(&format!("sqlite:{}", file.display())).await?;
        let held = agree(&log, &all).await;
        log.close().await;
        held.map(|()| all.len())
    }
}

/// Whether the log has the root of each of the checkpoints, which come in order of size.
async fn agree(log: &Log, checkpoints: &[(PathBuf, Checkpoint)]) -> anyhow::Result<()> {
    let mut tree = Tree::default();
    for (from, checkpoint) in checkpoints {
        let (size, from) = (checkpoint.size, from.display());
        while tree.size() < size {
            let limit = (size - tree.size()).min(PAGE) as usize;
            let leaves = log.leaves(Position(tree.size()), limit).await?;
            if leaves.is_empty() {
                bail!("the log ends at {}, the checkpoint in {from} was signed at {size}", tree.size());
            }
            leaves.into_iter().for_each(|leaf| tree.push(leaf));
        }
        ensure!(
            tree.root() == checkpoint.root,
            "the first {size} events aren't the ones that were signed: the checkpoint in {from} has another root"
        );
    }
    Ok(())
}
