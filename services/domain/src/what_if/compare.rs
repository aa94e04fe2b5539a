//! Two ladders side by side: the climbs and reminders that happened and those that would have, and what they ask of people.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

use crate::area::AreaCode;
use crate::calendar::{local_date, local_time};
use crate::case::{CaseEvent, Reminded, RungReached};
use crate::ids::{CaseId, PersonId};
use crate::ladder::{Cause, Rung};

/// What people are told on the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Of {
    /// A case climbed to this rung.
    Climb(Rung),
    /// It will climb from this rung: the first, second … reminder.
    Reminder(Rung, u32),
}

/// A climb or a reminder, and who is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// Where.
    pub area: AreaCode,
    /// Why it climbs.
    pub cause: Cause,
    /// When.
    pub at: Timestamp,
    /// Who is told.
    pub tell: Vec<PersonId>,
}

/// How often something happened, and how often it would have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pair {
    /// How often it happened.
    pub happened: u64,
    /// How often it would have.
    pub would: u64,
}

/// What differs about one climb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It would not have happened.
    Gone,
    /// It did not happen.
    New,
    /// It would have happened at another time.
    OtherTime,
    /// At the same time, others would have been told.
    OtherPeople,
    /// At the same time and to the same people, for another cause.
    OtherCause,
}

impl Change {
    /// Every one.
    pub const ALL: &'static [Self] =
        &[Self::Gone, Self::New, Self::OtherTime, Self::OtherPeople, Self::OtherCause];

    /// Its name in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::New => "new",
            Self::OtherTime => "other_time",
            Self::OtherPeople => "other_people",
            Self::OtherCause => "other_cause",
        }
    }

    /// As officials read it.
    pub fn dutch(self) -> &'static str {
        match self {
            Self::Gone => "vervalt",
            Self::New => "komt erbij",
            Self::OtherTime => "op een ander moment",
            Self::OtherPeople => "aan andere mensen",
            Self::OtherCause => "om een andere reden",
        }
    }

    /// The same in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::Gone => "would not have happened",
            Self::New => "happened only under the draft",
            Self::OtherTime => "at another time",
            Self::OtherPeople => "told to others",
            Self::OtherCause => "for another cause",
        }
    }
}

/// One climb or reminder that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The case.
    pub case: CaseId,
    /// What people are told.
    pub of: Of,
    /// How.
    pub change: Change,
    /// As it happened.
    pub happened: Option<Telling>,
    /// As it would have.
    pub would: Option<Telling>,
}

/// Which one: of each there is one for each cycle of a case (INV-7).
type Which = (CaseId, u32, Of);

/// Takes in climbs and reminders of both, in any order, and keeps those that differ.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Of each the one half whose other half wasn't there yet, and of those that differ both.
    apart: HashMap<Which, [Option<Telling>; 2]>,
    /// Climbs and reminders that are the same in both.
    pub same: u64,
    /// Climbs because a term was missed.
    pub missed: Pair,
    /// Reminders.
    pub reminders: Pair,
    /// Climbs to each rung.
    pub by_rung: BTreeMap<Rung, Pair>,
    /// Times that somebody is told, by area.
    pub by_area: BTreeMap<AreaCode, Pair>,
    /// The same by person.
    pub by_person: BTreeMap<PersonId, Pair>,
    /// The same by hour of the local day, 0 to 23.
    pub by_hour: BTreeMap<i8, Pair>,
    /// The same by person and week, which is called by its Monday.
    pub by_week: BTreeMap<(PersonId, Date), Pair>,
}

/// Which of the two something is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It happened.
    Happened,
    /// It would have.
    Would,
}

impl Pair {
    fn add(&mut self, side: Side, count: usize) {
        match side {
            Side::Happened => self.happened += count as u64,
            Side::Would => self.would += count as u64,
        }
    }
}

impl Comparison {
    /// Takes in an event of `case`, if it is a climb or a reminder.
    pub fn take(&mut self, side: Side, case: CaseId, event: &CaseEvent) {
        let (cycle, of, own) = match event {
            CaseEvent::RungReached(climb) => {
                let RungReached { area, rung, cycle, cause, planned_at, at, tell, .. } = &**climb;
                self.by_rung.entry(*rung).or_default().add(side, 1);
                self.missed.add(side, usize::from(planned_at.is_some()));
                let own = Telling { area: area.clone(), cause: *cause, at: *at, tell: tell.clone() };
                (*cycle, Of::Climb(*rung), own)
            }
            CaseEvent::CaseReminded(reminded) => {
                let Reminded { area, rung, cycle, nth, step, at, tell, .. } = &**reminded;
                self.reminders.add(side, 1);
                let own = Telling { area: area.clone(), cause: step.cause, at: *at, tell: tell.clone() };
                (*cycle, Of::Reminder(*rung, *nth), own)
            }
            _ => return,
        };
        self.count(side, &own);
        self.lay(side, (case, cycle, of), own);
    }

    /// How many of those that differ do so in each way.
    pub fn changes(&self) -> BTreeMap<Change, usize> {
        let mut counts: BTreeMap<Change, usize> = Change::ALL.iter().map(|change| (*change, 0)).collect();
        for [happened, would] in self.apart.values() {
            if let Some(change) = change(happened.as_ref(), would.as_ref()) {
                *counts.entry(change).or_default() += 1;
            }
        }
        counts
    }

    /// Lays it beside its other half, and forgets both where they are the same.
    fn lay(&mut self, side: Side, which: Which, own: Telling) {
        let [mine, others] = match side {
            Side::Happened => [0, 1],
            Side::Would => [1, 0],
        };
        let halves = self.apart.entry(which).or_default();
        if halves[others].as_ref() == Some(&own) {
            self.apart.remove(&which);
            self.same += 1;
        } else {
            halves[mine] = Some(own);
        }
    }

    /// The climbs and reminders that differ, by the time of the first of both.
    pub fn differences(&self) -> Vec<Difference> {
        let differs = |((case, _, of), halves): (&Which, &[Option<Telling>; 2])| {
            let [happened, would] = halves.clone();
            let change = change(happened.as_ref(), would.as_ref())?;
            Some(Difference { case: *case, of: *of, change, happened, would })
        };
        let mut all: Vec<_> = self.apart.iter().filter_map(differs).collect();
        let first = |one: &Difference| one.happened.iter().chain(&one.would).map(|own| own.at).min();
        all.sort_by_key(|one| (first(one), one.case, one.of));
        all
    }

    fn count(&mut self, side: Side, Telling { area, at, tell, .. }: &Telling) {
        self.by_area.entry(area.clone()).or_default().add(side, tell.len());
        self.by_hour.entry(local_time(*at).hour()).or_default().add(side, tell.len());
        for person in tell {
            self.by_person.entry(person.clone()).or_default().add(side, 1);
            self.by_week.entry((person.clone(), monday_of(*at))).or_default().add(side, 1);
        }
    }
}

fn change(happened: Option<&Telling>, would: Option<&Telling>) -> Option<Change> {
    Some(match (happened, would) {
        (None, None) => return None,
        (Some(_), None) => Change::Gone,
        (None, Some(_)) => Change::New,
        (Some(one), Some(other)) if one.at != other.at => Change::OtherTime,
        (Some(one), Some(other)) if one.tell != other.tell => Change::OtherPeople,
        (Some(_), Some(_)) => Change::OtherCause,
    })
}

fn monday_of(at: Timestamp) -> Date {
    let day = local_date(at);
    let since = i64::from(day.weekday().since(Weekday::Monday));
    day.checked_sub(jiff::Span::new().days(since)).unwrap_or(day)
}

#[cfg(test)]
mod specs;
