//! Whether the numbers and hours of a policy leave anything to happen.

use jiff::ToSpan;
use jiff::civil::date;

use super::{ProfileFault, fault};
use crate::calendar::{Calendar, OfficeHours, QuietHours, local_date};
use crate::policy::Reminders;
use crate::profile::Profile;
use crate::tell::hold;

pub(super) fn make_sense(profile: &Profile) -> Result<(), ProfileFault> {
    let ladder = &profile.policy.ladder;
    if ladder.refusals_max == 0 {
        return Err(fault("policy.ladder.refusals_max", "0 is too few: at least 1"));
    }
    if ladder.handovers_max == 0 {
        return Err(fault("policy.ladder.handovers_max", "0 is too few: at least 1"));
    }
    for person in &profile.people {
        if never_told(&person.quiet, profile.policy.office_hours) {
            let rule = "leaves no office hour in a week in which he may be told";
            return Err(fault(format!("people.{}.quiet", person.id), rule));
        }
    }
    let Some(Reminders { at_percent, at_most, .. }) = ladder.reminders else { return Ok(()) };
    if !(1..=99).contains(&at_percent) {
        let rule = format!("{at_percent} is no share that leaves anything: 1 to 99");
        return Err(fault("policy.ladder.reminders.at_percent", rule));
    }
    if !(1..=Reminders::MOST).contains(&at_most) {
        let rule = format!("{at_most} reminders of one climb: 1 to {}", Reminders::MOST);
        return Err(fault("policy.ladder.reminders.at_most", rule));
    }
    Ok(())
}

/// Whether quiet hours cover every office hour from Monday to Friday of a week without holidays.
fn never_told(quiet: &[QuietHours], office_hours: OfficeHours) -> bool {
    let monday = date(2026, 6, 8);
    let calendar = Calendar::new(office_hours);
    let held = calendar.opening_after(date(2026, 6, 7)).and_then(|at| hold(at, None, quiet, Some(&calendar)));
    let last = |until| local_date(until) > monday.saturating_add(4.days());
    held.is_ok_and(|held| held.is_some_and(|held| last(held.until)))
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::example;
    use crate::profile::check;
    use crate::profile::check::specs::refused;

    #[test]
    fn reminders_that_leave_no_time_or_never_end_are_refused() {
        let with = |at_percent, at_most| {
            refused(|p| {
                p.policy.ladder.reminders = Some(Reminders { at_percent, again_every: None, at_most })
            })
        };
        assert!(with(100, 1).starts_with("policy.ladder.reminders.at_percent: 100 is no share"));
        assert!(with(80, 0).starts_with("policy.ladder.reminders.at_most: 0 reminders"));
        assert!(with(80, 11).starts_with("policy.ladder.reminders.at_most: 11 reminders"));
    }

    #[test]
    fn quiet_hours_that_leave_no_office_hour_are_refused() {
        let quiet = |from, until| QuietHours {
            days: vec![],
            from: jiff::civil::time(from, 0, 0, 0),
            until: jiff::civil::time(until, 0, 0, 0),
        };
        let mut profile = example::profile();
        profile.people[0].quiet = vec![quiet(18, 16)];
        assert_eq!(check(&profile), Ok(()));
        let said = refused(|p| p.people[0].quiet = vec![quiet(17, 16), quiet(16, 17)]);
        assert!(said.starts_with("people.regisseur-ulft.quiet: leaves no office hour"), "{said}");
    }
}
