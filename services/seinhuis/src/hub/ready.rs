//! Whether a process does what it is there for, and if not, what is amiss: the log answers, every role works or stands
//! by, and every follower lives.

use serde::Serialize;

use super::duties::{Duties, Seen};
use super::health::Health;

/// What a process says of itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Ready {
    /// Whether nothing is amiss.
    ready: bool,
    /// What is, for people.
    amiss: Vec<String>,
    roles: Vec<RoleReady>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct RoleReady {
    role: &'static str,
    does: &'static str,
    followers: Vec<FollowerReady>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct FollowerReady {
    follower: &'static str,
    /// Seconds since it ended a turn.
    silent_for: f64,
}

impl Ready {
    /// Of a process that has not come so far yet.
    pub(super) fn not_yet() -> Self {
        Self { ready: false, amiss: vec!["the process begins".to_owned()], roles: vec![] }
    }

    /// Of a process that serves.
    pub(super) fn of(health: &Health, duties: &Duties) -> Self {
        let seen = duties.seen();
        let mut amiss = Vec::new();
        if !health.is_reachable() {
            amiss.push("the log doesn't answer".to_owned());
        }
        if health.is_draining() {
            amiss.push("the process stops".to_owned());
        }
        amiss.extend(seen.iter().filter_map(wrong));
        Self { ready: amiss.is_empty(), amiss, roles: seen.iter().map(told).collect() }
    }

    /// Whether nothing is amiss.
    pub(super) fn is_ready(&self) -> bool {
        self.ready
    }
}

fn wrong(seen: &Seen) -> Option<String> {
    let role = seen.role;
    if seen.is_well() {
        return None;
    }
    if seen.silent.is_empty() {
        return Some(format!("{role}: {}", seen.stage.name()));
    }
    Some(format!("{role}: nothing is heard of {}", seen.silent.join(", ")))
}

fn told(seen: &Seen) -> RoleReady {
    let follower = |(follower, age): &(&'static str, std::time::Duration)| FollowerReady {
        follower,
        silent_for: age.as_secs_f64(),
    };
    RoleReady {
        role: seen.role.name(),
        does: seen.stage.name(),
        followers: seen.pulses.iter().map(follower).collect(),
    }
}

#[cfg(test)]
mod specs {
    use std::time::Duration;

    use tonic_health::server::HealthReporter;

    use super::*;
    use crate::hub::duties::Stage;
    use crate::role::{Role, Roles};

    async fn process() -> (Health, Duties) {
        let roles: Roles = "casework,projections".parse().unwrap();
        let duties = Duties::new(&roles, Duration::from_secs(60));
        (Health::new(HealthReporter::new(), roles).await.unwrap(), duties)
    }

    #[tokio::test(start_paused = true)]
    async fn ready_means_that_the_log_answers_and_every_role_does_what_it_should() {
        let (health, duties) = process().await;
        let amiss = || Ready::of(&health, &duties).amiss;
        assert_eq!(amiss(), ["the log doesn't answer", "casework: begins", "projections: begins"]);
        health.reachable(true).await;
        duties.does(Role::Casework, Stage::Works);
        duties.pulse(Role::Casework, "casework");
        duties.does(Role::Projections, Stage::StandsBy);
        assert!(Ready::of(&health, &duties).is_ready());
        tokio::time::advance(Duration::from_secs(61)).await;
        assert_eq!(amiss(), ["casework: nothing is heard of casework"]);
        duties.does(Role::Casework, Stage::Stopped);
        assert_eq!(amiss(), ["casework: stopped"]);
        duties.does(Role::Casework, Stage::StandsBy);
        health.draining().await;
        assert_eq!(amiss(), ["the process stops"]);
    }
}
