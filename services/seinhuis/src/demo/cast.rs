//! Who plays in the demo: every partner of the profile, and the officials the story needs, each with a token.

use std::collections::BTreeMap;
use std::time::Duration;

use seinhuis_domain::access::Role;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::PartnerId;
use seinhuis_domain::profile::Profile;
use seinhuis_domain::token::Token;
use tonic::transport::{Channel, Endpoint};

use crate::client::{Authed, authed};
use crate::hub::Hub;

/// Days the demo's tokens count.
const DAYS: u16 = 365;
/// How long the directory may take to know them.
const PATIENCE: Duration = Duration::from_secs(10);

/// The tokens of all who play.
#[derive(Debug)]
pub(super) struct Cast {
    /// Of each partner.
    pub partners: BTreeMap<PartnerId, Token>,
    /// Of the college, who may see and do everything.
    pub college: Token,
    /// The municipality's area code.
    pub municipality: AreaCode,
    /// The area of the story.
    pub home: AreaCode,
}

/// Admits everybody and waits until the hub knows them.
pub(super) async fn admit(hub: &Hub, profile: &Profile, home: &AreaCode) -> anyhow::Result<Cast> {
    let store = hub.store();
    let mut partners = BTreeMap::new();
    for partner in &profile.partners {
        let token =
            store.admit_partner(&partner.id, partner.name.clone(), partner.sector, None, DAYS).await?;
        partners.insert(partner.id.clone(), token);
    }
    let top = profile.areas.iter().find(|area| area.parent.is_none());
    let municipality = top.map_or_else(|| home.clone(), |area| area.code.clone());
    let college = profile.people.iter().find(|person| person.role == Role::College);
    let college = college.ok_or_else(|| anyhow::anyhow!("the profile has no college"))?;
    let college = store.admit_person(&college.id, Role::College, vec![municipality.clone()], DAYS).await?;
    hub.directory().reached(store.log.head(), PATIENCE).await?;
    Ok(Cast { partners, college, municipality, home: home.clone() })
}

/// A connection of one's own with a token.
pub(super) async fn connect(hub: &Hub, token: &Token) -> anyhow::Result<Authed> {
    let channel: Channel = Endpoint::from_shared(hub.url())?.connect().await?;
    authed(channel, token.reveal())
}
