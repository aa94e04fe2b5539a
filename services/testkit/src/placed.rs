//! Which role runs in which process.

use std::path::PathBuf;

/// One process of a serving hub: its roles, and what it has of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub(crate) roles: Option<String>,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) program: Option<PathBuf>,
}

/// Every role. Of the first two any number is at work at a time, of each other one.
pub const ROLES: [&str; 9] =
    ["ingest", "monitor", "casework", "projections", "escalation", "notify", "relay", "proof", "erasure"];

impl Placed {
    /// A process with all roles.
    pub fn all() -> Self {
        Self { roles: None, settings: vec![], program: None }
    }

    /// A process with these roles, separated by commas.
    pub fn role(roles: &str) -> Self {
        Self { roles: Some(roles.to_owned()), ..Self::all() }
    }

    /// The same with a setting that the others don't have, as a variable of the environment.
    #[must_use]
    pub fn with(mut self, variable: &str, value: &str) -> Self {
        self.settings.push((variable.to_owned(), value.to_owned()));
        self
    }

    /// The same from another program, as when versions run side by side.
    #[must_use]
    pub fn from(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = Some(program.into());
        self
    }

    /// A process for each role, and a second one for `ingest`.
    pub fn split() -> Vec<Self> {
        std::iter::once("ingest").chain(ROLES).map(Self::role).collect()
    }
}

/// What each process of a plan is called: its roles, and its number among those with the same.
pub(crate) fn named(plan: &[Placed]) -> impl Iterator<Item = (String, &Placed)> {
    plan.iter().enumerate().map(|(at, placed)| {
        let number = 1 + plan[..at].iter().filter(|before| before.roles == placed.roles).count();
        let roles = placed.roles.as_deref().unwrap_or("all").replace(',', "-");
        (format!("{roles}-{number}"), placed)
    })
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn processes_of_a_split_hub_are_called_by_role_and_number() {
        let plan = Placed::split();
        let names: Vec<_> = named(&plan).map(|(name, _)| name).collect();
        assert_eq!(names[..4], ["ingest-1", "ingest-2", "monitor-1", "casework-1"]);
        assert_eq!(names.len(), ROLES.len() + 1);
        assert_eq!(named(&[Placed::all()]).next().map(|(name, _)| name).as_deref(), Some("all-1"));
        let both = [Placed::role("ingest,monitor")];
        assert_eq!(named(&both).next().map(|(name, _)| name).as_deref(), Some("ingest-monitor-1"));
    }
}
