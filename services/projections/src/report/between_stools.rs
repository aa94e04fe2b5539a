//! Between two stools (tussen wal en schip): a case that nobody leads for longer than its policy allows, or that partners
//! refused as often as its policy allows. The first of the two alarms of the memo on area work, section 2.3.

use super::{Alarm, Moment};
use crate::versions::CaseVersion;

pub(super) fn no_lead(case: &CaseVersion, moment: Moment<'_>) -> Option<Alarm> {
    let (ladder, calendar) = moment.ladder(case)?;
    let since = case.no_lead_since?;
    let due = moment.is_over(calendar, since, ladder.no_lead)?;
    Some(Alarm::NoLead { since, due })
}

pub(super) fn refused(case: &CaseVersion, moment: Moment<'_>) -> Option<Alarm> {
    let (ladder, _) = moment.ladder(case)?;
    let (times, most) = (case.head.refusals, ladder.refusals_max);
    (times >= most).then_some(Alarm::Refused { times, most })
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::report::scene::{case, directory, later, opened_at};

    #[test]
    fn without_a_lead_it_is_there_from_the_end_of_the_policys_term() {
        let directory = directory();
        let mut case = case(1);
        case.no_lead_since = Some(opened_at());
        let (ladder, calendar) = Moment { at: opened_at(), directory: &directory }.ladder(&case).unwrap();
        let due = calendar.due_at(opened_at(), ladder.no_lead).unwrap();
        let at = |at| no_lead(&case, Moment { at, directory: &directory });
        assert_eq!(at(later(due, -1)), None);
        assert_eq!(at(due), Some(Alarm::NoLead { since: opened_at(), due }));
        case.no_lead_since = None;
        assert_eq!(no_lead(&case, Moment { at: due, directory: &directory }), None);
    }

    #[test]
    fn refused_once_less_than_the_policy_allows_it_is_not_there() {
        let directory = directory();
        let moment = Moment { at: opened_at(), directory: &directory };
        let mut case = case(1);
        case.head.refusals = 1;
        assert_eq!(refused(&case, moment), None);
        case.head.refusals = 2;
        assert_eq!(refused(&case, moment), Some(Alarm::Refused { times: 2, most: 2 }));
    }

    #[test]
    fn a_case_of_a_policy_that_nobody_knows_raises_no_alarm() {
        let directory = directory();
        let mut case = case(1);
        (case.head.refusals, case.head.policy_version) = (9, 7);
        assert_eq!(refused(&case, Moment { at: opened_at(), directory: &directory }), None);
    }
}
