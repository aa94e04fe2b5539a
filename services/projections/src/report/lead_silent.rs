//! Stagnation, silently: a partner leads, and nothing was heard of the case for five working days. What other rules do, or
//! further signals, is no sign of life of the one who leads.

use seinhuis_domain::calendar::Term;

use super::{Alarm, Moment};
use crate::versions::CaseVersion;

/// How long a lead may be silent. No memo names it and no policy sets it yet; five working days is when Dutch desks
/// promise an answer to most reports.
pub const TERM: Term = Term::working_days(5);

pub(super) fn alarm(case: &CaseVersion, moment: Moment<'_>) -> Option<Alarm> {
    let (_, calendar) = moment.ladder(case)?;
    let lead = case.head.lead.clone()?;
    let since = case.lead_since.max(case.heard_at)?;
    let due = moment.is_over(calendar, since, TERM)?;
    Some(Alarm::LeadSilent { lead, since, due })
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::report::scene::{case, directory, later, opened_at};
    use seinhuis_domain::calendar::Calendar;

    #[test]
    fn silence_counts_from_the_lead_or_from_what_was_last_heard() {
        let directory = directory();
        let at = |case: &_, at| alarm(case, Moment { at, directory: &directory });
        let due = |since| Calendar::dutch().due_at(since, TERM).unwrap();
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
    fn nobody_who_leads_is_silent_where_nobody_leads() {
        let directory = directory();
        let mut case = case(1);
        (case.head.lead, case.lead_since) = (None, None);
        case.heard_at = Some(opened_at());
        let much_later = later(opened_at(), 86_400_000_000 * 90);
        assert_eq!(alarm(&case, Moment { at: much_later, directory: &directory }), None);
    }
}
