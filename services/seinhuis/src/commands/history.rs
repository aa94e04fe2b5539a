//! `seinhuis history`: an area as it stood at any moment, and at many moments; and read models made anew.

mod as_of;
mod export;
mod map;
mod meter;
mod period;
mod rebuild;
mod series;

pub use as_of::AsOfArgs;
pub use export::ExportArgs;
pub use map::Map;
pub use rebuild::RebuildArgs;
pub use series::SeriesArgs;

/// What is asked of the past.
#[derive(Debug, clap::Subcommand)]
pub enum HistoryCommand {
    /// Shows an area and everything in it as it stood at one moment, exactly as it was known then.
    AsOf(AsOfArgs),
    /// Shows the figures of an area a day, a week or a month apart.
    Series(SeriesArgs),
    /// Writes figures, cases, what came in, what was done, or events into a file, as CSV or Parquet.
    Export(ExportArgs),
    /// Has the hub make read models anew from the log. It goes on when this is broken off.
    Rebuild(RebuildArgs),
}

/// Runs the command.
pub async fn run(command: HistoryCommand) -> anyhow::Result<()> {
    match command {
        HistoryCommand::AsOf(args) => as_of::run(args).await,
        HistoryCommand::Series(args) => series::run(args).await,
        HistoryCommand::Export(args) => export::run(args).await,
        HistoryCommand::Rebuild(args) => rebuild::run(args).await,
    }
}
