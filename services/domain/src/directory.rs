//! Who is who, what lies where and which policy holds: the small part of the log that every decision needs at hand.
//!
//! A pure fold. Every process that takes decisions keeps one and follows the log with it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::{Timestamp, civil::Date};

use crate::access::{Principal, Role};
use crate::area::{Area, AreaCode, AreaMap, AreaMapFault, AreasEvent, DrawnMap};
use crate::calendar::{Calendar, local_date};
use crate::event::Event;
use crate::ids::{PartnerId, PersonId, TeamId};
use crate::ladder::Rung;
use crate::partner::PartnerEvent;
use crate::person::PersonEvent;
use crate::profile::{PersonEntry, Profile, ProfileEvent};
use crate::sector::Sector;
use crate::token::TokenHash;

/// A profile in force, with the calendar its terms are counted on.
#[derive(Debug, Clone)]
pub struct Adopted {
    /// The profile.
    pub profile: Profile,
    /// Its calendar.
    pub calendar: Calendar,
}

/// The question who answers for a rung.
#[derive(Debug, Clone, Copy)]
pub struct Responsible<'a> {
    /// The rung.
    pub rung: Rung,
    /// Where.
    pub area: &'a AreaCode,
    /// The team of the case.
    pub team: Option<&'a TeamId>,
    /// The lead partner of the case.
    pub lead: Option<&'a PartnerId>,
    /// When: people are away at times.
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Account {
    Partner(PartnerId),
    Person(PersonId),
}

/// A partner as admitted to its door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerRecord {
    /// What people call it.
    pub name: String,
    /// Its door.
    pub sector: Sector,
}

/// The fold. Equal logs give equal directories.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    adopted: BTreeMap<u32, Adopted>,
    vintage: Option<String>,
    import: Vec<Area>,
    /// Every area ever on the map. Statistics renumber and municipalities redraw, but a case opened on a code that is
    /// gone must still be found, and its regisseur told.
    former: BTreeMap<AreaCode, Area>,
    drawn: Arc<DrawnMap>,
    partners: BTreeMap<PartnerId, PartnerRecord>,
    persons: BTreeMap<PersonId, (Role, Vec<AreaCode>)>,
    tokens: HashMap<TokenHash, (Account, Timestamp)>,
}

impl Directory {
    /// The aggregate types whose events matter here.
    pub const KINDS: [&'static str; 4] = ["profile", "areas", "partner", "person"];

    /// Takes one event in. `stream_id` is the id part of its stream. Events of other kinds change nothing.
    ///
    /// Errs where a profile and an import don't fit together as one map; the map before then stays.
    pub fn apply(&mut self, stream_id: &str, event: &Event) -> Result<(), AreaMapFault> {
        match event {
            Event::Profile(ProfileEvent::ProfileAdopted { version, profile }) => {
                let calendar = Calendar::new(profile.policy.office_hours);
                self.adopted.insert(*version, Adopted { profile: (**profile).clone(), calendar });
                self.redraw()?;
            }
            Event::Areas(AreasEvent::AreasImported { vintage, areas }) => {
                self.vintage = Some(vintage.clone());
                self.import.clone_from(areas);
                self.redraw()?;
            }
            Event::Partner(event) => self.apply_partner(stream_id, event),
            Event::Person(event) => self.apply_person(stream_id, event),
            Event::Signal(_) | Event::Case(_) | Event::Notice(_) | Event::Subject(_) => {}
        }
        Ok(())
    }

    /// Lays profile, import and what was on the map before over one another, in that order of weight.
    fn redraw(&mut self) -> Result<(), AreaMapFault> {
        let own = self.in_force().map_or(&[][..], |(_, adopted)| &adopted.profile.areas);
        let mut under = self.former.clone();
        under.extend(self.import.iter().map(|area| (area.code.clone(), area.clone())));
        let map = AreaMap::overlaid(own, &under.into_values().collect::<Vec<_>>())?;
        // Without its shape: points are placed on the present map only.
        let shapeless = map.all().map(|area| (area.code.clone(), Area { shape: None, ..area.clone() }));
        self.former = shapeless.collect();
        let drawn = DrawnMap { map, vintage: self.vintage.clone() };
        // Who keeps the maps of the past tells them apart by their address.
        if *self.drawn != drawn {
            self.drawn = Arc::new(drawn);
        }
        Ok(())
    }

    fn apply_partner(&mut self, stream_id: &str, event: &PartnerEvent) {
        match event {
            PartnerEvent::PartnerRegistered { id, name, sector, .. } => {
                self.partners.insert(id.clone(), PartnerRecord { name: name.clone(), sector: *sector });
            }
            PartnerEvent::PartnerTokenIssued(token) => {
                if let Ok(id) = PartnerId::new(stream_id) {
                    self.tokens.insert(token.hash.clone(), (Account::Partner(id), token.expires_at));
                }
            }
            PartnerEvent::PartnerTokenRevoked { hash } => drop(self.tokens.remove(hash)),
        }
    }

    fn apply_person(&mut self, stream_id: &str, event: &PersonEvent) {
        match event {
            PersonEvent::PersonAdmitted { id, role, areas } => {
                self.persons.insert(id.clone(), (*role, areas.clone()));
            }
            PersonEvent::PersonTokenIssued(token) => {
                if let Ok(id) = PersonId::new(stream_id) {
                    self.tokens.insert(token.hash.clone(), (Account::Person(id), token.expires_at));
                }
            }
            PersonEvent::PersonTokenRevoked { hash } => drop(self.tokens.remove(hash)),
        }
    }

    /// The newest profile and its version.
    pub fn in_force(&self) -> Option<(u32, &Adopted)> {
        self.adopted.last_key_value().map(|(version, adopted)| (*version, adopted))
    }

    /// The profile of a version.
    pub fn adopted(&self, version: u32) -> Option<&Adopted> {
        self.adopted.get(&version)
    }

    /// The map in force.
    pub fn areas(&self) -> &AreaMap {
        &self.drawn.map
    }

    /// The same with the import it was drawn from. Another one only where something of the map has changed.
    pub fn drawn(&self) -> &Arc<DrawnMap> {
        &self.drawn
    }

    /// Whether an organisation reports or leads here.
    pub fn is_partner(&self, id: &PartnerId) -> bool {
        self.partners.contains_key(id)
            || self.in_force().is_some_and(|(_, a)| a.profile.partners.iter().any(|p| p.id == *id))
    }

    /// The partners admitted to a door, by name.
    pub fn partners(&self) -> impl Iterator<Item = (&PartnerId, &PartnerRecord)> {
        self.partners.iter()
    }

    /// Who holds this token, and until when it counts.
    pub fn holder(&self, token: &TokenHash) -> Option<(Principal, Timestamp)> {
        let (account, expires_at) = self.tokens.get(token)?;
        let principal = match account {
            Account::Partner(id) => {
                Principal::Partner { id: id.clone(), sector: self.partners.get(id)?.sector }
            }
            Account::Person(id) => {
                let (role, areas) = self.persons.get(id)?;
                Principal::Person { id: id.clone(), role: *role, areas: areas.clone() }
            }
        };
        Some((principal, *expires_at))
    }

    /// Who is told when a case reaches a rung: the people of the profile in force, deputies for those away. Empty only
    /// where the profile names nobody, which its check refuses for the regisseur and the college.
    pub fn responsible(&self, asked: Responsible<'_>) -> Vec<PersonId> {
        let Some((_, Adopted { profile, .. })) = self.in_force() else { return vec![] };
        let named = match asked.rung {
            Rung::Workfloor => {
                let lead = profile.partners.iter().find(|p| Some(&p.id) == asked.lead);
                lead.map(|partner| &partner.contact).into_iter().collect()
            }
            Rung::Team => {
                let team = profile.teams.iter().find(|t| Some(&t.id) == asked.team);
                team.map(|team| &team.coordinator).into_iter().collect()
            }
            Rung::Regisseur => self.nearest(profile, Role::Regisseur, asked.area),
            Rung::College => self.nearest(profile, Role::College, asked.area),
        };
        let today = local_date(asked.at);
        let mut told: Vec<PersonId> =
            named.into_iter().map(|id| present(profile, id, today).clone()).collect();
        told.sort();
        told.dedup();
        told
    }

    /// The people of a role in the smallest area around the case that has any.
    fn nearest<'a>(&self, profile: &'a Profile, role: Role, area: &AreaCode) -> Vec<&'a PersonId> {
        self.areas()
            .path(area)
            .iter()
            .map(|around| {
                let here = |p: &&PersonEntry| p.role == role && p.areas.contains(&around.code);
                profile.people.iter().filter(here).map(|p| &p.id).collect::<Vec<_>>()
            })
            .find(|people| !people.is_empty())
            .unwrap_or_default()
    }
}

/// The person himself, or his deputy while he is away and the deputy is not.
fn present<'a>(profile: &'a Profile, id: &'a PersonId, today: Date) -> &'a PersonId {
    let entry = |id: &PersonId| profile.people.iter().find(|p| p.id == *id);
    let away = |p: &PersonEntry| p.absences.iter().any(|a| a.from <= today && today <= a.until);
    match entry(id) {
        Some(person) if away(person) => match person.deputy.as_ref() {
            Some(deputy) if !entry(deputy).is_some_and(away) => deputy,
            _ => id,
        },
        _ => id,
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::profile::Absence;
    use crate::token::{IssuedToken, Token};
    use crate::{example, profile};

    fn with(change: impl FnOnce(&mut Profile)) -> Directory {
        let mut profile = example::profile();
        change(&mut profile);
        let mut directory = Directory::default();
        let event = profile::ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(profile) };
        directory.apply("example", &Event::Profile(event)).unwrap();
        directory
    }

    fn told(directory: &Directory, rung: Rung, area: &str) -> Vec<String> {
        let area = AreaCode::new(area).unwrap();
        let team = TeamId::new("wijkteam-ulft").unwrap();
        let at = "2026-03-10T10:00:00Z".parse().unwrap();
        let asked = Responsible { rung, area: &area, team: Some(&team), lead: None, at };
        directory.responsible(asked).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_regisseur_of_the_area_is_told() {
        assert_eq!(told(&with(|_| {}), Rung::Regisseur, "WK150900"), ["regisseur-ulft"]);
        assert_eq!(told(&with(|_| {}), Rung::Regisseur, "WK150901"), ["regisseur-oost"]);
    }

    #[test]
    fn a_deputy_is_told_while_the_regisseur_is_away() {
        let away = Absence { from: jiff::civil::date(2026, 3, 9), until: jiff::civil::date(2026, 3, 10) };
        let directory = with(|p| p.people[0].absences.push(away));
        assert_eq!(told(&directory, Rung::Regisseur, "WK150900"), ["regisseur-oost"]);
    }

    #[test]
    fn on_the_team_rung_the_coordinator_is_told() {
        assert_eq!(told(&with(|_| {}), Rung::Team, "WK150900"), ["coordinator-ulft"]);
    }

    #[test]
    fn an_area_that_a_newer_map_no_longer_has_keeps_its_place_and_its_regisseur() {
        let mut directory = with(|_| {});
        let import = |directory: &mut Directory, code: &str| {
            let neighbourhood = Area {
                code: AreaCode::new(code).unwrap(),
                name: code.into(),
                level: crate::area::AreaLevel::Neighbourhood,
                parent: Some(AreaCode::new("WK150900").unwrap()),
                shape: None,
            };
            let mut areas = example::profile().areas;
            areas.push(neighbourhood);
            let event = AreasEvent::AreasImported { vintage: "any".into(), areas };
            directory.apply("example", &Event::Areas(event)).unwrap();
        };
        import(&mut directory, "BU15090001");
        import(&mut directory, "BU15090077");
        let (old, ulft) = (AreaCode::new("BU15090001").unwrap(), AreaCode::new("WK150900").unwrap());
        assert!(directory.areas().lies_in(&old, &ulft));
        assert_eq!(told(&directory, Rung::Regisseur, "BU15090001"), ["regisseur-ulft"]);
        assert_eq!(told(&directory, Rung::Regisseur, "BU15090077"), ["regisseur-ulft"]);
    }

    #[test]
    fn a_token_names_its_holder_until_it_is_revoked() {
        let mut directory = with(|_| {});
        let token = Token::from_entropy([1; 32]).hash();
        let id = PartnerId::new("wonion").unwrap();
        let registered =
            PartnerEvent::PartnerRegistered { id, name: "Wonion".into(), sector: Sector::Housing, oin: None };
        let issued = IssuedToken { hash: token.clone(), expires_at: Timestamp::MAX };
        directory.apply("wonion", &Event::Partner(registered)).unwrap();
        directory.apply("wonion", &Event::Partner(PartnerEvent::PartnerTokenIssued(issued))).unwrap();
        assert!(matches!(
            directory.holder(&token),
            Some((Principal::Partner { sector: Sector::Housing, .. }, _))
        ));
        let revoked = PartnerEvent::PartnerTokenRevoked { hash: token.clone() };
        directory.apply("wonion", &Event::Partner(revoked)).unwrap();
        assert_eq!(directory.holder(&token), None);
    }
}
