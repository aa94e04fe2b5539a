//! What there was in a run, or in many.

use std::fmt;

/// Counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Seeds run.
    pub seeds: u64,
    /// Days of the world.
    pub days: u64,
    /// Events in the log.
    pub events: u64,
    /// Cases opened.
    pub cases: u64,
    /// Climbs.
    pub climbs: u64,
    /// Reminders.
    pub reminders: u64,
    /// Acts of people that were taken.
    pub acts: u64,
    /// Acts that a rule refused.
    pub refused: u64,
    /// Notices with an outcome.
    pub notices: u64,
    /// Tries to tell somebody.
    pub tries: u64,
    /// Processes that crashed.
    pub crashes: u64,
    /// Processes that were paused.
    pub pauses: u64,
    /// Leases that passed on.
    pub takeovers: u64,
    /// Writes that a fence kept out.
    pub fenced: u64,
    /// Writes that somebody else came before.
    pub conflicts: u64,
    /// Clocks that were set.
    pub clock_steps: u64,
    /// Times the log, a mail server or a webhook was away, and read models that were lost.
    pub outages: u64,
}

impl Tally {
    /// Both together.
    pub fn add(&mut self, other: &Self) {
        let mut other = *other;
        for (own, other) in self.each_mut().into_iter().zip(other.each_mut()) {
            *own += *other;
        }
    }

    fn each_mut(&mut self) -> [&mut u64; 17] {
        [
            &mut self.seeds,
            &mut self.days,
            &mut self.events,
            &mut self.cases,
            &mut self.climbs,
            &mut self.reminders,
            &mut self.acts,
            &mut self.refused,
            &mut self.notices,
            &mut self.tries,
            &mut self.crashes,
            &mut self.pauses,
            &mut self.takeovers,
            &mut self.fenced,
            &mut self.conflicts,
            &mut self.clock_steps,
            &mut self.outages,
        ]
    }

    /// Years of the world.
    pub fn years(&self) -> f64 {
        self.days as f64 / 365.25
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} seeds, {:.1} years, {} events", self.seeds, self.years(), self.events)?;
        writeln!(f, "{} cases, {} climbs, {} reminders", self.cases, self.climbs, self.reminders)?;
        writeln!(f, "{} acts of people, {} more refused", self.acts, self.refused)?;
        writeln!(f, "{} notices in {} tries", self.notices, self.tries)?;
        writeln!(
            f,
            "{} crashes, {} pauses, {} leases passed on, {} writes fenced, {} conflicts",
            self.crashes, self.pauses, self.takeovers, self.fenced, self.conflicts
        )?;
        write!(f, "{} clocks set, {} outages", self.clock_steps, self.outages)
    }
}
