//! The partners at work: one connection and one stream each, all at the same time.

use std::collections::BTreeMap;

use anyhow::Context as _;
use futures::stream::{self, StreamExt};
use seinhuis_contract::proto::ingest::v1::receipt::Outcome;
use seinhuis_contract::proto::ingest::v1::{Disposition, Refused};
use seinhuis_domain::ids::{PartnerId, SignalId};
use seinhuis_domain::profile::Profile;
use seinhuis_domain::sector::Sector;
use seinhuis_eventstore::Position;
use seinhuis_runtime::Clock;

use super::cast::{Cast, connect};
use super::generate::Planned;
use crate::door;
use crate::hub::Hub;

/// A receipt, read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Report {
    /// Through which door.
    pub sector: Sector,
    /// The signal and its place in the log, or why it was refused.
    pub outcome: Result<(SignalId, Position), Box<Refused>>,
    /// Whether it was new.
    pub new: bool,
}

/// Sends every signal at its time and collects every receipt.
pub(super) async fn send_all(
    hub: &Hub,
    cast: &Cast,
    clock: &Clock,
    profile: &Profile,
    planned: Vec<Planned>,
) -> anyhow::Result<Vec<Report>> {
    let mut per_partner: BTreeMap<PartnerId, Vec<Planned>> = BTreeMap::new();
    for signal in planned {
        per_partner.entry(signal.partner.clone()).or_default().push(signal);
    }
    let streams = per_partner.into_iter().map(|(id, signals)| async move {
        let partner =
            profile.partners.iter().find(|partner| partner.id == id).context("a partner of the profile")?;
        let token = cast.partners.get(&id).context("a partner that was admitted")?;
        one_partner(hub, token, clock, partner.sector, signals).await
    });
    let all = futures::future::try_join_all(streams).await?;
    Ok(all.into_iter().flatten().collect())
}

async fn one_partner(
    hub: &Hub,
    token: &seinhuis_domain::token::Token,
    clock: &Clock,
    sector: Sector,
    signals: Vec<Planned>,
) -> anyhow::Result<Vec<Report>> {
    let (count, clock) = (signals.len(), clock.clone());
    let outgoing = stream::iter(signals).then(move |planned| {
        let clock = clock.clone();
        async move {
            clock.sleep_until(planned.at).await;
            planned.signal
        }
    });
    let receipts = door::report(connect(hub, token).await?, sector, outgoing).await?;
    let reports: Vec<Report> = receipts
        .map(|receipt| read(sector, receipt?.outcome))
        .collect::<Vec<_>>()
        .await
        .into_iter()
        .collect::<anyhow::Result<_>>()?;
    anyhow::ensure!(reports.len() == count, "{} receipts for {count} signals", reports.len());
    Ok(reports)
}

fn read(sector: Sector, outcome: Option<Outcome>) -> anyhow::Result<Report> {
    Ok(match outcome.context("a receipt without an outcome")? {
        Outcome::Accepted(accepted) => Report {
            sector,
            new: accepted.disposition() == Disposition::New,
            outcome: Ok((accepted.signal_id.parse()?, Position(accepted.position))),
        },
        Outcome::Refused(refused) => Report { sector, outcome: Err(Box::new(refused)), new: false },
    })
}
