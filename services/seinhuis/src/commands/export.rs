//! `seinhuis export`: the log and its checkpoints in one file, to be checked elsewhere without this program.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use seinhuis_eventstore::Fault;
use seinhuis_eventstore::proof::{Book, Exported, Notary, export};
use tempfile::NamedTempFile;

use super::print;
use crate::cli::Surroundings;
use crate::store::Store;
use crate::{proof, say};

/// Bytes on their way to the disk.
const BUFFER: usize = 1 << 20;

/// Writes the log and every checkpoint of it to a file. What is new is signed first; also while a hub serves.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// The file, which must not be there yet.
    #[arg(long)]
    out: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub async fn run(args: ExportArgs, around: &Surroundings) -> anyhow::Result<()> {
    ensure!(!args.out.exists(), "{} is there already; an export is never written over", args.out.display());
    let store = around.store().await?;
    let book = proof::book(&around.config, &store.folder).await?;
    let unsigned = signed(&store, &book, around).await?;
    let done = write(&store, &book, &args.out).await;
    book.close().await;
    store.close().await;
    let done = done?;
    if args.json {
        print::json(&serde_json::json!({
            "events": done.events,
            "checkpoints": done.checkpoints,
            "signed": done.signed,
            "unsigned_because": unsigned.as_ref().map(ToString::to_string),
        }));
        return Ok(());
    }
    let Exported { events, checkpoints, signed } = done;
    say!("{}: {events} events, {checkpoints} checkpoints, signed up to {signed}", args.out.display());
    if let Some(why) = unsigned {
        say!("  NOT signed anew: {why}");
    }
    Ok(())
}

/// Signs what is new. A log that isn't the one that was signed is exported all the same, as it is: somebody wants to see.
async fn signed(store: &Store, book: &Book, around: &Surroundings) -> anyhow::Result<Option<Fault>> {
    let profile = around.profile()?.profile.name;
    let signer = proof::signer(&around.config, &store.folder, &profile, &store.entropy)?;
    match Notary::new(store.log.clone(), book.clone(), signer).catch_up().await {
        Ok(_) => Ok(None),
        Err(fault @ (Fault::Unavailable { .. } | Fault::Closed { .. })) => Err(fault.into()),
        Err(fault) => Ok(Some(fault)),
    }
}

/// Under another name until all of it is on disk.
async fn write(store: &Store, book: &Book, out: &Path) -> anyhow::Result<Exported> {
    let failed = || format!("can't write {}", out.display());
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder).with_context(failed)?;
    let mut writer = BufWriter::with_capacity(BUFFER, file.as_file_mut());
    let done = export(&store.log, book, &mut writer).await?;
    writer.flush().with_context(failed)?;
    drop(writer);
    file.as_file().sync_all().with_context(failed)?;
    file.persist_noclobber(out).with_context(failed)?;
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).with_context(failed)?;
    Ok(done)
}
