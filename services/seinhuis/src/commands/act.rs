//! `seinhuis act NUMBER ACTION`: what people do on a case.

use seinhuis_contract::proto::case::v1::case_service_client::CaseServiceClient;
use seinhuis_contract::proto::case::v1::{
    Acknowledge, ActRequest, ActResponse, AssignLead, Decide, HandOver, LowerRung, RaiseRung, Refuse, Reopen,
    Resolve, act_request::Action,
};
use seinhuis_contract::proto::common::v1::Rung;

use super::print;
use crate::client::{self, HubArgs};
use crate::say;

/// Acts on a case: every action is a fact in the log, with who and when.
#[derive(Debug, clap::Args)]
pub struct ActArgs {
    /// The case number (7K3M-92QF) or id.
    case: String,
    /// What is done.
    #[command(subcommand)]
    action: ActionArgs,
    /// A note; it is sealed.
    #[arg(long, global = true, default_value = "")]
    note: String,
    /// Prints JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

#[derive(Debug, clap::Subcommand)]
enum ActionArgs {
    /// Picks the case up on its present rung.
    Acknowledge,
    /// Names the partner who leads.
    AssignLead {
        /// The partner.
        partner: String,
    },
    /// Passes the lead on.
    HandOver {
        /// The partner who leads from now on.
        to: String,
    },
    /// Refuses the case on behalf of a partner.
    Refuse {
        /// The partner.
        partner: String,
    },
    /// Raises the case; skipping a rung needs a note.
    Raise {
        /// The rung: team, regisseur or college.
        to: String,
    },
    /// Brings the case down.
    Lower {
        /// The rung: workfloor, team or regisseur.
        to: String,
    },
    /// Decides who leads, binding on partners.
    Decide {
        /// The partner.
        lead: String,
    },
    /// Closes the case.
    Resolve,
    /// Opens a closed case again.
    Reopen,
}

impl ActionArgs {
    fn message(self) -> anyhow::Result<Action> {
        Ok(match self {
            Self::Acknowledge => Action::Acknowledge(Acknowledge {}),
            Self::AssignLead { partner } => Action::AssignLead(AssignLead { partner }),
            Self::HandOver { to } => Action::HandOver(HandOver { to }),
            Self::Refuse { partner } => Action::Refuse(Refuse { partner }),
            Self::Raise { to } => Action::RaiseRung(RaiseRung { to: rung(&to)? }),
            Self::Lower { to } => Action::LowerRung(LowerRung { to: rung(&to)? }),
            Self::Decide { lead } => Action::Decide(Decide { lead }),
            Self::Resolve => Action::Resolve(Resolve {}),
            Self::Reopen => Action::Reopen(Reopen {}),
        })
    }
}

fn rung(name: &str) -> anyhow::Result<i32> {
    let found = Rung::from_str_name(&format!("RUNG_{}", name.to_uppercase()))
        .filter(|rung| *rung != Rung::Unspecified);
    let rung =
        found.ok_or_else(|| anyhow::anyhow!("{name:?} is no rung: workfloor, team, regisseur, college"))?;
    Ok(rung.into())
}

/// Runs the command.
pub async fn run(args: ActArgs) -> anyhow::Result<()> {
    let request = ActRequest { case: args.case, note: args.note, action: Some(args.action.message()?) };
    let answer = CaseServiceClient::new(args.hub.connect().await?).act(request).await;
    let done = answer.map_err(|status| client::said(&status))?.into_inner();
    print::answer(args.json, "seinhuis.case.v1.ActResponse", &done, show)
}

fn show(done: &ActResponse) {
    if done.changed {
        say!("done at {}, log position {}", print::moment(done.recorded_at.as_ref()), done.position);
    } else {
        say!("nothing to do: it was so already (log position {})", done.position);
    }
}
