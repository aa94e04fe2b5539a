//! `seinhuis why NUMBER`: each step of a case explained, with its place in the log.

use seinhuis_contract::proto::case::v1::case_service_client::CaseServiceClient;
use seinhuis_contract::proto::case::v1::{WhyRequest, WhyResponse};

use super::print;
use crate::client::{self, HubArgs};
use crate::say;

/// Explains a case step by step: why it matched, was routed, waits, climbed and who was told.
#[derive(Debug, clap::Args)]
pub struct WhyArgs {
    /// The case number (7K3M-92QF) or id.
    case: String,
    /// The language of the explanation.
    #[arg(long, value_parser = ["nl", "en"], default_value = "nl")]
    lang: String,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs the command.
pub async fn run(args: WhyArgs) -> anyhow::Result<()> {
    let answer = CaseServiceClient::new(args.hub.connect().await?).why(WhyRequest { case: args.case }).await;
    let why = answer.map_err(|status| client::said(&status))?.into_inner();
    print::answer(args.json, "seinhuis.case.v1.WhyResponse", &why, |why| show(why, args.lang == "nl"))
}

fn show(why: &WhyResponse, dutch: bool) {
    say!("{}", if dutch { format!("zaak {}", why.number) } else { format!("case {}", why.number) });
    for step in &why.steps {
        let text = if dutch { &step.dutch } else { &step.english };
        let because = match step.because_of.as_slice() {
            [] => String::new(),
            positions => {
                let list = positions.iter().map(|p| format!("#{p}")).collect::<Vec<_>>().join(", ");
                format!(" [{list}]")
            }
        };
        say!("  #{:<7} {}  {text}{because}", step.position, print::moment(step.at.as_ref()));
    }
}
