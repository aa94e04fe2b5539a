//! `seinhuis board AREA`: what is open in an area.

use seinhuis_contract::proto::monitor::v1::board_service_client::BoardServiceClient;
use seinhuis_contract::proto::monitor::v1::{
    BoardCounts, BoardRow, FeedbackOwed, GetBoardRequest, GetBoardResponse, SubArea,
};

use super::print;
use crate::client::{self, HubArgs};
use crate::say;

/// Shows the open cases of an area and everything in it.
#[derive(Debug, clap::Args)]
pub struct BoardArgs {
    /// The area's code, as in GM1509 or WK150900.
    area: String,
    /// How many cases are listed at most.
    #[arg(long, default_value_t = 100)]
    rows: u32,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs the command.
pub async fn run(args: BoardArgs) -> anyhow::Result<()> {
    let request = GetBoardRequest { area_code: args.area, max_rows: args.rows };
    let answer = BoardServiceClient::new(args.hub.connect().await?).get_board(request).await;
    let board = answer.map_err(|status| client::said(&status))?.into_inner();
    print::answer(args.json, "seinhuis.monitor.v1.GetBoardResponse", &board, show)
}

fn show(board: &GetBoardResponse) {
    let at = print::moment(board.as_of.as_ref());
    say!("{} ({}), {at}, log position {}", board.area_name, board.area_code, board.as_of_position);
    say!("{}\n", board.counts.as_ref().map(counts).unwrap_or_default());
    rows(&board.rows);
    feedback_owed(&board.feedback_owed);
    sub_areas(&board.sub_areas);
}

/// Prints the cases.
pub(super) fn rows(rows: &[BoardRow]) {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.number.clone(),
                row.area_name.clone(),
                row.kind.clone(),
                print::word(row.lane().as_str_name()),
                print::word(row.track().as_str_name()),
                print::word(row.rung().as_str_name()),
                print::or_dash(&row.lead),
                format!("{}wd", row.age_working_days),
                print::moment(row.deadline.as_ref()),
                match row.paused_until {
                    Some(_) => "paused".to_owned(),
                    None => print::span(row.time_to_deadline.as_ref()),
                },
                row.signals.to_string(),
            ]
        })
        .collect();
    let heading =
        ["case", "area", "kind", "lane", "track", "rung", "lead", "age", "deadline", "left", "signals"];
    print::table(&heading, &rows);
}

/// Prints the closed cases of which those who reported are still to hear.
fn feedback_owed(owed: &[FeedbackOwed]) {
    if owed.is_empty() {
        return;
    }
    say!("\nfeedback owed to those who reported (terugkoppeling)");
    let rows: Vec<Vec<String>> = owed
        .iter()
        .map(|row| {
            vec![
                row.number.clone(),
                row.area_name.clone(),
                row.kind.clone(),
                print::or_dash(&row.lead),
                print::moment(row.resolved_at.as_ref()),
                print::moment(row.due_at.as_ref()),
                if row.overdue { "overdue" } else { "" }.to_owned(),
            ]
        })
        .collect();
    print::table(&["case", "area", "kind", "lead", "closed", "due", ""], &rows);
}

/// Prints what lies directly inside.
pub(super) fn sub_areas(areas: &[SubArea]) {
    for inner in areas {
        say!(
            "{:<12} {:<28} {}",
            inner.area_code,
            inner.area_name,
            inner.counts.as_ref().map(counts).unwrap_or_default()
        );
    }
}

/// The counts in one line.
pub(super) fn counts(counts: &BoardCounts) -> String {
    let rungs = counts.by_rung.iter().map(|c| format!("{} {}", print::word(c.rung().as_str_name()), c.count));
    let lanes = counts.by_lane.iter().map(|c| format!("{} {}", print::word(c.lane().as_str_name()), c.count));
    let parts: Vec<_> = rungs.chain(lanes).collect();
    format!("{} open, {} overdue: {}", counts.open, counts.overdue, parts.join(", "))
}
