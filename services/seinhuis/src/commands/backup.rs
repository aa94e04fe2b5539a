//! `seinhuis backup` and `seinhuis restore`: the log and its keys out of a data folder, and into an empty one.

use std::path::PathBuf;

use super::print;
use crate::backup::{self, Manifest, Witness};
use crate::cli::Surroundings;
use crate::say;

/// Backs up log and keys, also while the hub serves.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// The folder to write to, empty or not there yet.
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Puts a backup into an empty data folder.
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// The folder of the backup.
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
    /// Another backup to take the keys from. What the log records as erased is erased in them too.
    #[arg(long, value_name = "FOLDER")]
    keys_from: Option<PathBuf>,
    /// The log's verifier key: the backup's own checkpoint must be signed by it, and its root be the log's.
    #[arg(long, value_name = "VKEY")]
    key: Option<String>,
    /// A signed checkpoint that was kept elsewhere, and that the log must agree with; may be given again.
    #[arg(long, value_name = "NOTE_FILE", requires = "key")]
    checkpoint: Vec<PathBuf>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Runs `backup`.
pub async fn run(args: BackupArgs, around: &Surroundings) -> anyhow::Result<()> {
    let manifest = backup::take(around, &args.to).await?;
    if args.json {
        print::json(&serde_json::to_value(&manifest)?);
        return Ok(());
    }
    tell(&manifest);
    say!("in {}. The master key and the signing key aren't in it: keep them apart.", args.to.display());
    Ok(())
}

/// Runs `restore`.
pub async fn run_restore(args: RestoreArgs, around: &Surroundings) -> anyhow::Result<()> {
    let folder = &around.config.data.folder;
    let witness = args.key.as_deref().map(|key| Witness::read(key, &args.checkpoint)).transpose()?;
    let restored = backup::restore(&args.from, args.keys_from.as_deref(), witness.as_ref(), folder).await?;
    if args.json {
        let mut told = serde_json::to_value(&restored.manifest)?;
        told["erased_again"] = restored.erased_again.into();
        told["checkpoints"] = restored.checkpoints.into();
        print::json(&told);
        return Ok(());
    }
    tell(&restored.manifest);
    if restored.erased_again > 0 {
        say!("{} subjects had been erased since: their keys are destroyed again", restored.erased_again);
    }
    say!(
        "in {}. Put the master key in its place before serving; read models are built anew.",
        folder.display()
    );
    Ok(())
}

fn tell(manifest: &Manifest) {
    let Manifest { profile, taken_at, head, root, files, .. } = manifest;
    say!("backup of {profile}, taken at {taken_at}: {head} events, root {root}");
    for file in files {
        say!("  {}, {} bytes", file.name, file.bytes);
    }
}
