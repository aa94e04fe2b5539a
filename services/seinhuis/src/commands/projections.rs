//! `seinhuis projections`: how each read model stands; `rebuild` makes them anew from the log, beside a serving hub.

mod meter;

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::bail;
use seinhuis_projections::{Model, Rebuild, Rebuilt, Standing, Views};

use super::print;
use crate::cli::Surroundings;
use crate::hub::groups::GROUPS;
use crate::say;
use crate::store::Store;
use meter::Meter;

/// Bytes of rows that a rebuild holds in memory, about. Nothing else is in this process.
const MEMORY: usize = 256 << 20;

/// Shows how each read model stands, or rebuilds read models while the hub serves.
#[derive(Debug, clap::Args)]
pub struct ProjectionsArgs {
    #[command(subcommand)]
    command: Option<ProjectionsCommand>,
    /// Prints JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum ProjectionsCommand {
    /// Makes read models anew from the log. Those that are there are asked until the new ones take their place; cut short, it
    /// goes on when run again.
    Rebuild {
        /// Which ones; all of them when none is named.
        models: Vec<String>,
    },
}

/// Runs the command: 0 when all is well, 1 when a model stands before an event that it can't take in.
pub async fn run(args: ProjectionsArgs, around: &Surroundings) -> anyhow::Result<u8> {
    let store = around.store().await?;
    let done = match args.command {
        None => list(&store, around, args.json).await,
        Some(ProjectionsCommand::Rebuild { models }) => {
            rebuild(&store, around, &chosen(&models)?, args.json).await.map(|()| 0)
        }
    };
    store.close().await;
    done
}

/// The models of these names, or all that have tables.
fn chosen(names: &[String]) -> anyhow::Result<BTreeSet<Model>> {
    let all = || GROUPS.iter().flat_map(|group| group.models).copied();
    let known = |name: &String| match all().find(|model| model.name() == name) {
        Some(model) => Ok(model),
        None => {
            let names: Vec<&str> = all().map(|model| model.name()).collect();
            bail!("{name:?} is no read model: there is {}", names.join(", "))
        }
    };
    if names.is_empty() { Ok(all().collect()) } else { names.iter().map(known).collect() }
}

async fn list(store: &Store, around: &Surroundings, json: bool) -> anyhow::Result<u8> {
    let head = store.log.head();
    let mut all = Vec::new();
    for group in GROUPS {
        let url = store.folder.views_url(group.name, &around.config.data);
        let views = Views::look_in(&url, group.models).await?;
        all.extend(views.standing(&store.log).await?);
        views.close().await;
    }
    let lag = |standing: &Standing| head.0.saturating_sub(standing.position.0);
    if json {
        let one = |standing: &Standing| {
            serde_json::json!({
                "model": standing.model.name(),
                "version": standing.version,
                "asked": standing.asked,
                "position": standing.position.0,
                "lag": lag(standing),
                "beside": standing.beside.map(|at| at.0),
                "stopped": standing.stopped.as_ref().map(reason),
            })
        };
        print::json(
            &serde_json::json!({ "head": head.0, "models": all.iter().map(one).collect::<Vec<_>>() }),
        );
    } else {
        say!("log position {head}\n");
        let row = |standing: &Standing| {
            let version = standing.asked.map_or_else(|| "-".to_owned(), |version| version.to_string());
            let (position, lag) = (standing.position.to_string(), lag(standing).to_string());
            vec![standing.model.name().to_owned(), version, position, lag, state(standing)]
        };
        let rows: Vec<_> = all.iter().map(row).collect();
        print::table(&["model", "version", "position", "lag", "state"], &rows);
    }
    Ok(u8::from(all.iter().any(|standing| standing.stopped.is_some())))
}

/// What there is to say of a model, the worst first.
fn state(standing: &Standing) -> String {
    match (&standing.stopped, standing.beside, standing.asked) {
        (Some(fault), ..) => format!("STOPPED: {}", reason(fault)),
        (None, Some(at), _) => format!("asked; a rebuild is at {at}"),
        (None, None, None) => "not made yet".to_owned(),
        (None, None, Some(asked)) if asked != standing.version => {
            format!("asked until version {} is rebuilt", standing.version)
        }
        (None, None, Some(_)) => "follows".to_owned(),
    }
}

/// A fault with what lies below it.
fn reason(fault: &seinhuis_projections::Fault) -> String {
    let chain = std::iter::successors(Some(fault as &dyn std::error::Error), |fault| fault.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

async fn rebuild(
    store: &Store,
    around: &Surroundings,
    chosen: &BTreeSet<Model>,
    json: bool,
) -> anyhow::Result<()> {
    let (mut rebuild, mut places) = (Rebuild::from(store.log.clone()).with_memory(MEMORY), Vec::new());
    for group in GROUPS {
        let models: Vec<Model> =
            group.models.iter().copied().filter(|model| chosen.contains(model)).collect();
        if models.is_empty() {
            continue;
        }
        let views =
            Views::open(&store.folder.views_url(group.name, &around.config.data), group.models).await?;
        rebuild = rebuild.with(&views, &models);
        places.push(views);
    }
    let began = Instant::now();
    let mut meter = Meter::new(rebuild.progress(), began);
    let rebuilt = tokio::select! {
        rebuilt = rebuild.run() => rebuilt,
        never = meter.run() => match never {},
    };
    meter.close();
    for views in places {
        views.close().await;
    }
    told(&rebuilt?, began, json);
    Ok(())
}

fn told(rebuilt: &[Rebuilt], began: Instant, json: bool) {
    let seconds = began.elapsed().as_secs_f64();
    let swap_ms = |model: &Rebuilt| model.swap.as_secs_f64() * 1e3;
    if json {
        let one = |model: &Rebuilt| {
            serde_json::json!({
                "model": model.model.name(),
                "position": model.position.0,
                "swap_ms": swap_ms(model),
            })
        };
        print::json(
            &serde_json::json!({ "seconds": seconds, "models": rebuilt.iter().map(one).collect::<Vec<_>>() }),
        );
        return;
    }
    if rebuilt.is_empty() {
        say!("the log is empty: there is nothing to rebuild");
    }
    for model in rebuilt {
        say!("{} is rebuilt up to {}, in place after {:.1} ms", model.model, model.position, swap_ms(model));
    }
    say!("{seconds:.1} s");
}
