//! What happened to a case, in words.

use super::{Explanation, step};
use crate::case::CaseEvent;
use crate::directory::Directory;

mod acts;
mod climb;
mod reminder;
mod signals;

/// Explains one event of a case.
pub fn explain_case(event: &CaseEvent, who: &Directory) -> Explanation {
    match event {
        CaseEvent::CaseOpened(opened) => signals::opened(opened, who),
        CaseEvent::SignalAttached { kind, urgency, because, .. } => {
            signals::attached(*kind, *urgency, *because)
        }
        CaseEvent::CaseMadeIntegral { sectors, .. } => signals::made_integral(sectors),
        CaseEvent::StepPlanned { step, .. } => capitalised(step::explain(step, who)),
        CaseEvent::RungReached(reached) => climb::explain(reached, who),
        CaseEvent::CaseReminded(reminded) => reminder::explain(reminded, who),
        CaseEvent::LeadAssigned { lead, act, .. } => acts::lead_assigned(lead, act, who),
        CaseEvent::CaseAcknowledged { rung, act, .. } => acts::acknowledged(*rung, act, who),
        CaseEvent::CaseHandedOver { from, to, act, .. } => acts::handed_over(from.as_ref(), to, act, who),
        CaseEvent::LeadRefused { partner, act, .. } => acts::refused(partner, act, who),
        CaseEvent::PolicyMigrated { from, to, act, .. } => acts::policy_migrated(*from, *to, act, who),
        CaseEvent::CasePaused { until, act, .. } => acts::paused(*until, act, who),
        CaseEvent::CaseResumed { act, .. } => acts::resumed(act, who),
        CaseEvent::CaseSnoozed { until, next_at, act, .. } => acts::snoozed(*until, *next_at, act, who),
        CaseEvent::RungLowered { rung, cycle, act, .. } => acts::lowered(*rung, *cycle, act, who),
        CaseEvent::CaseDecided { lead, act, .. } => acts::decided(lead, act, who),
        CaseEvent::FeedbackGiven { outcome, act, .. } => acts::feedback_given(*outcome, act, who),
        CaseEvent::CaseResolved { feedback_due, act, .. } => acts::resolved(*feedback_due, act, who),
        CaseEvent::CaseReopened { cycle, act, .. } => acts::reopened(*cycle, act, who),
    }
}

/// Begins with a capital.
fn capitalised(told: Explanation) -> Explanation {
    let upper = |text: String| {
        let mut letters = text.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    Explanation::new(upper(told.dutch), upper(told.english))
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::given::{Given, MONDAY, planned, step};
    use crate::ladder::{Cause, Rung};

    #[test]
    fn a_planned_climb_is_a_sentence_of_its_own() {
        let step = step(Rung::Regisseur, "2026-03-10T21:30:00Z", "36h", MONDAY, Cause::NoLead);
        let told = explain_case(&planned(step), Given::nothing().who());
        assert_eq!(
            told.dutch,
            "Klimt naar de regisseur als geen partner de leiding neemt vóór dinsdag 10 maart 2026 om 22.30 uur: \
             termijn 36 uur (36h), geteld vanaf maandag 9 maart 2026 om 10.30 uur; 36 uren, dag en nacht geteld"
        );
        assert_eq!(
            told.english,
            "Climbs to the regisseur if no partner takes the lead before Tuesday 10 March 2026 at 22:30: \
             term of 36 hours (36h), counted from Monday 9 March 2026 at 10:30; 36 hours, counted day and night"
        );
    }
}
