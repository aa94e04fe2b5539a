//! How the open cases stand with their deadlines.

use seinhuis_domain::calendar::{Calendar, Term, local_date};

use super::Moment;
use crate::versions::CaseVersion;

/// What counts as soon.
const SOON: Term = Term::working_days(5);

/// Open cases by their deadlines; each is in one of them. A deadline is when a case climbs unless somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deadlines {
    /// Past it.
    pub overdue: u64,
    /// Today, in Dutch days.
    pub today: u64,
    /// Later, but within five working days.
    pub soon: u64,
    /// Later than that.
    pub later: u64,
    /// Without one: on the top rung.
    pub none: u64,
}

/// Counts `cases` by their deadlines, on the calendar in force.
pub fn deadlines(cases: &[CaseVersion], moment: Moment<'_>) -> Deadlines {
    let calendar = moment.directory.in_force().map_or(Calendar::dutch(), |(_, adopted)| adopted.calendar);
    let soon = calendar.due_at(moment.at, SOON).ok();
    let mut counted = Deadlines::default();
    for case in cases {
        let place = match case.head.planned.as_ref().map(|step| step.due_at) {
            None => &mut counted.none,
            Some(due) if due <= moment.at => &mut counted.overdue,
            Some(due) if local_date(due) == local_date(moment.at) => &mut counted.today,
            Some(due) if soon.is_some_and(|soon| due <= soon) => &mut counted.soon,
            Some(_) => &mut counted.later,
        };
        *place += 1;
    }
    counted
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::report::scene::{case_due, directory};

    #[test]
    fn each_case_is_counted_once_where_its_deadline_lies() {
        let directory = directory();
        // Thursday before Easter 2026, a quarter past nine: the fifth working day from then is Monday week.
        let moment = Moment { at: "2026-04-02T07:15:00Z".parse().unwrap(), directory: &directory };
        let due = [
            Some("2026-04-02T07:15:00Z"),
            Some("2026-04-02T07:15:01Z"),
            Some("2026-04-02T21:59:59Z"),
            Some("2026-04-02T22:00:00Z"),
            Some("2026-04-13T22:00:00Z"),
            Some("2026-04-13T22:00:01Z"),
            None,
        ];
        let cases: Vec<_> = due.into_iter().map(case_due).collect();
        let counted = deadlines(&cases, moment);
        assert_eq!(counted, Deadlines { overdue: 1, today: 2, soon: 2, later: 1, none: 1 });
    }
}
