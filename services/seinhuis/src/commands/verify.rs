//! `seinhuis verify`: is the log whole, is it the one that was signed, and do the read models say what the log says?

use seinhuis_eventstore::proof::VerifierKey;
use seinhuis_eventstore::{Verdict, verify_signed};
use seinhuis_projections::{Comparison, Follower, Views, compare};

use super::print;
use crate::cli::Surroundings;
use crate::config::Data;
use crate::hub::groups::{GROUPS, Group};
use crate::store::Store;
use crate::{proof, say};

/// Checks the log from its stored bytes and against every signed checkpoint, and every read model against a rebuild from position 0.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// Only the log, not the read models.
    #[arg(long)]
    log_only: bool,
    /// The verifier key as it was published. Without it the one in the folder counts.
    #[arg(long)]
    key: Option<String>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command: 0 when all is sound, 1 when something was found.
pub async fn run(args: VerifyArgs, around: &Surroundings) -> anyhow::Result<u8> {
    let store = around.store().await?;
    let verdict = signed(&store, args.key.as_deref(), around).await?;
    let models = if args.log_only { vec![] } else { compare_all(&store, &around.config.data).await? };
    store.close().await;
    let sound = verdict.is_sound() && models.iter().all(Comparison::is_equal);
    if args.json {
        let models: Vec<_> = models
            .iter()
            .map(|m| serde_json::json!({ "model": m.live.model.name(), "equal": m.is_equal() }))
            .collect();
        let findings: Vec<_> = verdict.findings.iter().map(ToString::to_string).collect();
        print::json(&serde_json::json!({
            "sound": sound,
            "events": verdict.events,
            "root": data_encoding::HEXLOWER.encode(&verdict.root),
            "checkpoints": verdict.checkpoints,
            "signed": verdict.signed,
            "findings": findings,
            "models": models,
        }));
    } else {
        say!("log: {} events, root {}", verdict.events, data_encoding::HEXLOWER.encode(&verdict.root));
        match verdict.checkpoints {
            0 => say!("proof: no checkpoint"),
            count => say!("proof: {count} checkpoints, signed up to {}", verdict.signed),
        }
        verdict.findings.iter().for_each(|finding| say!("  FOUND {finding}"));
        for model in &models {
            let said = if model.is_equal() { "equal to its rebuild" } else { "DIFFERS from its rebuild" };
            say!(
                "read model {}: {said}, {} rows at position {}",
                model.live.model.name(),
                model.live.rows,
                model.live.position
            );
        }
        say!("{}", if sound { "sound" } else { "NOT sound" });
    }
    Ok(u8::from(!sound))
}

/// Checks the log, and that it is the one that was signed.
pub async fn signed(store: &Store, key: Option<&str>, around: &Surroundings) -> anyhow::Result<Verdict> {
    let key = match key {
        Some(text) => {
            let parsed = text.parse::<VerifierKey>();
            Some(parsed.map_err(|rule| anyhow::anyhow!("--key {text:?} is no verifier key: {rule}"))?)
        }
        None => proof::verifier(&around.config, &store.folder, &around.profile()?.profile.name)?,
    };
    let book = proof::book(&around.config, &store.folder).await?;
    let verdict = verify_signed(&store.log, &book, key.as_ref()).await;
    book.close().await;
    Ok(verdict?)
}

/// Compares every read model with its rebuild.
pub async fn compare_all(store: &Store, settings: &Data) -> anyhow::Result<Vec<Comparison>> {
    let mut models = Vec::new();
    for group in GROUPS {
        models.extend(rebuilt(store, group, settings).await?);
    }
    Ok(models)
}

/// Compares the live read models of a group with a rebuild, after bringing them up to the head of the log.
async fn rebuilt(store: &Store, group: &Group, settings: &Data) -> anyhow::Result<Vec<Comparison>> {
    let scratch = tempfile::tempdir()?;
    let views = Views::open(&store.folder.views_url(group.name, settings), group.models).await?;
    Follower::new(store.log.clone(), views.clone()).catch_up().await?;
    let compared = compare(&store.log, &views, scratch.path()).await;
    views.close().await;
    Ok(compared?)
}
