//! Person: an official admitted with a role and areas, with his tokens. By function, never by name.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::area::AreaCode;
use crate::fact::Fact;
use crate::ids::PersonId;
use crate::token::{IssuedToken, TokenHash};

/// What can be asked of a person's record.
#[derive(Debug, Clone)]
pub enum PersonCommand {
    /// Admits the person, or changes what he may do and where.
    Admit {
        /// Short name of the function.
        id: PersonId,
        /// What he may do.
        role: Role,
        /// Where.
        areas: Vec<AreaCode>,
    },
    /// Adds a token.
    IssueToken(IssuedToken),
    /// Ends a token before its time.
    RevokeToken(TokenHash),
    /// Ends all tokens, as when one may have leaked.
    RevokeAll,
}

/// What happened to a person's record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum PersonEvent {
    /// He was admitted with this role and these areas; the last one counts.
    #[serde(rename = "person.admitted")]
    PersonAdmitted {
        /// Short name of the function.
        id: PersonId,
        /// What he may do.
        role: Role,
        /// Where.
        areas: Vec<AreaCode>,
    },
    /// A token was issued.
    #[serde(rename = "person.token_issued")]
    PersonTokenIssued(IssuedToken),
    /// A token was ended before its time.
    #[serde(rename = "person.token_revoked")]
    PersonTokenRevoked {
        /// Which.
        hash: TokenHash,
    },
}

impl DomainEvent for PersonEvent {
    fn event_type(&self) -> String {
        match self {
            Self::PersonAdmitted { .. } => "person.admitted",
            Self::PersonTokenIssued(_) => "person.token_issued",
            Self::PersonTokenRevoked { .. } => "person.token_revoked",
        }
        .into()
    }
    fn event_version(&self) -> String {
        "1".into()
    }
}

impl Fact for PersonEvent {}

/// Why a person command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PersonRefusal {
    /// Not admitted.
    #[error("no such person is admitted")]
    Unknown,
    /// A right without an area is a right to nothing.
    #[error("{0} needs at least one area")]
    NoArea(PersonId),
}

/// One official as admitted.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Person {
    admitted: Option<(Role, Vec<AreaCode>)>,
    tokens: Vec<TokenHash>,
}

impl Aggregate for Person {
    const TYPE: &'static str = "person";
    type Command = PersonCommand;
    type Event = PersonEvent;
    type Error = PersonRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: PersonCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), PersonRefusal> {
        match command {
            PersonCommand::Admit { id, areas, .. } if areas.is_empty() => Err(PersonRefusal::NoArea(id)),
            PersonCommand::Admit { id, role, areas } => {
                if self.admitted.as_ref() != Some(&(role, areas.clone())) {
                    sink.write(PersonEvent::PersonAdmitted { id, role, areas }, self).await;
                }
                Ok(())
            }
            PersonCommand::IssueToken(token) => {
                self.admitted.as_ref().ok_or(PersonRefusal::Unknown)?;
                sink.write(PersonEvent::PersonTokenIssued(token), self).await;
                Ok(())
            }
            PersonCommand::RevokeToken(hash) => {
                if self.tokens.contains(&hash) {
                    sink.write(PersonEvent::PersonTokenRevoked { hash }, self).await;
                }
                Ok(())
            }
            PersonCommand::RevokeAll => {
                for hash in self.tokens.clone() {
                    sink.write(PersonEvent::PersonTokenRevoked { hash }, self).await;
                }
                Ok(())
            }
        }
    }

    fn apply(&mut self, event: PersonEvent) {
        match event {
            PersonEvent::PersonAdmitted { role, areas, .. } => self.admitted = Some((role, areas)),
            PersonEvent::PersonTokenIssued(token) => self.tokens.push(token.hash),
            PersonEvent::PersonTokenRevoked { hash } => self.tokens.retain(|t| *t != hash),
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use cqrs_es::test::TestFramework;

    fn admit(area: Option<&str>) -> PersonCommand {
        let areas = area.map(|a| AreaCode::new(a).unwrap()).into_iter().collect();
        PersonCommand::Admit { id: PersonId::new("regisseur-ulft").unwrap(), role: Role::Regisseur, areas }
    }

    #[test]
    fn a_right_without_an_area_is_refused() {
        TestFramework::<Person>::with(())
            .given_no_previous_events()
            .when(admit(None))
            .then_expect_error(PersonRefusal::NoArea(PersonId::new("regisseur-ulft").unwrap()));
    }

    #[test]
    fn admitting_again_with_other_areas_is_a_new_fact() {
        let id = PersonId::new("regisseur-ulft").unwrap();
        let before = PersonEvent::PersonAdmitted {
            id: id.clone(),
            role: Role::Regisseur,
            areas: vec![AreaCode::new("WK150900").unwrap()],
        };
        let after = PersonEvent::PersonAdmitted {
            id,
            role: Role::Regisseur,
            areas: vec![AreaCode::new("GM1509").unwrap()],
        };
        TestFramework::<Person>::with(())
            .given(vec![before])
            .when(admit(Some("GM1509")))
            .then_expect_events(vec![after]);
    }

    #[test]
    fn revoking_all_ends_every_token_and_without_tokens_adds_nothing() {
        let hash = crate::token::Token::shown("a").hash();
        let expires_at = jiff::Timestamp::UNIX_EPOCH;
        let issued = PersonEvent::PersonTokenIssued(IssuedToken { hash: hash.clone(), expires_at });
        let revoked = PersonEvent::PersonTokenRevoked { hash };
        TestFramework::<Person>::with(())
            .given(vec![issued.clone()])
            .when(PersonCommand::RevokeAll)
            .then_expect_events(vec![revoked.clone()]);
        TestFramework::<Person>::with(())
            .given(vec![issued, revoked])
            .when(PersonCommand::RevokeAll)
            .then_expect_events(vec![]);
    }
}
