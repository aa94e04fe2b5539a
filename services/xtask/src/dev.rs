//! `cargo xtask dev`: the hub from this tree, in one process or a process for each role, until Ctrl-C.

mod child;
mod engines;
mod hub;
mod place;
mod plan;
mod welcome;

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use self::child::Child;
use self::engines::Engines;
use self::hub::Hub;
use self::place::Place;
use crate::command;
use crate::need;
use crate::workspace::Workspace;

/// How, and where its data is kept.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A process for each role, on PostgreSQL and NATS, which are started too. Otherwise one process on files.
    #[arg(long)]
    split: bool,
    /// Keeps the data in this folder, and goes on with what is there. Otherwise it is thrown away at the end.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Builds it as it is shipped.
    #[arg(long)]
    release: bool,
}

/// Builds the hub, starts what it needs and it, says what to try, and stops all of it when asked to.
///
/// # Errors
/// When something it needs cannot be had, the code does not build, or a process does not start.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    if options.split {
        need::postgres::ready()?;
        need::nats::ready()?;
    }
    // From here on nobody ends us but ourselves, so that whatever was started is stopped.
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("signals can't be heard")?;
    let program = build(workspace, options.release)?;
    let place = Place::open(options.keep.as_deref())?;
    // What is made last is dropped first: the hub before what it stands on.
    let mut engines = Engines::default();
    let mut hub = Hub::new(program, &place);
    let started = start(&mut hub, &mut engines, &place, options.split);
    if started.is_ok() {
        welcome::say(&hub, &place, workspace)?;
        signals.forever().next();
        eprintln!("\nstopping: what is under way is finished first");
    }
    hub.stop();
    engines.stop();
    started
}

fn start(hub: &mut Hub, engines: &mut Engines, place: &Place, split: bool) -> anyhow::Result<()> {
    let settings = if split { engines.start(place)? } else { String::new() };
    hub.start(&settings, split)
}

/// With the features of the whole workspace, so that what the gate built is built already.
fn build(workspace: &Workspace, release: bool) -> anyhow::Result<PathBuf> {
    let mut build = workspace.cargo();
    build.args(["build", "--workspace", "--bin", "seinhuis", "--locked"]);
    let profile = if release { "release" } else { "debug" };
    command::run(build.args(release.then_some("--release")))?;
    Ok(workspace.target.join(profile).join("seinhuis"))
}
