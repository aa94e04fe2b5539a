//! Nobody is told in his quiet hours, nor of a rung whose notices wait for the office while that is closed, nor is a notice kept
//! for somebody who is away when it is decided: the first try is looked at, minute by minute from the fact on.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use seinhuis_domain::calendar::{Calendar, Day, QuietHours, local_date, local_time};
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::PersonId;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::profile::{Profile, ProfileEvent};
use seinhuis_domain::sector::Urgency;
use seinhuis_eventstore::Position;

use super::History;

/// As far as is looked.
const MINUTES: i64 = 60 * 24 * 40;

pub(super) fn broken(history: &History<'_>) -> Vec<String> {
    let first_tries = first_tries(history);
    let mut profiles: Vec<&Profile> = Vec::new();
    let mut cases: HashMap<&str, (usize, bool)> = HashMap::new();
    let mut found = Vec::new();
    for stored in history.log {
        let id = stored.recorded.stream.id();
        let (rung, at, tell) = match &stored.event {
            Event::Profile(ProfileEvent::ProfileAdopted { profile, .. }) => {
                profiles.push(profile);
                continue;
            }
            Event::Case(event) => {
                let case = cases.entry(id).or_default();
                match event {
                    CaseEvent::CaseOpened(opened) => {
                        *case = (opened.policy_version as usize, opened.urgency == Urgency::Urgent);
                    }
                    CaseEvent::SignalAttached { urgency, .. } => case.1 |= *urgency == Urgency::Urgent,
                    CaseEvent::PolicyMigrated { to, .. } => case.0 = *to as usize,
                    _ => {}
                }
                match event {
                    CaseEvent::RungReached(climb) => (climb.rung, climb.at, &climb.tell),
                    CaseEvent::CaseReminded(reminded) => (reminded.rung, reminded.at, &reminded.tell),
                    _ => continue,
                }
            }
            _ => continue,
        };
        let (policy, is_urgent) = cases[id];
        let ladder = &profiles[policy - 1].policy.ladder;
        let at_once = is_urgent && rung >= Rung::Regisseur && ladder.urgent_breaks_quiet;
        let profile = profiles[profiles.len() - 1];
        let rules = Rules {
            profile,
            calendar: Calendar::dutch(),
            in_office: ladder.terms(rung).hold_until_working_hours && !at_once,
            at_once,
        };
        for person in tell {
            let tried = first_tries.get(&(stored.recorded.position, person));
            if let Some(tried) = tried.filter(|tried| **tried < rules.from(at, person)) {
                found.push(format!(
                    "{person} was told of {} at {tried}, in hours of his",
                    stored.recorded.position
                ));
            }
        }
    }
    found
}

fn first_tries<'a>(history: &History<'a>) -> HashMap<(Position, &'a PersonId), Timestamp> {
    let mut first = HashMap::new();
    for sent in history.sent {
        first.entry((sent.tells, &sent.person)).or_insert(sent.clock);
    }
    first
}

struct Rules<'a> {
    profile: &'a Profile,
    calendar: Calendar,
    in_office: bool,
    at_once: bool,
}

impl Rules<'_> {
    /// The first minute from `at` on in which he may be told.
    fn from(&self, at: Timestamp, person: &PersonId) -> Timestamp {
        let Some(entry) = self.profile.people.iter().find(|entry| entry.id == *person) else { return at };
        let is_away = |day: Date| entry.absences.iter().any(|away| away.from <= day && day <= away.until);
        // He is told although he is away where nobody else is there, once he is back.
        let waits_for_him = is_away(local_date(at));
        let minute = at.as_second() - at.as_second().rem_euclid(60);
        let minutes = (1..MINUTES).filter_map(|nth| Timestamp::from_second(minute + 60 * nth).ok());
        let fits = |at: &Timestamp| {
            let (day, time) = (local_date(*at), local_time(*at));
            let quiet = !self.at_once && entry.quiet.iter().any(|hours| is_quiet(hours, day, time));
            let back = !waits_for_him || !is_away(day);
            !quiet && back && (!self.in_office || self.is_open(day, time))
        };
        std::iter::once(at).chain(minutes).find(fits).unwrap_or(Timestamp::MAX)
    }

    fn is_open(&self, day: Date, clock: Time) -> bool {
        let works = self.calendar.is_working_day(day).unwrap_or(false);
        let hours = self.profile.policy.office_hours;
        works && hours.opens() <= clock && clock < hours.closes()
    }
}

fn is_quiet(hours: &QuietHours, today: Date, time: Time) -> bool {
    let begins_on = |day: Date| {
        let nth = usize::from(day.weekday().to_monday_zero_offset().unsigned_abs());
        hours.days.is_empty() || hours.days.contains(&Day::ALL[nth])
    };
    let overnight = hours.until <= hours.from;
    let today_is = begins_on(today) && time >= hours.from && (overnight || time < hours.until);
    let since_yesterday = overnight && time < hours.until && today.yesterday().is_ok_and(begins_on);
    today_is || since_yesterday
}
