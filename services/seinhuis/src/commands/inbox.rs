//! `seinhuis inbox`: what the one who asks was told, or is going to be.

use seinhuis_contract::proto::monitor::v1::notice_service_client::NoticeServiceClient;
use seinhuis_contract::proto::monitor::v1::{ListNoticesRequest, Notice};

use super::print;
use crate::client::{self, HubArgs};
use crate::say;

/// Lists the notices to the one who asks, the newest first, with what became of each.
#[derive(Debug, clap::Args)]
pub struct InboxArgs {
    /// At most so many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
    /// Prints JSON, an object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs the command.
pub async fn run(args: InboxArgs) -> anyhow::Result<()> {
    let mut hub = NoticeServiceClient::new(args.hub.connect().await?);
    let request = ListNoticesRequest { page_size: args.limit, page_token: String::new() };
    let answer = hub.list_notices(request).await.map_err(|status| client::said(&status))?;
    for notice in &answer.into_inner().notices {
        if args.json {
            say!("{}", client::json("seinhuis.monitor.v1.Notice", notice)?);
        } else {
            say!("{}", line(notice));
        }
    }
    Ok(())
}

fn line(notice: &Notice) -> String {
    let what = match notice.reminder {
        0 => print::word(&notice.rung().as_str_name().replacen("RUNG_", "", 1)),
        nth => format!("reminder {nth}"),
    };
    let state = print::word(&notice.state().as_str_name().replacen("NOTICE_STATE_", "", 1));
    let (at, deadline) = (print::moment(notice.at.as_ref()), print::moment(notice.deadline.as_ref()));
    let (number, area, cause) = (&notice.number, &notice.area_code, &notice.cause_dutch);
    format!("{:>8}  {at}  {number}  {area:<12} {what:<11} {state:<9} {deadline:<17} {cause}", notice.position)
}
