//! `seinhuis case NUMBER`: one case with its signals and history.

use seinhuis_contract::proto::case::v1::case_service_client::CaseServiceClient;
use seinhuis_contract::proto::case::v1::{
    GetCaseRequest, GetCaseResponse, NoticeState, ReadContentRequest, ReadContentResponse,
    content_part::Content,
};

use super::print;
use crate::client::{self, HubArgs};
use crate::say;

/// Shows a case, its signals and its history.
#[derive(Debug, clap::Args)]
pub struct CaseArgs {
    /// The case number (7K3M-92QF) or id.
    case: String,
    /// Also opens the sealed content. Allowed to those who work on the case.
    #[arg(long)]
    content: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs the command.
pub async fn run(args: CaseArgs) -> anyhow::Result<()> {
    let mut hub = CaseServiceClient::new(args.hub.connect().await?);
    let answer = hub.get_case(GetCaseRequest { case: args.case.clone() }).await;
    let case = answer.map_err(|status| client::said(&status))?.into_inner();
    let content = if args.content {
        let answer = hub.read_content(ReadContentRequest { case: args.case }).await;
        Some(answer.map_err(|status| client::said(&status))?.into_inner())
    } else {
        None
    };
    if args.json {
        let mut value = client::json("seinhuis.case.v1.GetCaseResponse", &case)?;
        if let Some(content) = content {
            value["content"] = client::json("seinhuis.case.v1.ReadContentResponse", &content)?;
        }
        print::json(&value);
    } else {
        show(&case);
        content.iter().for_each(show_content);
    }
    Ok(())
}

fn show(answer: &GetCaseResponse) {
    if let Some(case) = &answer.case {
        say!("case {} ({}), log position {}", case.number, case.id, answer.as_of_position);
        say!("  area      {} ({})", case.area_name, case.area_code);
        let [lane, track] = [case.lane().as_str_name(), case.track().as_str_name()].map(print::word);
        say!("  kind      {}, {lane}, {track}", case.kind);
        say!(
            "  rung      {}{}",
            print::word(case.rung().as_str_name()),
            if case.resolved { " (resolved)" } else { "" }
        );
        say!("  lead      {}, team {}", print::or_dash(&case.lead), print::or_dash(&case.team));
        say!(
            "  opened    {}, picked up {}",
            print::moment(case.opened_at.as_ref()),
            print::moment(case.picked_up_at.as_ref())
        );
        if let Some(until) = &case.paused_until {
            say!("  paused    until {}", print::moment(Some(until)));
        }
        if let Some(at) = &case.feedback_at {
            let outcome = print::feedback(case.feedback());
            say!("  feedback  {outcome}, {}", print::moment(Some(at)));
        }
        if let Some(due) = &case.feedback_due_at {
            say!("  owed      feedback to those who reported, before {}", print::moment(Some(due)));
        }
        if let Some(step) = &case.planned {
            let to = print::word(step.to().as_str_name());
            say!("  next      {to} at {}: {}", print::moment(step.due_at.as_ref()), step.cause_english);
        }
    }
    say!("\nsignals");
    for signal in &answer.signals {
        let at = print::moment(signal.recorded_at.as_ref());
        say!("  {:>8}  {at}  {} {} {}", signal.position, signal.partner, signal.reference, signal.kind);
        for (what, id) in signal.subjects.iter().map(|id| ("subject", id)).chain(
            [("household", &signal.household), ("place", &signal.place)]
                .into_iter()
                .filter(|(_, id)| !id.is_empty()),
        ) {
            say!("            {what} {id}");
        }
    }
    say!("\nhistory");
    for entry in &answer.history {
        say!(
            "  {:>8}  {}  {:<22} {}",
            entry.position,
            print::moment(entry.recorded_at.as_ref()),
            entry.r#type,
            entry.actor
        );
    }
    for notice in &answer.notices {
        let state = print::word(&print::word(notice.state().as_str_name()));
        let what = if notice.reminder == 0 { "notice" } else { "reminder" };
        let state = match notice.state() {
            NoticeState::Pending => format!("{state} from {}", print::moment(notice.send_at.as_ref())),
            _ => state,
        };
        say!(
            "  {:>8}  {what} to {} for rung {}: {state}",
            notice.position,
            notice.person,
            print::word(notice.rung().as_str_name())
        );
    }
}

fn show_content(content: &ReadContentResponse) {
    say!("\ncontent");
    let signals = content.signals.iter().flat_map(|s| s.parts.iter().map(move |part| (s.position, part)));
    let notes = content.notes.iter().filter_map(|note| note.note.as_ref().map(|part| (note.position, part)));
    for (position, part) in signals.chain(notes) {
        let text = match &part.content {
            Some(Content::Text(text)) => text.clone(),
            Some(Content::Erased(erased)) => format!("(erased: {})", erased.subject),
            None => "-".to_owned(),
        };
        say!("  {position:>8}  {}: {text}", part.label);
    }
}
