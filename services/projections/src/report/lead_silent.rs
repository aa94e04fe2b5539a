//! Stagnation, silently: a partner leads, and nothing was heard of the case for longer than its policy allows. What other
//! rules do, or further signals, is no sign of life of the one who leads.

use super::{Alarm, Moment};
use crate::versions::CaseVersion;

pub(super) fn alarm(case: &CaseVersion, moment: Moment<'_>) -> Option<Alarm> {
    let (ladder, calendar) = moment.ladder(case)?;
    let lead = case.head.lead.clone()?;
    // While a case is paused nobody has to be heard of.
    let since = case.lead_since.max(case.heard_at).max(case.head.paused_until)?;
    let due = moment.is_over(calendar, since, ladder.lead_silent)?;
    Some(Alarm::LeadSilent { lead, since, due })
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::report::scene::{case, directory, directory_with, later, opened_at};
    use jiff::Timestamp;
    use seinhuis_domain::calendar::Calendar;

    fn end_of(term: &str, since: Timestamp) -> Timestamp {
        Calendar::dutch().due_at(since, term.parse().unwrap()).unwrap()
    }

    #[test]
    fn silence_counts_from_the_lead_or_from_what_was_last_heard() {
        let directory = directory();
        let at = |case: &_, at| alarm(case, Moment { at, directory: &directory });
        let due = |since| end_of("5wd", since);
        let mut led = case(1);
        let first = due(opened_at());
        assert_eq!(at(&led, later(first, -1)), None);
        assert!(matches!(at(&led, first), Some(Alarm::LeadSilent { since, .. }) if since == opened_at()));
        let heard = later(opened_at(), 86_400_000_000 * 4);
        led.heard_at = Some(heard);
        assert_eq!(at(&led, first), None);
        assert!(matches!(at(&led, due(heard)), Some(Alarm::LeadSilent { since, .. }) if since == heard));
    }

    #[test]
    fn how_long_is_for_the_policy_to_say() {
        let directory = directory_with(|profile| {
            profile.policy.ladder.lead_silent = "2wd".parse().unwrap();
        });
        let due = end_of("2wd", opened_at());
        let at = |at| alarm(&case(1), Moment { at, directory: &directory });
        assert_eq!(at(later(due, -1)), None);
        assert!(matches!(at(due), Some(Alarm::LeadSilent { due: found, .. }) if found == due));
    }

    #[test]
    fn nobody_is_silent_while_the_case_is_paused() {
        let directory = directory();
        let mut paused = case(1);
        let end = later(opened_at(), 86_400_000_000 * 30);
        paused.head.paused_until = Some(end);
        let at = |at| alarm(&paused, Moment { at, directory: &directory });
        assert_eq!(at(end), None);
        assert!(matches!(at(end_of("5wd", end)), Some(Alarm::LeadSilent { since, .. }) if since == end));
    }

    #[test]
    fn nobody_who_leads_is_silent_where_nobody_leads() {
        let directory = directory();
        let mut case = case(1);
        (case.head.lead, case.lead_since) = (None, None);
        case.heard_at = Some(opened_at());
        let much_later = later(opened_at(), 86_400_000_000 * 90);
        assert_eq!(alarm(&case, Moment { at: much_later, directory: &directory }), None);
    }
}
