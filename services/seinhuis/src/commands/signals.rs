//! `seinhuis signals`: a partner's own signals and what became of them.

use seinhuis_contract::proto::monitor::v1::ListOwnSignalsRequest;
use seinhuis_contract::proto::monitor::v1::own_signals_service_client::OwnSignalsServiceClient;

use super::print;
use crate::client::{self, HubArgs};
use crate::say;

/// Lists the signals this partner reported, with what became of each.
#[derive(Debug, clap::Args)]
pub struct SignalsArgs {
    /// Only the signal with this reference.
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
            if args.json {
                say!("{}", client::json("seinhuis.monitor.v1.OwnSignal", signal)?);
            } else {
                let state = print::word(&signal.state().as_str_name().replacen("OWN_SIGNAL_", "", 1));
                let (at, case) =
                    (print::moment(signal.recorded_at.as_ref()), print::or_dash(&signal.case_number));
                say!(
                    "{:>8}  {at}  {:<24} {:<26} {state:<10} {case}",
                    signal.position,
                    signal.reference,
                    signal.kind
                );
            }
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(());
        }
    }
}
