//! The roles of a hub, and which of them a process has.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// What a process can do for the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Takes signals in.
    Ingest,
    /// Brings signals to cases.
    Casework,
    /// Keeps the read models that people look at.
    Projections,
    /// Fires the timers.
    Escalation,
    /// Tells people.
    Notify,
    /// Answers questions and takes what people decide.
    Monitor,
    /// Publishes what is public.
    Relay,
    /// Signs the log.
    Proof,
    /// Carries out erasures that were ordered and left lying.
    Erasure,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] = &[
        Self::Ingest,
        Self::Casework,
        Self::Projections,
        Self::Escalation,
        Self::Notify,
        Self::Monitor,
        Self::Relay,
        Self::Proof,
        Self::Erasure,
    ];

    /// Its name, on the command line, as a lease and in health.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Casework => "casework",
            Self::Projections => "projections",
            Self::Escalation => "escalation",
            Self::Notify => "notify",
            Self::Monitor => "monitor",
            Self::Relay => "relay",
            Self::Proof => "proof",
            Self::Erasure => "erasure",
        }
    }

    /// Whether it works with the keys of persons.
    pub fn needs_keys(self) -> bool {
        matches!(self, Self::Ingest | Self::Monitor | Self::Erasure)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The roles of one process: `all`, or names with a comma between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles(BTreeSet<Role>);

impl Roles {
    /// All of them.
    pub fn all() -> Self {
        Self(Role::ALL.iter().copied().collect())
    }

    /// Whether these are all there are.
    pub fn is_all(&self) -> bool {
        self.0.len() == Role::ALL.len()
    }

    /// Whether `role` is one of them.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = Role> {
        self.0.iter().copied()
    }
}

/// A list that names no role, or one that there isn't.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is no role: all, or some of {}", known())]
pub struct NoRole {
    name: String,
}

fn known() -> String {
    Role::ALL.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ")
}

impl FromStr for Roles {
    type Err = NoRole;

    fn from_str(text: &str) -> Result<Self, NoRole> {
        if text.trim() == "all" {
            return Ok(Self::all());
        }
        let named = |name: &str| {
            let name = name.trim();
            let role = Role::ALL.iter().copied().find(|role| role.name() == name);
            role.ok_or_else(|| NoRole { name: name.to_owned() })
        };
        text.split(',').map(named).collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_all() {
            return f.write_str("all");
        }
        f.write_str(&self.iter().map(Role::name).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_list_names_roles_in_any_order_and_once_or_twice() {
        let roles: Roles = "monitor, ingest,ingest".parse().unwrap();
        assert_eq!(roles.to_string(), "ingest,monitor");
        assert!(roles.has(Role::Ingest) && !roles.has(Role::Casework));
    }

    #[test]
    fn all_is_every_role() {
        let all: Roles = "all".parse().unwrap();
        assert!(all.is_all() && Role::ALL.iter().all(|role| all.has(*role)));
        let spelled: Roles = known().parse().unwrap();
        assert_eq!((spelled.to_string().as_str(), &spelled), ("all", &all));
    }

    #[test]
    fn what_is_no_role_is_named_with_those_there_are() {
        for (list, name) in [("", ""), ("ingest,", ""), ("ingest,doorman", "doorman"), ("all,ingest", "all")]
        {
            assert_eq!(list.parse::<Roles>(), Err(NoRole { name: name.into() }), "{list:?}");
        }
        let said = "doorman".parse::<Roles>().unwrap_err().to_string();
        assert!(said.starts_with("\"doorman\" is no role: all, or some of ingest, casework"), "{said}");
    }
}
