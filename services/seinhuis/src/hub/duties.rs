//! What each role of this process does, and whether its followers live. A follower beats once a turn of its loop, with
//! something to do or without: one that died where the log ended is as far as one that keeps up, and only its silence gives
//! it away.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use seinhuis_runtime::Pulse;
use tokio_util::sync::CancellationToken;

use super::health::Health;
use crate::role::{Role, Roles};

/// Between two looks at who is silent.
const LOOK: Duration = Duration::from_millis(500);

/// What a role does just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It waits for what it stands on.
    Begins,
    /// Its lease is held here.
    Works,
    /// Its lease is held by another process.
    StandsBy,
    /// It met what may pass, and takes a breath.
    TriesAgain,
    /// It met what it can't get past.
    Stopped,
}

impl Stage {
    /// Its name, for machines.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Begins => "begins",
            Self::Works => "works",
            Self::StandsBy => "stands-by",
            Self::TriesAgain => "tries-again",
            Self::Stopped => "stopped",
        }
    }

    /// Whether a role that does this does what it should.
    fn is_well(self) -> bool {
        matches!(self, Self::Works | Self::StandsBy)
    }
}

/// The roles of one process. Clones are the same ones.
#[derive(Debug, Clone)]
pub(super) struct Duties {
    duties: Arc<Mutex<BTreeMap<Role, Duty>>>,
    /// A follower that is silent for longer is taken for stuck.
    bound: Duration,
}

#[derive(Debug)]
struct Duty {
    stage: Stage,
    pulses: BTreeMap<&'static str, Pulse>,
}

/// A role, as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) role: Role,
    pub(super) stage: Stage,
    /// How long ago each of its followers ended a turn.
    pub(super) pulses: Vec<(&'static str, Duration)>,
    /// Those of them that have been silent for too long.
    pub(super) silent: Vec<&'static str>,
}

impl Seen {
    /// Whether it does what it should.
    pub(super) fn is_well(&self) -> bool {
        self.stage.is_well() && self.silent.is_empty()
    }
}

impl Duties {
    /// Of a process with these roles, none of which has begun. A follower that is silent for longer than `bound` is stuck.
    pub(super) fn new(roles: &Roles, bound: Duration) -> Self {
        let begins = || Duty { stage: Stage::Begins, pulses: BTreeMap::new() };
        let duties = roles.iter().map(|role| (role, begins())).collect();
        Self { duties: Arc::new(Mutex::new(duties)), bound }
    }

    /// From here on `role` does this. The followers of one that doesn't work are at rest.
    pub(super) fn does(&self, role: Role, stage: Stage) {
        if let Some(duty) = self.duties().get_mut(&role) {
            duty.stage = stage;
            if stage != Stage::Works {
                duty.pulses.clear();
            }
        }
    }

    /// Has `pulse` be heard as that of a follower of `role`, for as long as the role works.
    pub(super) fn hear(&self, role: Role, follower: &'static str, pulse: Pulse) {
        if let Some(duty) = self.duties().get_mut(&role) {
            duty.pulses.insert(follower, pulse);
        }
    }

    /// A pulse for a follower of `role`, which is heard from here on.
    pub(super) fn pulse(&self, role: Role, follower: &'static str) -> Pulse {
        let pulse = Pulse::new();
        self.hear(role, follower, pulse.clone());
        pulse
    }

    /// All of them, as they are now.
    pub(super) fn seen(&self) -> Vec<Seen> {
        let duties = self.duties();
        let seen = duties.iter().map(|(role, Duty { stage, pulses })| {
            let pulses: Vec<_> = pulses.iter().map(|(name, pulse)| (*name, pulse.age())).collect();
            let silent = pulses.iter().filter(|(_, age)| *age > self.bound).map(|(name, _)| *name).collect();
            Seen { role: *role, stage: *stage, pulses, silent }
        });
        seen.collect()
    }

    fn duties(&self) -> MutexGuard<'_, BTreeMap<Role, Duty>> {
        // Whole after every statement.
        self.duties.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells `health` who is silent, until `drain` is cancelled.
pub(super) async fn listen(
    duties: Duties,
    health: Health,
    drain: CancellationToken,
) -> Result<(), Infallible> {
    loop {
        let silent = duties.seen().into_iter().filter(|duty| !duty.silent.is_empty());
        health.silent(silent.map(|duty| duty.role).collect::<BTreeSet<_>>()).await;
        tokio::select! {
            () = drain.cancelled() => return Ok(()),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    const BOUND: Duration = Duration::from_secs(60);

    fn duties() -> Duties {
        Duties::new(&"casework,projections".parse().unwrap(), BOUND)
    }

    fn of(duties: &Duties, role: Role) -> Seen {
        duties.seen().into_iter().find(|seen| seen.role == role).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_follower_that_is_silent_for_too_long_is_not_well_however_far_it_is() {
        let duties = duties();
        duties.does(Role::Projections, Stage::Works);
        let (lively, stuck) =
            (duties.pulse(Role::Projections, "views"), duties.pulse(Role::Projections, "versions"));
        tokio::time::advance(BOUND).await;
        assert!(of(&duties, Role::Projections).is_well());
        lively.beat();
        tokio::time::advance(Duration::from_millis(1)).await;
        let seen = of(&duties, Role::Projections);
        assert_eq!((seen.is_well(), seen.silent), (false, vec!["versions"]));
        stuck.beat();
        assert!(of(&duties, Role::Projections).is_well());
    }

    #[tokio::test(start_paused = true)]
    async fn who_stands_by_is_not_expected_to_beat() {
        let duties = duties();
        duties.does(Role::Casework, Stage::Works);
        duties.pulse(Role::Casework, "casework");
        duties.does(Role::Casework, Stage::StandsBy);
        tokio::time::advance(2 * BOUND).await;
        let seen = of(&duties, Role::Casework);
        assert!(seen.is_well() && seen.pulses.is_empty());
    }

    #[test]
    fn who_has_not_begun_or_has_stopped_is_not_well() {
        let duties = duties();
        assert!(!of(&duties, Role::Casework).is_well());
        for (stage, well) in [(Stage::Works, true), (Stage::TriesAgain, false), (Stage::Stopped, false)] {
            duties.does(Role::Casework, stage);
            assert_eq!(of(&duties, Role::Casework).is_well(), well, "{}", stage.name());
        }
    }
}
