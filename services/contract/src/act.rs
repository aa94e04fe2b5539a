//! What a person asks of a case, from the wire to the command.

use jiff::Timestamp;
use seinhuis_domain::case::{Act, CaseCommand};
use seinhuis_domain::feedback::Outcome;
use seinhuis_domain::ids::PartnerId;
use seinhuis_domain::ladder::{PlannedStep, Rung};

use crate::proto::case::v1 as wire;
use crate::proto::case::v1::act_request::Action;
use crate::proto::common::v1 as words;
use crate::status::Violation;
use crate::time;

/// How large a note may be, and the text of a feedback, in bytes of UTF-8.
pub const NOTE_MAX: usize = 4096;

/// The rule that a longer one breaks.
pub fn too_long() -> String {
    format!("at most {NOTE_MAX} bytes")
}

/// Whether an action decides the case or takes it down, which fewer people may do than work on it.
pub fn is_decision(action: &Action) -> bool {
    matches!(action, Action::Decide(_) | Action::LowerRung(_))
}

/// The command that an action stands for. Names the field that breaks a rule.
pub fn command(action: &Action, act: Act) -> Result<CaseCommand, Violation> {
    Ok(match action {
        Action::Acknowledge(_) => CaseCommand::Acknowledge { act },
        Action::AssignLead(a) => {
            CaseCommand::AssignLead { lead: partner("assign_lead.partner", &a.partner)?, act }
        }
        Action::HandOver(a) => CaseCommand::HandOver { to: partner("hand_over.to", &a.to)?, act },
        Action::Refuse(a) => CaseCommand::Refuse { partner: partner("refuse.partner", &a.partner)?, act },
        Action::RaiseRung(a) => CaseCommand::RaiseRung { to: rung("raise_rung.to", a.to())?, act },
        Action::LowerRung(a) => CaseCommand::LowerRung { to: rung("lower_rung.to", a.to())?, act },
        Action::Decide(a) => CaseCommand::Decide { lead: partner("decide.lead", &a.lead)?, act },
        Action::GiveFeedback(a) => {
            let text = "give_feedback.text";
            if a.text.len() > NOTE_MAX {
                return Err(Violation::withheld(text, too_long()));
            }
            CaseCommand::GiveFeedback { outcome: outcome("give_feedback.outcome", a.outcome())?, act }
        }
        Action::Resolve(_) => CaseCommand::Resolve { act },
        Action::Reopen(_) => CaseCommand::Reopen { act },
        Action::Pause(a) => CaseCommand::Pause { until: instant("pause.until", a.until.as_ref())?, act },
        Action::MigratePolicy(_) => CaseCommand::MigratePolicy { act },
        Action::Resume(_) => CaseCommand::Resume { act },
        Action::Snooze(a) => CaseCommand::Snooze { until: instant("snooze.until", a.until.as_ref())?, act },
    })
}

/// The wire form of a planned climb.
pub fn planned_step(step: &PlannedStep) -> wire::PlannedStep {
    wire::PlannedStep {
        to: words::Rung::from(step.to).into(),
        due_at: Some(time::to_wire(step.due_at)),
        term: step.term.to_string(),
        from: Some(time::to_wire(step.from)),
        cause_dutch: step.cause.dutch().to_owned(),
        cause_english: step.cause.english().to_owned(),
        remind_at: step.remind_at.map(time::to_wire),
    }
}

fn instant(field: &str, at: Option<&prost_types::Timestamp>) -> Result<Timestamp, Violation> {
    let rule = "an instant the calendar knows";
    let at = at.ok_or_else(|| Violation::absent(field, rule))?;
    time::from_wire(at).ok_or_else(|| Violation::new(field, &at.seconds.to_string(), rule))
}

fn partner(field: &str, name: &str) -> Result<PartnerId, Violation> {
    PartnerId::new(name).map_err(|_| {
        Violation::new(field, name, "a partner's short name: 1 to 64 characters of a-z, 0-9 and '-'")
    })
}

fn outcome(field: &str, outcome: words::FeedbackOutcome) -> Result<Outcome, Violation> {
    let names = "FEEDBACK_OUTCOME_PICKED_UP, _ALREADY_KNOWN, _PASSED_ON, _NO_GROUND or _RESOLVED";
    Outcome::try_from(outcome).map_err(|_| Violation::new(field, outcome.as_str_name(), names))
}

fn rung(field: &str, rung: words::Rung) -> Result<Rung, Violation> {
    let names = "RUNG_WORKFLOOR, RUNG_TEAM, RUNG_REGISSEUR or RUNG_COLLEGE";
    Rung::try_from(rung).map_err(|_| Violation::new(field, rung.as_str_name(), names))
}

#[cfg(test)]
mod specs {
    use super::*;

    fn act() -> Act {
        Act { by: "person:regisseur-ulft".into(), at: "2026-03-10T10:00:00Z".parse().unwrap(), note: None }
    }

    #[test]
    fn an_action_becomes_the_command_it_names() {
        let action = Action::Decide(wire::Decide { lead: "wonion".into() });
        assert!(is_decision(&action));
        let CaseCommand::Decide { lead, act: by } = command(&action, act()).unwrap() else {
            panic!("no decision")
        };
        assert_eq!((lead.as_str(), by), ("wonion", act()));
    }

    #[test]
    fn working_on_a_case_is_no_decision() {
        assert!(!is_decision(&Action::RaiseRung(wire::RaiseRung { to: 3 })));
    }

    #[test]
    fn feedback_has_an_outcome_and_a_text_that_is_no_longer_than_a_note_and_never_repeated() {
        let feedback =
            |outcome, text: &str| Action::GiveFeedback(wire::GiveFeedback { outcome, text: text.to_owned() });
        let resolved = words::FeedbackOutcome::Resolved.into();
        let CaseCommand::GiveFeedback { outcome, .. } = command(&feedback(resolved, "x"), act()).unwrap()
        else {
            panic!("no feedback")
        };
        assert_eq!(outcome, Outcome::Resolved);
        assert_eq!(command(&feedback(0, ""), act()).unwrap_err().field, "give_feedback.outcome");
        let long = "Kanarie ".repeat(600);
        let refused = command(&feedback(resolved, &long), act()).unwrap_err();
        assert_eq!(refused.field, "give_feedback.text");
        assert!(!format!("{refused:?}").contains("Kanarie"));
    }

    #[test]
    fn a_rung_not_given_and_a_partner_misspelt_are_named_by_their_field() {
        let refused = |action| command(&action, act()).unwrap_err().field;
        assert_eq!(refused(Action::RaiseRung(wire::RaiseRung { to: 0 })), "raise_rung.to");
        assert_eq!(refused(Action::HandOver(wire::HandOver { to: "Wonion BV".into() })), "hand_over.to");
    }
}
