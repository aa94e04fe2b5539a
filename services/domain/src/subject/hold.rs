//! Keeping a subject from being erased.

use jiff::civil::Date;

use super::{HoldReason, Subject, SubjectEvent, SubjectRefusal};
use crate::ids::SubjectId;

/// Holds it, as long as nobody ordered its erasure. The same reason again moves the last day.
pub(super) fn hold(
    subject: &Subject,
    id: SubjectId,
    reason: HoldReason,
    until: Option<Date>,
    today: Date,
) -> Result<Vec<SubjectEvent>, SubjectRefusal> {
    match (subject.erased, subject.ordered, until) {
        (true, ..) => Err(SubjectRefusal::Erased),
        (_, Some(reason), _) => Err(SubjectRefusal::ErasureOrdered { reason }),
        (.., Some(until)) if until < today => Err(SubjectRefusal::HoldInPast { until, today }),
        _ if subject.holds.get(&reason) == Some(&until) => Ok(vec![]),
        _ => Ok(vec![SubjectEvent::SubjectHeld { subject: id, reason, until }]),
    }
}

#[cfg(test)]
mod specs {
    use super::super::given::{TODAY, erased, held, leads_to, lifted, ordered, subject};
    use super::super::{ErasureReason, SubjectCommand};
    use super::*;

    fn hold_for(reason: HoldReason, until: Option<Date>) -> SubjectCommand {
        SubjectCommand::Hold { subject: subject(), reason, until, today: TODAY }
    }

    #[test]
    fn each_reason_is_a_hold_of_its_own() {
        let first = held(HoldReason::Claim, None);
        leads_to(&[], hold_for(HoldReason::Claim, None), Ok(vec![first.clone()]));
        let second = held(HoldReason::Archive, Some(TODAY));
        leads_to(&[first], hold_for(HoldReason::Archive, Some(TODAY)), Ok(vec![second]));
    }

    #[test]
    fn the_same_hold_again_adds_nothing_and_another_last_day_moves_it() {
        let first = [held(HoldReason::Claim, None)];
        leads_to(&first, hold_for(HoldReason::Claim, None), Ok(vec![]));
        let moved = vec![held(HoldReason::Claim, Some(TODAY))];
        leads_to(&first, hold_for(HoldReason::Claim, Some(TODAY)), Ok(moved));
        let ended = [held(HoldReason::Claim, None), lifted(HoldReason::Claim)];
        leads_to(&ended, hold_for(HoldReason::Claim, None), Ok(vec![held(HoldReason::Claim, None)]));
    }

    #[test]
    fn a_hold_that_is_over_before_it_begins_is_refused() {
        let until = TODAY.yesterday().unwrap();
        let refused = SubjectRefusal::HoldInPast { until, today: TODAY };
        leads_to(&[], hold_for(HoldReason::Claim, Some(until)), Err(refused));
    }

    #[test]
    fn it_comes_too_late_once_the_erasure_was_ordered() {
        let refused = SubjectRefusal::ErasureOrdered { reason: ErasureReason::Request };
        leads_to(&[ordered()], hold_for(HoldReason::Claim, None), Err(refused));
        let gone = [ordered(), erased()];
        leads_to(&gone, hold_for(HoldReason::Claim, None), Err(SubjectRefusal::Erased));
    }
}
