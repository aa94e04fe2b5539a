//! `seinhuis verify`: is the log whole, and do the read models say what the log says?

use seinhuis_eventstore::verify;
use seinhuis_projections::{Comparison, Follower, Views, compare};

use super::print;
use crate::cli::Surroundings;
use crate::hub::groups::{GROUPS, Group};
use crate::say;
use crate::store::Store;

/// Checks the log from its stored bytes, and every read model against a rebuild from position 0.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// Only the log, not the read models.
    #[arg(long)]
    log_only: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command: 0 when all is sound, 1 when something was found.
pub async fn run(args: VerifyArgs, around: &Surroundings) -> anyhow::Result<u8> {
    let store = around.store().await?;
    let verdict = verify(&store.log).await?;
    let models = if args.log_only { vec![] } else { compare_all(&store).await? };
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
            "findings": findings,
            "models": models,
        }));
    } else {
        say!("log: {} events, root {}", verdict.events, data_encoding::HEXLOWER.encode(&verdict.root));
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

/// Compares every read model with its rebuild.
pub async fn compare_all(store: &Store) -> anyhow::Result<Vec<Comparison>> {
    let mut models = Vec::new();
    for group in GROUPS {
        models.extend(rebuilt(store, group).await?);
    }
    Ok(models)
}

/// Compares the live read models of a group with a rebuild, after bringing them up to the head of the log.
async fn rebuilt(store: &Store, group: &Group) -> anyhow::Result<Vec<Comparison>> {
    let scratch = tempfile::tempdir()?;
    let views = Views::open(&store.folder.views_url(group.name), group.models).await?;
    Follower::new(store.log.clone(), views.clone()).catch_up().await?;
    let compared = compare(&store.log, &views, scratch.path()).await;
    views.close().await;
    Ok(compared?)
}
