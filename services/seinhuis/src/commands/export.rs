//! `seinhuis export`: the log and its checkpoints in one file, to be checked elsewhere without this program.

use std::path::PathBuf;

use seinhuis_eventstore::Fault;
use seinhuis_eventstore::proof::{Book, Exported, Notary, export};

use super::print;
use crate::cli::Surroundings;
use crate::store::Store;
use crate::whole_file::WholeFile;
use crate::{proof, say};

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
    let out = WholeFile::begin(&args.out)?;
    let store = around.store().await?;
    let book = proof::book(&around.config, &store.folder).await?;
    let unsigned = signed(&store, &book, around).await?;
    let done = write(&store, &book, out).await;
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

async fn write(store: &Store, book: &Book, mut out: WholeFile) -> anyhow::Result<Exported> {
    let done = export(&store.log, book, out.writer()).await?;
    out.keep()?;
    Ok(done)
}
