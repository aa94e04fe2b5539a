//! `seinhuis projections`: how each read model stands; `rebuild` makes them anew from the log, beside a serving hub.

use std::convert::Infallible;
use std::time::Instant;

use anyhow::Context;
use seinhuis_contract::proto::history::v1::RebuiltModel;
use seinhuis_projections::{Progress, Rebuild, Rebuilt, Standing, Views};
use seinhuis_runtime::Background;
use tokio::sync::watch;

use super::print;
use crate::cli::Surroundings;
use crate::hub::groups::GROUPS;
use crate::rebuild::{self, Meter, told};
use crate::say;
use crate::store::Store;

/// Bytes of rows that a rebuild holds in memory, about. Nothing else is in this process.
const MEMORY: usize = 160 << 20;

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
            rebuild(&store, around, &models, args.json).await.map(|()| 0)
        }
    };
    store.close().await;
    done
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

async fn rebuild(store: &Store, around: &Surroundings, names: &[String], json: bool) -> anyhow::Result<()> {
    let places = rebuild::places(&store.folder, &around.config.data);
    let models = places.models(names)?;
    let rebuild = places.open(Rebuild::from(store.log.clone()).with_memory(MEMORY), &models).await?;
    let (began, mut meter) = (Instant::now(), Meter::new());
    let progress = rebuild.progress();
    // A hub that serves on the same machine goes first.
    let background = Background::start().context("the background can't be started")?;
    let rebuilt = tokio::select! {
        rebuilt = background.handle().spawn(rebuild.run()) => rebuilt?,
        never = show(progress, &mut meter, began) => match never {},
    };
    meter.close();
    let of_model = |Rebuilt { model, position, swap }: Rebuilt| RebuiltModel {
        model: model.name().to_owned(),
        position: position.0,
        swap_ms: swap.as_secs_f64() * 1e3,
    };
    told(&rebuilt?.into_iter().map(of_model).collect::<Vec<_>>(), began.elapsed(), json);
    Ok(())
}

/// Shows how far it is for as long as this is waited for.
async fn show(mut progress: watch::Receiver<Progress>, meter: &mut Meter, began: Instant) -> Infallible {
    while progress.changed().await.is_ok() {
        let now = *progress.borrow_and_update();
        meter.show(&now, now.pace(began.elapsed()));
    }
    std::future::pending().await
}
