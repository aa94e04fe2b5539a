//! `seinhuis proof`: what others need to check the log without trusting whoever keeps it.

use seinhuis_eventstore::Position;
use seinhuis_eventstore::proof::Book;
use seinhuis_runtime::Entropy;

use super::print;
use crate::cli::Surroundings;
use crate::say;
use crate::store::Folder;
use crate::{proof, proof::consistency_file, proof::inclusion_file};

/// Proves what the log holds.
#[derive(Debug, clap::Subcommand)]
pub enum ProofCommand {
    /// Prints the key that checkpoints are checked with, for everybody to know. It is made when there is none yet.
    Key {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prints the last checkpoint.
    Checkpoint {
        /// The one of this many events instead.
        #[arg(long)]
        size: Option<u64>,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prints the proof that the event at a position is in the log.
    Inclusion {
        /// The position, as a receipt names it.
        position: u64,
        /// In the checkpoint of this many events instead of the last one.
        #[arg(long)]
        size: Option<u64>,
    },
    /// Prints the proof that the log of one checkpoint is the beginning of that of another.
    Consistency {
        /// The size of the earlier checkpoint.
        old: u64,
        /// The size of the later one; the last one when not given.
        new: Option<u64>,
    },
}

/// Runs the command. Proofs come from the book alone, also while a hub serves.
pub async fn run(command: ProofCommand, around: &Surroundings) -> anyhow::Result<()> {
    let folder = Folder::prepare(&around.config.data.folder)?;
    if let ProofCommand::Key { json } = command {
        let profile = around.profile()?.profile.name;
        let signer = proof::signer(&around.config, &folder, &profile, &Entropy::os())?;
        if json {
            print::json(&serde_json::json!({ "verifier_key": signer.verifier().to_string() }));
        } else {
            say!("{}", signer.verifier());
        }
        return Ok(());
    }
    let book = proof::book(&around.config, &folder).await?;
    let answered = answer(command, &book).await;
    book.close().await;
    answered
}

async fn answer(command: ProofCommand, book: &Book) -> anyhow::Result<()> {
    match command {
        ProofCommand::Key { .. } => {}
        ProofCommand::Checkpoint { size, json } => {
            let kept = book.checkpoint(size).await?;
            if json {
                print::json(&serde_json::json!({ "size": kept.size, "checkpoint": kept.note }));
            } else {
                say!("{}", kept.note.trim_end());
            }
        }
        ProofCommand::Inclusion { position, size } => {
            print::json(&inclusion_file(&book.inclusion(Position(position), size).await?));
        }
        ProofCommand::Consistency { old, new } => {
            print::json(&consistency_file(&book.consistency(old, new).await?));
        }
    }
    Ok(())
}
