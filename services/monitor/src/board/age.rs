//! How old a case is in whole working days: as a term in working days is counted, so that a case is five working days
//! old in the instant in which a term of `5wd` from its opening is over.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use seinhuis_domain::calendar::{Calendar, local_date};
use seinhuis_domain::directory::Directory;

/// Counts ages at one instant, by the calendar in force.
#[derive(Debug)]
pub(crate) struct Ages {
    today: Date,
    calendar: Calendar,
    /// By the day of opening: many cases share one.
    counted: HashMap<Date, u32>,
}

impl Ages {
    pub(crate) fn at(now: Timestamp, directory: &Directory) -> Self {
        let calendar = directory.in_force().map_or(Calendar::dutch(), |(_, adopted)| adopted.calendar);
        Self { today: local_date(now), calendar, counted: HashMap::new() }
    }

    /// The working days that began after the day of `opened_at` and are over. Days beyond the calendar count for none.
    pub(crate) fn working_days_since(&mut self, opened_at: Timestamp) -> u32 {
        let opened = local_date(opened_at);
        let (today, calendar) = (self.today, self.calendar);
        *self.counted.entry(opened).or_insert_with(|| {
            let later = std::iter::successors(opened.tomorrow().ok(), |day| day.tomorrow().ok());
            let over = later.take_while(|day| *day < today);
            over.filter(|day| calendar.is_working_day(*day).unwrap_or(false)).count() as u32
        })
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn age(opened: &str, now: &str) -> u32 {
        Ages::at(at(now), &Directory::default()).working_days_since(at(opened))
    }

    #[test]
    fn the_day_of_opening_and_the_day_that_still_runs_do_not_count() {
        // Monday 8 June 2026, 10:00 local.
        assert_eq!(age("2026-06-08T08:00:00Z", "2026-06-08T20:00:00Z"), 0);
        assert_eq!(age("2026-06-08T08:00:00Z", "2026-06-09T20:00:00Z"), 0);
        assert_eq!(age("2026-06-08T08:00:00Z", "2026-06-10T08:00:00Z"), 1);
    }

    #[test]
    fn weekends_and_holidays_do_not_count() {
        // Thursday before Easter 2026: Good Friday, the weekend and Easter Monday pass by.
        assert_eq!(age("2026-04-02T08:00:00Z", "2026-04-07T20:00:00Z"), 0);
        assert_eq!(age("2026-04-02T08:00:00Z", "2026-04-08T08:00:00Z"), 1);
    }

    proptest! {
        #[test]
        fn a_case_is_n_working_days_old_when_a_term_of_n_working_days_is_over(
            opened in 1_767_225_600i64..1_798_000_000,
            days in 1u32..40,
        ) {
            let opened = Timestamp::from_second(opened).unwrap();
            let due = Calendar::dutch().due_at(opened, format!("{days}wd").parse().unwrap()).unwrap();
            let just_before = due - jiff::SignedDuration::from_secs(1);
            prop_assert_eq!(Ages::at(due, &Directory::default()).working_days_since(opened), days);
            prop_assert!(Ages::at(just_before, &Directory::default()).working_days_since(opened) < days);
        }
    }
}
