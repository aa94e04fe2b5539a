//! Who there is in the scene.

use jiff::Timestamp;
use seinhuis_domain::access::Role;
use seinhuis_domain::area::{Area, AreaCode, AreaLevel};
use seinhuis_domain::example;
use seinhuis_domain::ids::{PartnerId, PersonId};
use seinhuis_domain::partner::{Partner, PartnerCommand};
use seinhuis_domain::person::{Person, PersonCommand};
use seinhuis_domain::profile::{AdoptProfile, AdoptedProfile, Profile};
use seinhuis_domain::sector::Sector;
use seinhuis_domain::token::{IssuedToken, Token};
use seinhuis_eventstore::{Context, Log};

/// By short name: role and area.
const PERSONS: &[(&str, Role, &str)] = &[
    ("regisseur-ulft", Role::Regisseur, "WK150900"),
    ("teamlid-ulft", Role::TeamMember, "WK150900"),
    ("teamlid-gendringen", Role::TeamMember, "WK150901"),
    ("college", Role::College, "GM1509"),
    ("analist", Role::Analyst, "GM1509"),
    ("beheerder", Role::Operator, "GM1509"),
];

const PARTNERS: &[(&str, Sector)] = &[("wonion", Sector::Housing), ("politie", Sector::Police)];

/// The token of the one with this short name.
pub(crate) fn token(who: &str) -> Token {
    let mut bytes = [0; 32];
    bytes[..who.len()].copy_from_slice(who.as_bytes());
    Token::from_entropy(bytes)
}

/// The example municipality, with a neighbourhood in Ulft.
fn profile() -> Profile {
    let mut profile = example::profile();
    profile.areas.push(Area {
        code: AreaCode::new("BU15090001").unwrap(),
        name: "Ulft-Centrum".into(),
        level: AreaLevel::Neighbourhood,
        parent: Some(AreaCode::new("WK150900").unwrap()),
        shape: None,
    });
    profile
}

/// Adopts the profile and lets everybody in.
pub(super) async fn admit_all(log: &Log, context: &Context) {
    let adopt = AdoptProfile(Box::new(profile()));
    log.execute::<AdoptedProfile>(&(), "voorbeeld", adopt, context).await.unwrap();
    let issued = |who| IssuedToken { hash: token(who).hash(), expires_at: Timestamp::MAX };
    for (who, role, area) in PERSONS {
        let (id, areas) = (PersonId::new(*who).unwrap(), vec![AreaCode::new(*area).unwrap()]);
        for command in
            [PersonCommand::Admit { id, role: *role, areas }, PersonCommand::IssueToken(issued(who))]
        {
            log.execute::<Person>(&(), who, command, context).await.unwrap();
        }
    }
    for (who, sector) in PARTNERS {
        let (id, name) = (PartnerId::new(*who).unwrap(), (*who).to_owned());
        let register = PartnerCommand::Register { id, name, sector: *sector, oin: None };
        for command in [register, PartnerCommand::IssueToken(issued(who))] {
            log.execute::<Partner>(&(), who, command, context).await.unwrap();
        }
    }
}
