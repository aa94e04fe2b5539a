//! The roles that follow the log, each as it works during a term.

use std::sync::Arc;

use anyhow::Context as _;
use seinhuis_casework::Casework;
use seinhuis_escalation::Escalation;
use seinhuis_eventstore::proof::Notary;
use seinhuis_notify::{Gone, Notify, NotifyParts, Outcomes};
use seinhuis_projections::{Follower, Views, work};
use seinhuis_relay::{Relay, RelayParts};
use seinhuis_runtime::{Clock, Supervisor};

use super::duties::Stage;
use super::ground::Ground;
use super::groups::{self, Group};
use super::term::{Term, in_terms};
use super::{audit, bus, notices};
use crate::erasure::Eraser;
use crate::proof;
use crate::role::Role;

/// Begins `role` under `supervisor`. Ingest and monitor follow nothing: they are part of the server. Beside the monitor the
/// auditor looks on.
///
/// # Errors
/// When a setting of it can't be followed.
pub(super) fn begin(role: Role, ground: &Ground, supervisor: &Supervisor) -> anyhow::Result<()> {
    match role {
        Role::Ingest => {}
        Role::Monitor => audit::begin(ground, supervisor)?,
        Role::Casework => spawn(role, ground, supervisor, casework),
        Role::Projections => spawn(role, ground, supervisor, projections),
        Role::Escalation => spawn(role, ground, supervisor, escalation),
        Role::Notify => {
            let known = (Outcomes::default(), Gone::default());
            spawn(role, ground, supervisor, move |ground, term| notify(ground, term, known.clone()));
        }
        // There is nothing to be published.
        Role::Relay if ground.config.feed.oin.is_none() => ground.duties.does(role, Stage::StandsBy),
        Role::Relay => spawn(role, ground, supervisor, relay),
        Role::Proof => spawn(role, ground, supervisor, sign),
        Role::Erasure => spawn(role, ground, supervisor, erase),
    }
    Ok(())
}

/// A role that meets what it can't get past stops by itself, loudly; the others go on.
fn spawn<W>(
    role: Role,
    ground: &Ground,
    supervisor: &Supervisor,
    work: impl Fn(Ground, Term) -> W + Send + 'static,
) where
    W: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let (ground, drain) = (ground.clone(), supervisor.draining());
    let watched = async move {
        let (health, on_stopped) = (ground.health.clone(), ground.duties.clone());
        let on = ground.clone();
        if let Err(fault) = in_terms(ground, role, drain, move |term| work(on.clone(), term)).await {
            tracing::error!(%role, fault = format!("{fault:#}"), "the role has stopped");
            on_stopped.does(role, Stage::Stopped);
            health.stopped(role).await;
        }
        Ok::<_, std::convert::Infallible>(())
    };
    supervisor.spawn(role.name(), watched);
}

/// Has a role with read models of its own work, tells the others how far they are, and closes them.
async fn with_views<W>(
    ground: &Ground,
    term: &Term,
    group: &Group,
    name: &'static str,
    work: impl FnOnce(Follower, Views) -> W,
) -> anyhow::Result<()>
where
    W: Future<Output = Result<(), seinhuis_projections::Fault>>,
{
    let pulse = term.pulse(name);
    let views = term.views(ground, group).await?;
    let mut follower = Follower::new(term.log.clone(), views.clone()).sharing(&ground.recent).beating(pulse);
    if let Some(faults) = ground.faults.get(group.name) {
        follower = follower.counting(faults);
    }
    let mut progress = views.progress();
    let telling = async {
        while progress.changed().await.is_ok() {
            let position = progress.borrow_and_update().0;
            ground.bus.announce_views(group.name, position);
        }
        std::future::pending().await
    };
    let done = tokio::select! {
        done = work(follower, views.clone()) => done,
        () = telling => Ok(()),
    };
    views.close().await;
    Ok(done?)
}

async fn casework(ground: Ground, term: Term) -> anyhow::Result<()> {
    with_views(&ground, &term, &groups::MATCHING, Role::Casework.name(), |follower, views| {
        let (directory, clock) = (ground.directory.clone(), ground.store.clock.clone());
        work(Casework::new(term.log.clone(), follower, views, directory, clock), term.drain.clone())
    })
    .await
}

async fn projections(ground: Ground, term: Term) -> anyhow::Result<()> {
    let follow = async |group: &Group| {
        with_views(&ground, &term, group, group.name, |follower, _| follower.run(term.drain.clone())).await
    };
    tokio::try_join!(follow(&groups::VIEWS), follow(&groups::VERSIONS)).map(|((), ())| ())
}

async fn escalation(ground: Ground, term: Term) -> anyhow::Result<()> {
    with_views(&ground, &term, &groups::TIMERS, Role::Escalation.name(), |follower, views| {
        let (directory, clock) = (ground.directory.clone(), ground.store.clock.clone());
        let (log, machine) = (term.log.clone(), Clock::system());
        let mut escalation = Escalation::new(log, follower, views, directory, clock, machine);
        if let Some(measures) = &ground.measures {
            escalation = escalation.telling(measures.on_fired());
        }
        work(escalation, term.drain.clone())
    })
    .await
}

/// With what the process knows of its tries and of receivers, whichever term it was learned in.
async fn notify(ground: Ground, term: Term, (outcomes, gone): (Outcomes, Gone)) -> anyhow::Result<()> {
    let settings = &ground.config.notify;
    let delivery = notices::delivery(settings, &ground.store.folder, gone)?;
    let contacts = notices::contacts(&ground.profile.contacts)?;
    let (retry, webhook_retry) = (notices::retry(settings)?, notices::webhook_retry(settings));
    let tenure = term.tenure.clone();
    with_views(&ground, &term, &groups::NOTICES, Role::Notify.name(), |follower, views| {
        let mut notify = Notify::new(NotifyParts {
            log: term.log.clone(),
            follower,
            views,
            directory: ground.directory.clone(),
            clock: ground.store.clock.clone(),
            delivery,
            contacts,
            retry,
            webhook_retry,
            may_send: Arc::new(move || tenure.is_held()),
            outcomes,
        });
        if let Some(measures) = &ground.measures {
            notify = notify.telling(measures.on_try());
        }
        work(notify, term.drain.clone())
    })
    .await
}

async fn relay(ground: Ground, term: Term) -> anyhow::Result<()> {
    let origin = bus::origin(&ground.config.feed)?.context("feed.oin isn't set")?;
    let feed = ground.bus.feed().context("bus.url isn't set")?;
    with_views(&ground, &term, &groups::RELAY, Role::Relay.name(), |follower, views| {
        let (log, clock, pulse) = (term.log.clone(), ground.store.clock.clone(), follower.pulse());
        work(Relay::new(RelayParts { log, views, pulse, feed, origin, clock }), term.drain.clone())
    })
    .await
}

async fn sign(ground: Ground, term: Term) -> anyhow::Result<()> {
    let (config, store) = (&ground.config, &ground.store);
    let pulse = term.pulse(Role::Proof.name());
    let book = proof::book(config, &store.folder).await?;
    let signer = proof::signer(config, &store.folder, &ground.profile.profile.name, &store.entropy)?;
    let notary = Notary::new(store.log.clone(), book.clone(), signer).beating(pulse);
    let done = notary.run(term.drain.clone().cancelled_owned()).await;
    book.close().await;
    Ok(done?)
}

async fn erase(ground: Ground, term: Term) -> anyhow::Result<()> {
    let pulse = term.pulse(Role::Erasure.name());
    let keyring = ground.store.keyring(&ground.config.keys).await?;
    let eraser = Eraser::new(term.log.clone(), keyring.clone(), ground.store.clock.clone(), pulse);
    let done = eraser.run(term.drain.clone()).await;
    keyring.close().await;
    Ok(done?)
}
