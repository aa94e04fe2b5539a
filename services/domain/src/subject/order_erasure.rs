//! Having a subject erased.

use jiff::civil::Date;

use super::{ErasureReason, Subject, SubjectEvent, SubjectRefusal};
use crate::ids::SubjectId;

/// Orders the erasure, unless a hold counts today. Ordered once, it stays ordered, for the first reason given.
pub(super) fn order_erasure(
    subject: &Subject,
    id: SubjectId,
    reason: ErasureReason,
    today: Date,
) -> Result<Vec<SubjectEvent>, SubjectRefusal> {
    if subject.erased || subject.ordered.is_some() {
        return Ok(vec![]);
    }
    if let Some((reason, until)) = subject.holds_on(today).next() {
        return Err(SubjectRefusal::Held { reason, until });
    }
    if reason == ErasureReason::Unrecorded {
        return Err(SubjectRefusal::NoReason);
    }
    Ok(vec![SubjectEvent::ErasureOrdered { subject: id, reason }])
}

#[cfg(test)]
mod specs {
    use super::super::given::{TODAY, erased, held, leads_to, lifted, ordered, subject};
    use super::super::{HoldReason, SubjectCommand};
    use super::*;

    fn order(reason: ErasureReason) -> SubjectCommand {
        SubjectCommand::OrderErasure { subject: subject(), reason, today: TODAY }
    }

    #[test]
    fn it_is_ordered_once_for_the_first_reason_given() {
        leads_to(&[], order(ErasureReason::Request), Ok(vec![ordered()]));
        leads_to(&[ordered()], order(ErasureReason::Mistake), Ok(vec![]));
        leads_to(&[ordered(), erased()], order(ErasureReason::Request), Ok(vec![]));
    }

    #[test]
    fn a_hold_refuses_it_until_it_is_lifted_or_its_last_day_is_over() {
        let (reason, today, yesterday) = (HoldReason::Investigation, TODAY, TODAY.yesterday().unwrap());
        for until in [None, Some(today)] {
            let refused = SubjectRefusal::Held { reason, until };
            leads_to(&[held(reason, until)], order(ErasureReason::Request), Err(refused));
        }
        let over = [held(reason, Some(yesterday))];
        leads_to(&over, order(ErasureReason::Request), Ok(vec![ordered()]));
        let ended = [held(reason, None), lifted(reason)];
        leads_to(&ended, order(ErasureReason::Request), Ok(vec![ordered()]));
    }

    #[test]
    fn one_hold_of_several_is_enough_to_refuse_it() {
        let both =
            [held(HoldReason::Claim, None), held(HoldReason::Archive, None), lifted(HoldReason::Claim)];
        let refused = SubjectRefusal::Held { reason: HoldReason::Archive, until: None };
        leads_to(&both, order(ErasureReason::Request), Err(refused));
    }

    #[test]
    fn that_no_reason_was_recorded_is_no_reason() {
        leads_to(&[], order(ErasureReason::Unrecorded), Err(SubjectRefusal::NoReason));
    }
}
