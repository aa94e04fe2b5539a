//! Partner: an organisation admitted to a door, with its tokens.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::ids::PartnerId;
use crate::sector::Sector;
use crate::token::{IssuedToken, TokenHash};

/// A Dutch organisation number (OIN, 20 digits), dated: bodies merge and split, and their numbers change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedOin {
    /// The number.
    pub oin: String,
    /// From when it stands for this organisation.
    pub since: Date,
}

/// What can be asked of a partner's record.
#[derive(Debug, Clone)]
pub enum PartnerCommand {
    /// Admits the organisation to the door of its sector.
    Register {
        /// Short name.
        id: PartnerId,
        /// What people call it.
        name: String,
        /// Its door.
        sector: Sector,
        /// Its organisation number, where it has one.
        oin: Option<DatedOin>,
    },
    /// Adds a token.
    IssueToken(IssuedToken),
    /// Ends a token before its time.
    RevokeToken(TokenHash),
    /// Ends all tokens, as when one may have leaked.
    RevokeAll,
}

/// What happened to a partner's record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum PartnerEvent {
    /// The organisation was admitted.
    #[serde(rename = "partner.registered")]
    PartnerRegistered {
        /// Short name.
        id: PartnerId,
        /// What people call it.
        name: String,
        /// Its door.
        sector: Sector,
        /// Its organisation number, where it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        oin: Option<DatedOin>,
    },
    /// A token was issued.
    #[serde(rename = "partner.token_issued")]
    PartnerTokenIssued(IssuedToken),
    /// A token was ended before its time.
    #[serde(rename = "partner.token_revoked")]
    PartnerTokenRevoked {
        /// Which.
        hash: TokenHash,
    },
}

impl DomainEvent for PartnerEvent {
    fn event_type(&self) -> String {
        match self {
            Self::PartnerRegistered { .. } => "partner.registered",
            Self::PartnerTokenIssued(_) => "partner.token_issued",
            Self::PartnerTokenRevoked { .. } => "partner.token_revoked",
        }
        .into()
    }
    fn event_version(&self) -> String {
        "1".into()
    }
}

impl Fact for PartnerEvent {}

/// Why a partner command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartnerRefusal {
    /// Registered before, differently.
    #[error("partner {id} is registered already, for sector {sector}")]
    RegisteredOtherwise {
        /// Which.
        id: PartnerId,
        /// Its sector as registered.
        sector: Sector,
    },
    /// Not registered.
    #[error("no such partner is registered")]
    Unknown,
    /// An OIN has 20 digits.
    #[error("{0:?} is no OIN: 20 digits")]
    BadOin(String),
}

/// One organisation as registered.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Partner {
    registered: Option<(PartnerId, Sector)>,
    tokens: Vec<TokenHash>,
}

impl Aggregate for Partner {
    const TYPE: &'static str = "partner";
    type Command = PartnerCommand;
    type Event = PartnerEvent;
    type Error = PartnerRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: PartnerCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), PartnerRefusal> {
        match command {
            PartnerCommand::Register { id, name, sector, oin } => match &self.registered {
                Some((_, now)) if *now == sector => Ok(()),
                Some((id, now)) => Err(PartnerRefusal::RegisteredOtherwise { id: id.clone(), sector: *now }),
                None => {
                    if let Some(bad) = oin.as_ref().filter(|o| !is_oin(&o.oin)) {
                        return Err(PartnerRefusal::BadOin(bad.oin.clone()));
                    }
                    sink.write(PartnerEvent::PartnerRegistered { id, name, sector, oin }, self).await;
                    Ok(())
                }
            },
            PartnerCommand::IssueToken(token) => {
                self.registered.as_ref().ok_or(PartnerRefusal::Unknown)?;
                sink.write(PartnerEvent::PartnerTokenIssued(token), self).await;
                Ok(())
            }
            PartnerCommand::RevokeToken(hash) => {
                if self.tokens.contains(&hash) {
                    sink.write(PartnerEvent::PartnerTokenRevoked { hash }, self).await;
                }
                Ok(())
            }
            PartnerCommand::RevokeAll => {
                for hash in self.tokens.clone() {
                    sink.write(PartnerEvent::PartnerTokenRevoked { hash }, self).await;
                }
                Ok(())
            }
        }
    }

    fn apply(&mut self, event: PartnerEvent) {
        match event {
            PartnerEvent::PartnerRegistered { id, sector, .. } => self.registered = Some((id, sector)),
            PartnerEvent::PartnerTokenIssued(token) => self.tokens.push(token.hash),
            PartnerEvent::PartnerTokenRevoked { hash } => self.tokens.retain(|t| *t != hash),
        }
    }
}

fn is_oin(text: &str) -> bool {
    text.len() == 20 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod specs {
    use super::*;
    use cqrs_es::test::TestFramework;

    fn register(oin: Option<&str>) -> PartnerCommand {
        let oin = oin.map(|oin| DatedOin { oin: oin.into(), since: jiff::civil::date(2012, 1, 1) });
        let id = PartnerId::new("wonion").unwrap();
        PartnerCommand::Register { id, name: "Wonion".into(), sector: Sector::Housing, oin }
    }

    fn registered(sector: Sector) -> PartnerEvent {
        let id = PartnerId::new("wonion").unwrap();
        PartnerEvent::PartnerRegistered { id, name: "Wonion".into(), sector, oin: None }
    }

    #[test]
    fn registering_again_for_the_same_sector_adds_nothing() {
        TestFramework::<Partner>::with(())
            .given(vec![registered(Sector::Housing)])
            .when(register(None))
            .then_expect_events(vec![]);
    }

    #[test]
    fn registering_again_for_another_sector_is_refused() {
        let refusal = PartnerRefusal::RegisteredOtherwise {
            id: PartnerId::new("wonion").unwrap(),
            sector: Sector::Care,
        };
        TestFramework::<Partner>::with(())
            .given(vec![registered(Sector::Care)])
            .when(register(None))
            .then_expect_error(refusal);
    }

    #[test]
    fn an_organisation_is_registered_with_its_number() {
        let number = "0".repeat(20);
        let oin = Some(DatedOin { oin: number.clone(), since: jiff::civil::date(2012, 1, 1) });
        let id = PartnerId::new("wonion").unwrap();
        let (name, sector) = ("Wonion".to_owned(), Sector::Housing);
        TestFramework::<Partner>::with(())
            .given_no_previous_events()
            .when(register(Some(&number)))
            .then_expect_events(vec![PartnerEvent::PartnerRegistered { id, name, sector, oin }]);
    }

    #[test]
    fn an_oin_of_nineteen_digits_is_refused() {
        let short = "0".repeat(19);
        TestFramework::<Partner>::with(())
            .given_no_previous_events()
            .when(register(Some(&short)))
            .then_expect_error(PartnerRefusal::BadOin(short));
    }

    #[test]
    fn a_partner_nobody_registered_gets_no_token() {
        let token = IssuedToken {
            hash: crate::token::Token::shown("x").hash(),
            expires_at: jiff::Timestamp::UNIX_EPOCH,
        };
        TestFramework::<Partner>::with(())
            .given_no_previous_events()
            .when(PartnerCommand::IssueToken(token))
            .then_expect_error(PartnerRefusal::Unknown);
    }

    #[test]
    fn revoking_all_ends_every_token_that_still_counts() {
        let token = |text: &str| crate::token::Token::shown(text).hash();
        let issued = |text: &str| {
            let expires_at = jiff::Timestamp::UNIX_EPOCH;
            PartnerEvent::PartnerTokenIssued(IssuedToken { hash: token(text), expires_at })
        };
        let revoked = |text: &str| PartnerEvent::PartnerTokenRevoked { hash: token(text) };
        TestFramework::<Partner>::with(())
            .given(vec![registered(Sector::Housing), issued("a"), issued("b"), revoked("a"), issued("c")])
            .when(PartnerCommand::RevokeAll)
            .then_expect_events(vec![revoked("b"), revoked("c")]);
    }
}
