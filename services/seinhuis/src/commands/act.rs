//! `seinhuis act NUMBER ACTION`: what people do on a case.

use jiff::civil::Date;
use seinhuis_contract::proto::case::v1::case_service_client::CaseServiceClient;
use seinhuis_contract::proto::case::v1::{
    Acknowledge, ActRequest, ActResponse, AssignLead, Decide, GiveFeedback, HandOver, LowerRung,
    MigratePolicy, Pause, RaiseRung, Refuse, Reopen, Resolve, Resume, Snooze, act_request::Action,
};
use seinhuis_contract::proto::common::v1::{FeedbackOutcome, Rung};
use seinhuis_contract::time;
use seinhuis_domain::calendar;
use seinhuis_domain::feedback::Outcome;

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
    /// Where in the log you saw the case (`seinhuis case` says it): refused when it moved since.
    #[arg(long, global = true, default_value_t = 0)]
    seen: u64,
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
    /// Tells the partners that reported what became of it.
    Feedback {
        /// What became of it: picked_up, already_known, passed_on, no_ground or resolved.
        #[arg(long)]
        outcome: Outcome,
        /// What they read beside it; it is sealed.
        #[arg(long, default_value = "")]
        text: String,
    },
    /// Closes the case.
    Resolve,
    /// Opens a closed case again.
    Reopen,
    /// Pauses the case; say why with --note.
    Pause {
        /// The last day of the pause (2026-03-20), or its end (2026-03-20T12:00).
        until: String,
    },
    /// Ends a pause before its time.
    Resume,
    /// Brings the case under the policy in force.
    MigratePolicy,
    /// Puts the next reminder off. The climb it reminds of comes when it comes.
    Snooze {
        /// Until after this day (2026-03-20), or until this moment (2026-03-20T12:00).
        until: String,
    },
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
            Self::Feedback { outcome, text } => {
                Action::GiveFeedback(GiveFeedback { outcome: FeedbackOutcome::from(outcome).into(), text })
            }
            Self::Resolve => Action::Resolve(Resolve {}),
            Self::Reopen => Action::Reopen(Reopen {}),
            Self::Pause { until } => Action::Pause(Pause { until: Some(end(&until)?) }),
            Self::Resume => Action::Resume(Resume {}),
            Self::MigratePolicy => Action::MigratePolicy(MigratePolicy {}),
            Self::Snooze { until } => Action::Snooze(Snooze { until: Some(end(&until)?) }),
        })
    }
}

/// The end of a day, or a moment of it.
fn end(text: &str) -> anyhow::Result<prost_types::Timestamp> {
    let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
    let end = match day {
        Some(day) => calendar::read_start(&day.tomorrow()?.to_string())?,
        None => calendar::read_start(text)?,
    };
    Ok(time::to_wire(end))
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
    let request = ActRequest {
        case: args.case,
        note: args.note,
        action: Some(args.action.message()?),
        seen_position: args.seen,
    };
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
