//! `seinhuis areas import FILE`: shapes and neighbourhoods from the national statistics office.

use std::path::PathBuf;

use anyhow::Context as _;
use seinhuis_domain::area::ImportedAreas;

use crate::cli::Surroundings;
use crate::say;

/// Imports maps.
#[derive(Debug, clap::Subcommand)]
pub enum AreasCommand {
    /// Imports the areas of a municipality from a GeoJSON or CSV file in the shape of the CBS map.
    Import {
        /// The file.
        file: PathBuf,
        /// Year and source of the map, as in cbs-2017: codes mean something only with it.
        #[arg(long)]
        vintage: String,
    },
}

/// Runs the command.
pub async fn run(command: AreasCommand, around: &Surroundings) -> anyhow::Result<()> {
    let AreasCommand::Import { file, vintage } = command;
    let profile = around.profile()?.profile;
    let import = crate::areas::import_file(&file, &vintage, &profile)?;
    let count = import.areas.len();
    let store = around.store().await?;
    let done = store.log.execute::<ImportedAreas>(&(), &profile.name, import, &store.by_admin()).await;
    let fresh = done.with_context(|| format!("{} is no map", file.display()))?.fresh;
    store.close().await;
    say!(
        "{count} areas of {vintage} {}",
        if fresh { "imported" } else { "were imported before: nothing new" }
    );
    Ok(())
}
