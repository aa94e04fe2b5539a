//! How long a notice is held: until the office opens, where the policy says so for the rung, and past the quiet hours of
//! the person.

use jiff::Timestamp;

use super::{Hold, HoldCause};
use crate::calendar::{Calendar, CalendarError, QuietHours};

/// How often the one may lead into the other. The check of a profile sees to it that a week is enough; this only bounds
/// what was adopted before there was a check.
const ROUNDS: usize = 100;

/// The hold of a notice that is to go out at `at`, after what it was `held` for already. None: it goes out at once.
pub(crate) fn hold(
    at: Timestamp,
    held: Option<Hold>,
    quiet: &[QuietHours],
    office: Option<&Calendar>,
) -> Result<Option<Hold>, CalendarError> {
    let mut hold = held.unwrap_or(Hold { until: at, because: vec![] });
    for _ in 0..ROUNDS {
        let before = hold.until;
        if let Some(calendar) = office {
            longer(&mut hold, calendar.next_opening(before)?, HoldCause::OutsideOfficeHours);
        }
        for hours in quiet {
            let end = hours.end(hold.until)?.unwrap_or(hold.until);
            longer(&mut hold, end, HoldCause::QuietHours);
        }
        if hold.until == before {
            break;
        }
    }
    Ok(Some(hold).filter(|hold| !hold.because.is_empty()))
}

fn longer(hold: &mut Hold, until: Timestamp, cause: HoldCause) {
    if until > hold.until {
        hold.until = until;
        if !hold.because.contains(&cause) {
            hold.because.push(cause);
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::calendar::{Day, read_start, render};
    use jiff::civil::time;

    fn nights() -> QuietHours {
        QuietHours { days: vec![], from: time(18, 0, 0, 0), until: time(8, 0, 0, 0) }
    }

    fn whole(days: &[Day]) -> QuietHours {
        QuietHours { days: days.to_vec(), from: time(0, 0, 0, 0), until: time(0, 0, 0, 0) }
    }

    fn held(at: &str, quiet: &[QuietHours], office: bool) -> Option<(String, Vec<HoldCause>)> {
        let calendar = Calendar::dutch();
        let hold = hold(read_start(at).unwrap(), None, quiet, office.then_some(&calendar)).unwrap()?;
        Some((render(hold.until), hold.because))
    }

    fn until(at: &str, because: &[HoldCause]) -> Option<(String, Vec<HoldCause>)> {
        Some((at.to_owned(), because.to_vec()))
    }

    #[test]
    fn nothing_holds_what_nobody_asked_to_hold() {
        assert_eq!(held("2026-03-14T03:00", &[], false), None);
        assert_eq!(held("2026-03-10T10:00", &[nights()], true), None);
    }

    #[test]
    fn a_night_is_waited_for_and_a_weekend_too() {
        let quiet = [HoldCause::QuietHours];
        assert_eq!(held("2026-03-10T23:00", &[nights()], false), until("2026-03-11T08:00:00+01:00", &quiet));
        let weekend = [nights(), whole(&[Day::Saturday, Day::Sunday])];
        assert_eq!(held("2026-03-13T23:00", &weekend, false), until("2026-03-16T08:00:00+01:00", &quiet));
    }

    #[test]
    fn until_the_office_opens_weekends_and_holidays_are_passed_over() {
        let office = [HoldCause::OutsideOfficeHours];
        // Friday evening before Easter Monday.
        assert_eq!(held("2026-04-03T18:00", &[], true), until("2026-04-07T09:00:00+02:00", &office));
    }

    #[test]
    fn where_the_one_leads_into_the_other_both_are_said() {
        let both = [HoldCause::OutsideOfficeHours, HoldCause::QuietHours];
        let mondays = [whole(&[Day::Monday])];
        assert_eq!(held("2026-03-14T12:00", &mondays, true), until("2026-03-17T09:00:00+01:00", &both));
    }

    #[test]
    fn a_hold_for_another_reason_comes_first_and_is_made_longer() {
        let back =
            Hold { until: read_start("2026-03-16T09:00").unwrap(), because: vec![HoldCause::NobodyOnDuty] };
        let at = read_start("2026-03-10T10:00").unwrap();
        assert_eq!(hold(at, Some(back.clone()), &[nights()], None), Ok(Some(back.clone())));
        let longer = hold(at, Some(back), &[whole(&[Day::Monday])], None).unwrap().unwrap();
        assert_eq!(render(longer.until), "2026-03-17T00:00:00+01:00");
        assert_eq!(longer.because, [HoldCause::NobodyOnDuty, HoldCause::QuietHours]);
    }

    #[test]
    fn who_is_never_to_be_told_does_not_stop_the_hub() {
        assert!(held("2026-03-10T10:00", &[whole(&[])], false).is_some());
    }
}
