//! What proves the log of a data folder: the book with its checkpoints, and the key they are signed with.

use data_encoding::BASE64;
use seinhuis_eventstore::Fault;
use seinhuis_eventstore::proof::{Book, Consistency, Inclusion, Signer, VerifierKey};
use seinhuis_runtime::Entropy;

use crate::config::Config;
use crate::store::Folder;

/// Opens the book beside the log: in the folder, or where the log is in PostgreSQL, in the same database.
pub async fn book(config: &Config, folder: &Folder) -> Result<Book, Fault> {
    let url = config.data.log_url.clone().unwrap_or_else(|| folder.book_url());
    Book::open(&url).await
}

/// Who signs the log of `profile`. The key is made when there is none yet.
pub fn signer(config: &Config, folder: &Folder, profile: &str, entropy: &Entropy) -> anyhow::Result<Signer> {
    Ok(Signer::open(&key_file(config, folder), &origin(config, profile), entropy)?)
}

/// What the checkpoints of the log of `profile` are checked with; `None` when there is no key here.
pub fn verifier(config: &Config, folder: &Folder, profile: &str) -> anyhow::Result<Option<VerifierKey>> {
    let signer = Signer::find(&key_file(config, folder), &origin(config, profile))?;
    Ok(signer.map(|signer| signer.verifier().clone()))
}

fn key_file(config: &Config, folder: &Folder) -> std::path::PathBuf {
    config.proof.key_file.clone().unwrap_or_else(|| folder.path().join("proof.key"))
}

fn origin(config: &Config, profile: &str) -> String {
    config.proof.origin.clone().unwrap_or_else(|| format!("seinhuis/{profile}"))
}

/// A proof file, as `docs/formats/checkpoint.md` has it.
pub fn inclusion_file(proof: &Inclusion) -> serde_json::Value {
    serde_json::json!({
        "kind": "inclusion",
        "position": proof.position.0,
        "size": proof.checkpoint.size,
        "leaf": BASE64.encode(&proof.leaf),
        "path": path(&proof.path),
        "checkpoint": proof.checkpoint.note,
    })
}

/// A proof file, as `docs/formats/checkpoint.md` has it.
pub fn consistency_file(proof: &Consistency) -> serde_json::Value {
    serde_json::json!({
        "kind": "consistency",
        "old_size": proof.old.size,
        "new_size": proof.new.size,
        "path": path(&proof.path),
        "old_checkpoint": proof.old.note,
        "checkpoint": proof.new.note,
    })
}

fn path(hashes: &[[u8; 32]]) -> Vec<String> {
    hashes.iter().map(|hash| BASE64.encode(hash)).collect()
}
