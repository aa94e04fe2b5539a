//! Admitting partners and people: what `partner add`, `person add` and the demo share.

use anyhow::{Context as _, bail};
use cqrs_es::Aggregate as _;
use jiff::SignedDuration;
use seinhuis_domain::access::Role;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::{PartnerId, PersonId};
use seinhuis_domain::partner::{DatedOin, Partner, PartnerCommand};
use seinhuis_domain::person::{Person, PersonCommand};
use seinhuis_domain::profile::{AdoptProfile, AdoptedProfile, Profile};
use seinhuis_domain::sector::Sector;
use seinhuis_domain::token::{IssuedToken, Token};

use seinhuis_eventstore::Position;

use crate::store::Store;

impl Store {
    /// Puts a profile in force, if it is not already. Answers whether it is new. A folder belongs to one municipality:
    /// its cases are pinned to versions of that municipality's profile.
    pub async fn adopt(&self, profile: &Profile) -> anyhow::Result<bool> {
        let before = self.log.read_kind(AdoptedProfile::TYPE, Position::START, 1).await?;
        if let Some(other) = before.first().filter(|event| event.stream.id() != profile.name) {
            let (folder, other) = (self.folder.path().display(), other.stream.id());
            bail!(
                "{folder} holds the hub of profile {other}, not of {}: give --profile {other}",
                profile.name
            );
        }
        let command = AdoptProfile(Box::new(profile.clone()));
        let done = self.log.execute::<AdoptedProfile>(&(), &profile.name, command, &self.by_admin()).await;
        Ok(done.with_context(|| format!("profile {} is refused", profile.name))?.fresh)
    }

    /// Registers a partner and issues a token for it.
    pub async fn admit_partner(
        &self,
        id: &PartnerId,
        name: String,
        sector: Sector,
        oin: Option<DatedOin>,
        days: u16,
    ) -> anyhow::Result<Token> {
        let (token, issued) = self.token(days)?;
        let register = PartnerCommand::Register { id: id.clone(), name, sector, oin };
        for command in [register, PartnerCommand::IssueToken(issued)] {
            self.log.execute::<Partner>(&(), id.as_str(), command, &self.by_admin()).await?;
        }
        Ok(token)
    }

    /// Admits a person and issues a token for him.
    pub async fn admit_person(
        &self,
        id: &PersonId,
        role: Role,
        areas: Vec<AreaCode>,
        days: u16,
    ) -> anyhow::Result<Token> {
        let (token, issued) = self.token(days)?;
        let admit = PersonCommand::Admit { id: id.clone(), role, areas };
        for command in [admit, PersonCommand::IssueToken(issued)] {
            self.log.execute::<Person>(&(), id.as_str(), command, &self.by_admin()).await?;
        }
        Ok(token)
    }

    /// Ends every token of a partner. Answers whether there was any.
    pub async fn revoke_partner(&self, id: &PartnerId) -> anyhow::Result<bool> {
        let command = PartnerCommand::RevokeAll;
        Ok(self.log.execute::<Partner>(&(), id.as_str(), command, &self.by_admin()).await?.fresh)
    }

    /// Ends every token of a person. Answers whether there was any.
    pub async fn revoke_person(&self, id: &PersonId) -> anyhow::Result<bool> {
        let command = PersonCommand::RevokeAll;
        Ok(self.log.execute::<Person>(&(), id.as_str(), command, &self.by_admin()).await?.fresh)
    }

    fn token(&self, days: u16) -> anyhow::Result<(Token, IssuedToken)> {
        let mut bytes = [0; 32];
        self.entropy.fill(&mut bytes);
        let token = Token::from_entropy(bytes);
        let expires_at = self.clock.now().checked_add(SignedDuration::from_hours(24 * i64::from(days)))?;
        Ok((token.clone(), IssuedToken { hash: token.hash(), expires_at }))
    }
}
