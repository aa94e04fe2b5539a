//! `seinhuis subject erase ID`: destroys the key of a person, household or place. What was sealed under it is gone
//! from log, read models and backups of the log; cases remain, without the person.

use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::subject::{RecordErasure, Subject};
use seinhuis_eventstore::keyring::Erasure;

use super::print;
use crate::cli::Surroundings;
use crate::say;

/// Erases subjects.
#[derive(Debug, clap::Subcommand)]
pub enum SubjectCommand {
    /// Destroys the key of a subject. This can't be undone.
    Erase {
        /// The pseudonym, as `seinhuis case` shows it.
        id: SubjectId,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub async fn run(command: SubjectCommand, around: &Surroundings) -> anyhow::Result<()> {
    let SubjectCommand::Erase { id, json } = command;
    let store = around.store().await?;
    // The key first: a crash in between leaves a person erased and not yet recorded so, and running it again mends that.
    let erasure = store.keyring.erase(id).await?;
    if matches!(erasure, Erasure::Unknown) {
        store.close().await;
        anyhow::bail!("no subject {id} is known");
    }
    let done = store
        .log
        .execute::<Subject>(&(), &id.to_string(), RecordErasure { subject: id }, &store.by_admin())
        .await;
    let position = done?.position;
    store.close().await;
    if json {
        print::json(&serde_json::json!({ "subject": id, "erased": true, "position": position.0 }));
    } else {
        say!("{id} is erased; the fact stands at log position {position}");
    }
    Ok(())
}
