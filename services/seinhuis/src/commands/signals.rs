//! `seinhuis signals`: a partner's own signals, what became of them, and what it was told of them.

use seinhuis_contract::proto::monitor::v1::own_signals_service_client::OwnSignalsServiceClient;
use seinhuis_contract::proto::monitor::v1::{
    Feedback, ListOwnSignalsRequest, OwnSignal, ReadFeedbackRequest,
};

use super::print;
use crate::client::{self, HubArgs};
use crate::say;

/// Lists the signals this partner reported, with what became of each.
#[derive(Debug, clap::Args)]
pub struct SignalsArgs {
    /// Only the signal with this reference, with all that was told of it.
    #[arg(long, default_value = "")]
    reference: String,
    /// Prints JSON, an object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs the command.
pub async fn run(args: SignalsArgs) -> anyhow::Result<()> {
    let mut hub = OwnSignalsServiceClient::new(args.hub.connect().await?);
    let mut page_token = String::new();
    loop {
        let request = ListOwnSignalsRequest { page_size: 500, page_token, reference: args.reference.clone() };
        let answer = hub.list_own_signals(request).await.map_err(|status| client::said(&status))?;
        let page = answer.into_inner();
        for signal in &page.signals {
            // Texts are opened for whoever asks for one signal, and not by the page.
            let told = if args.reference.is_empty() {
                vec![]
            } else {
                let request = ReadFeedbackRequest { reference: args.reference.clone() };
                let answer = hub.read_feedback(request).await.map_err(|status| client::said(&status))?;
                answer.into_inner().feedback
            };
            if args.json {
                say!("{}", as_json(signal, &told)?);
            } else {
                show(signal);
                told.iter().for_each(show_told);
            }
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(());
        }
    }
}

fn as_json(signal: &OwnSignal, told: &[Feedback]) -> anyhow::Result<serde_json::Value> {
    let mut value = client::json("seinhuis.monitor.v1.OwnSignal", signal)?;
    if !told.is_empty() {
        let told = told.iter().map(|told| client::json("seinhuis.monitor.v1.Feedback", told));
        value["told"] = told.collect::<anyhow::Result<Vec<_>>>()?.into();
    }
    Ok(value)
}

fn show(signal: &OwnSignal) {
    let state = print::word(&signal.state().as_str_name().replacen("OWN_SIGNAL_", "", 1));
    let (at, case) = (print::moment(signal.recorded_at.as_ref()), print::or_dash(&signal.case_number));
    let feedback = match (&signal.feedback_at, &signal.feedback_due_at) {
        (_, Some(due)) => format!("feedback due {}", print::moment(Some(due))),
        (Some(_), None) => print::feedback(signal.feedback()),
        (None, None) => String::new(),
    };
    let line = format!(
        "{:>8}  {at}  {:<24} {:<26} {state:<10} {case:<10} {feedback}",
        signal.position, signal.reference, signal.kind
    );
    say!("{}", line.trim_end());
}

fn show_told(told: &Feedback) {
    let text = match (told.erased, told.text.as_str()) {
        (true, _) => ": (erased)".to_owned(),
        (false, "") => String::new(),
        (false, text) => format!(": {text}"),
    };
    let at = print::moment(told.at.as_ref());
    say!("{:>8}  {at}  {}{text}", told.position, print::feedback(told.outcome()));
}
