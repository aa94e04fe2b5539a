//! `seinhuis config`: the settings in force and where each comes from.

use crate::cli::Surroundings;

/// Prints the settings in force.
#[derive(Debug, clap::Args)]
pub struct ConfigArgs {
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &ConfigArgs, around: &Surroundings) -> anyhow::Result<()> {
    if args.json {
        super::print::json(&around.effective.json()?);
    } else {
        crate::say!("{}", around.effective.text().trim_end());
    }
    Ok(())
}
