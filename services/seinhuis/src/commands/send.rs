//! `seinhuis send`: the rows of a file become signals.

use std::path::PathBuf;

use clap::value_parser;

use crate::client::HubArgs;
use crate::say;
use crate::send::{self, Patience, SendArgs, Show, Totals};

/// Sends the rows of a CSV or NDJSON file as signals.
///
/// Exits with 0 when every row is in the log, with 2 when some were refused, and with 1 when the run failed. Sending a
/// file again is safe: what the hub has comes back as a duplicate.
#[derive(Debug, clap::Args)]
pub struct SendCommand {
    /// The file.
    file: PathBuf,
    /// The map: which column fills which field.
    #[arg(long)]
    map: PathBuf,
    /// Where refused rows are listed [default: FILE.refusals.csv].
    #[arg(long)]
    refusals: Option<PathBuf>,
    /// Where the progress is kept until the whole file is sent [default: FILE.progress.json].
    #[arg(long)]
    progress: Option<PathBuf>,
    /// Goes on where an earlier run of the same file and map stopped.
    #[arg(long)]
    resume: bool,
    /// How many signals may be without a receipt at any moment.
    #[arg(long, default_value_t = 256, value_parser = value_parser!(u16).range(1..=16_384))]
    in_flight: u16,
    /// Prints the totals as one JSON object, and no progress.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs the command and gives its exit code.
pub async fn run(command: SendCommand) -> anyhow::Result<u8> {
    let json = command.json;
    let prepared = send::prepare(SendArgs {
        file: command.file,
        map: command.map,
        refusals: command.refusals,
        progress: command.progress,
        in_flight: command.in_flight.into(),
        resume: command.resume,
        show: if json { Show::Nothing } else { Show::Progress },
        patience: Patience::default(),
    })?;
    let totals = prepared.send(command.hub.connect().await?).await?;
    if json {
        say!("{:#}", serde_json::to_value(&totals)?);
    } else {
        say!("{}", in_words(&totals));
    }
    Ok(totals.exit_code())
}

fn in_words(totals: &Totals) -> String {
    let Totals { rows, new, duplicates, refused, seconds, rows_per_second, .. } = totals;
    let mut words = format!(
        "{rows} rows in {seconds:.1} s ({rows_per_second:.0}/s): {new} new, {duplicates} duplicates, {refused} refused"
    );
    if totals.settled_before > 0 {
        words.push_str(&format!(
            "\n{} rows before these were settled earlier, {} of them refused",
            totals.settled_before, totals.refused_before
        ));
    }
    if let Some(path) = &totals.refusals {
        words.push_str(&format!("\nthe refused rows are listed in {}", path.display()));
    }
    words
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn the_totals_name_the_refusals_file_when_there_is_one() {
        let totals = Totals {
            rows: 10,
            new: 7,
            duplicates: 1,
            refused: 2,
            seconds: 0.5,
            rows_per_second: 20.0,
            refusals: Some("in.csv.refusals.csv".into()),
            ..Totals::default()
        };
        assert_eq!(
            in_words(&totals),
            "10 rows in 0.5 s (20/s): 7 new, 1 duplicates, 2 refused\nthe refused rows are listed in in.csv.refusals.csv"
        );
    }

    #[test]
    fn a_resumed_run_tells_what_came_before() {
        let totals = Totals { settled_before: 40, refused_before: 1, ..Totals::default() };
        assert!(
            in_words(&totals).ends_with("\n40 rows before these were settled earlier, 1 of them refused")
        );
    }
}
