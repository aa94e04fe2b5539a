//! What the monitor sees: the read models, which other roles keep, here or in other processes, and how far each is.

use std::sync::Arc;
use std::time::Duration;

use seinhuis_eventstore::Position;
use seinhuis_eventstore::keyring::Keyring;
use seinhuis_eventstore::proof::Book;
use seinhuis_monitor::{CheckedWith, FollowerProgress, MonitorParts, MonitorViews, ProcessTally, ProofParts};
use seinhuis_projections::Views;
use seinhuis_runtime::Supervisor;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::ground::Ground;
use super::groups::{self, Group};
use super::measures::{Looked, Looks, look};
use crate::wait;
use crate::{proof, rebuild, role::Role};

/// Between two looks at how far the log is signed.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Between two looks at read models that are just being made.
const SOON: Duration = Duration::from_millis(10);

/// Read models and book, open for reading.
pub(super) struct Seen {
    views: MonitorViews,
    matching: Views,
    /// How far the feed is, where there is one.
    relay: Option<Views>,
    book: Book,
    signed: watch::Receiver<Position>,
}

impl Seen {
    /// Opens them and follows how far they are.
    pub(super) async fn open(ground: &Ground, supervisor: &Supervisor) -> anyhow::Result<Self> {
        let main = look_in(ground, &groups::VIEWS, supervisor).await?;
        let timers = look_in(ground, &groups::TIMERS, supervisor).await?;
        let notices = look_in(ground, &groups::NOTICES, supervisor).await?;
        let versions = look_in(ground, &groups::VERSIONS, supervisor).await?;
        let matching = look_in(ground, &groups::MATCHING, supervisor).await?;
        let relay = match ground.config.feed.oin {
            Some(_) => Some(look_in(ground, &groups::RELAY, supervisor).await?),
            None => None,
        };
        let book = async || proof::book(&ground.config, &ground.store.folder).await;
        let book = wait::opened("the proof book", wait::may_come, book).await?;
        let (sender, signed) = watch::channel(Position::START);
        supervisor.spawn("signed", follow(book.clone(), sender, supervisor.draining()));
        Ok(Self { views: MonitorViews { main, timers, notices, versions }, matching, relay, book, signed })
    }

    /// Returns once the read models are there, so that questions are answered.
    pub(super) async fn made(&self) {
        let MonitorViews { main, timers, notices, versions } = &self.views;
        for views in [main, timers, notices, versions, &self.matching] {
            while !views.are_made().await.unwrap_or(false) {
                tokio::time::sleep(SOON).await;
            }
        }
    }

    /// What the monitor is made of.
    pub(super) fn parts(
        &self,
        ground: &Ground,
        keyring: &Keyring,
        tally: ProcessTally,
        drain: CancellationToken,
    ) -> MonitorParts {
        MonitorParts {
            log: ground.store.log.clone(),
            leases: ground.leases.clone(),
            keyring: keyring.clone(),
            directory: ground.directory.clone(),
            proof: ProofParts { book: self.book.clone(), key: checked_with(ground) },
            views: self.views.clone(),
            places: rebuild::places(&ground.store.folder, &ground.config.data),
            background: ground.background.clone(),
            followers: self.followers(ground),
            clock: ground.store.clock.clone(),
            tally,
            drain,
        }
    }

    /// Has what stands in the log and the read models be measured, where somebody is told.
    pub(super) fn measured(&self, ground: &Ground, supervisor: &Supervisor) {
        let Some(measures) = &ground.measures else { return };
        let looks = Looks {
            log: ground.store.log.clone(),
            leases: ground.leases.clone(),
            views: self.views.clone(),
            followers: self.followers(ground),
            clock: ground.store.clock.clone(),
        };
        let (told, looked) = watch::channel(Looked::default());
        measures.observe_looked(&looked);
        supervisor.spawn("measures", look(looks, told, supervisor.draining()));
    }

    /// How far everybody is who follows the log.
    fn followers(&self, ground: &Ground) -> Vec<FollowerProgress> {
        let MonitorViews { main, timers, notices, versions } = &self.views;
        let named = [
            (groups::VIEWS.name, Role::Projections, groups::VIEWS.name, main.progress()),
            (groups::VERSIONS.name, Role::Projections, groups::VERSIONS.name, versions.progress()),
            (Role::Casework.name(), Role::Casework, groups::MATCHING.name, self.matching.progress()),
            (Role::Escalation.name(), Role::Escalation, groups::TIMERS.name, timers.progress()),
            (Role::Notify.name(), Role::Notify, groups::NOTICES.name, notices.progress()),
            (Role::Proof.name(), Role::Proof, "", self.signed.clone()),
        ];
        let relay = self.relay.as_ref().map(|views| (Role::Relay.name(), Role::Relay, "", views.progress()));
        let here = &ground.config.serve.roles;
        let all = named.into_iter().chain(relay);
        all.map(|(name, role, group, position)| FollowerProgress {
            name: name.into(),
            role: role.name().into(),
            faults: ground.faults.get(group).filter(|_| here.has(role)).cloned(),
            position,
        })
        .collect()
    }

    pub(super) async fn close(self) {
        let MonitorViews { main, timers, notices, versions } = self.views;
        for views in [main, timers, notices, versions, self.matching].into_iter().chain(self.relay) {
            views.close().await;
        }
        self.book.close().await;
    }
}

async fn look_in(ground: &Ground, group: &Group, supervisor: &Supervisor) -> anyhow::Result<Views> {
    let url = ground.views_url(group);
    let open = async || Views::look_in(&url, group.models).await;
    let views = wait::opened("the read models", |fault| fault.is_passing(), open).await?;
    let (hinted, mut hints) = (views.clone(), ground.bus.views(group.name));
    let drain = supervisor.draining();
    supervisor.spawn(group.name, async move {
        let hear = async {
            while hints.changed().await.is_ok() {
                let position = *hints.borrow_and_update();
                hinted.hint(Position(position));
            }
            std::future::pending().await
        };
        tokio::select! {
            ended = hinted.clone().follow_progress(drain) => ended,
            ended = hear => ended,
        }
    });
    Ok(views)
}

/// Follows how far the log is signed.
async fn follow(
    book: Book,
    signed: watch::Sender<Position>,
    drain: CancellationToken,
) -> Result<(), std::convert::Infallible> {
    loop {
        match book.latest().await {
            Ok(kept) => drop(signed.send_replace(Position(kept.map_or(0, |kept| kept.size)))),
            Err(fault) => {
                tracing::debug!(fault = &fault as &dyn std::error::Error, "the book doesn't answer")
            }
        }
        tokio::select! {
            () = drain.cancelled() => return Ok(()),
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}

/// What checkpoints are checked with: as the settings say, or what belongs to the signing key, once that was made.
fn checked_with(ground: &Ground) -> CheckedWith {
    let ground = ground.clone();
    let found = std::sync::OnceLock::new();
    Arc::new(move || {
        if let Some(key) = ground.config.proof.verifier_key.as_ref().or_else(|| found.get()) {
            return Some(key.clone());
        }
        let profile = &ground.profile.profile.name;
        match proof::verifier(&ground.config, &ground.store.folder, profile) {
            Ok(key) => key.inspect(|key| drop(found.set(key.clone()))),
            Err(fault) => {
                tracing::warn!(fault = format!("{fault:#}"), "the key of the checkpoints can't be read");
                None
            }
        }
    })
}
