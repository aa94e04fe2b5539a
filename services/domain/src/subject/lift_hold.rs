//! Ending a hold.

use super::{HoldReason, Subject, SubjectEvent, SubjectRefusal};
use crate::ids::SubjectId;

/// Lifts the hold for `reason`, or all of them.
pub(super) fn lift_hold(
    subject: &Subject,
    id: SubjectId,
    reason: Option<HoldReason>,
) -> Result<Vec<SubjectEvent>, SubjectRefusal> {
    let meant = |held: &&HoldReason| reason.is_none_or(|reason| reason == **held);
    let lifted = |held: &HoldReason| SubjectEvent::HoldLifted { subject: id, reason: *held };
    let events: Vec<_> = subject.holds.keys().filter(meant).map(lifted).collect();
    if events.is_empty() { Err(SubjectRefusal::NotHeld) } else { Ok(events) }
}

#[cfg(test)]
mod specs {
    use super::super::SubjectCommand;
    use super::super::given::{held, leads_to, lifted, subject};
    use super::*;

    fn lift(reason: Option<HoldReason>) -> SubjectCommand {
        SubjectCommand::LiftHold { subject: subject(), reason }
    }

    #[test]
    fn one_hold_is_lifted_or_all_of_them() {
        let both = [held(HoldReason::Claim, None), held(HoldReason::Archive, None)];
        leads_to(&both, lift(Some(HoldReason::Claim)), Ok(vec![lifted(HoldReason::Claim)]));
        let all = vec![lifted(HoldReason::Claim), lifted(HoldReason::Archive)];
        leads_to(&both, lift(None), Ok(all));
    }

    #[test]
    fn there_must_be_one_to_lift() {
        leads_to(&[], lift(None), Err(SubjectRefusal::NotHeld));
        let other = [held(HoldReason::Claim, None)];
        leads_to(&other, lift(Some(HoldReason::Archive)), Err(SubjectRefusal::NotHeld));
    }
}
