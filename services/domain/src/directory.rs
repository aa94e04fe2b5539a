//! Who is who, what lies where and which policy holds: the small part of the log that every decision needs at hand.
//!
//! A pure fold. Every process that takes decisions keeps one and follows the log with it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use crate::access::{Principal, Role};
use crate::area::{Area, AreaCode, AreaMap, AreaMapFault, AreasEvent, DrawnMap};
use crate::calendar::Calendar;
use crate::event::Event;
use crate::ids::{PartnerId, PersonId};
use crate::partner::PartnerEvent;
use crate::person::PersonEvent;
use crate::profile::{Profile, ProfileEvent};
use crate::sector::Sector;
use crate::token::TokenHash;

mod responsible;

pub use responsible::Responsible;

/// A profile in force, with the calendar its terms are counted on.
#[derive(Debug, Clone)]
pub struct Adopted {
    /// The profile.
    pub profile: Profile,
    /// Its calendar.
    pub calendar: Calendar,
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

    /// Until when the last token of each who holds one counts, by what the log calls him: `partner:wonion`.
    pub fn last_tokens(&self) -> BTreeMap<String, Timestamp> {
        let mut last = BTreeMap::new();
        for (account, expires_at) in self.tokens.values() {
            let actor = match account {
                Account::Partner(id) => format!("partner:{id}"),
                Account::Person(id) => format!("person:{id}"),
            };
            let until = last.entry(actor).or_insert(*expires_at);
            *until = (*until).max(*expires_at);
        }
        last
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
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::area::Shape;
    use crate::example;
    use crate::token::{IssuedToken, Token};

    fn imported(directory: &mut Directory, vintage: &str, areas: Vec<Area>) {
        let event = AreasEvent::AreasImported { vintage: vintage.into(), areas };
        directory.apply("voorbeeld", &Event::Areas(event)).unwrap();
    }

    #[test]
    fn a_point_is_placed_on_the_present_map_and_on_no_former_one() {
        let mut directory = Directory::default();
        let mut areas = example::profile().areas;
        areas[1].shape = Some(Shape::from(vec![vec![vec![[6., 51.], [7., 51.], [7., 52.], [6., 51.]]]]));
        imported(&mut directory, "cbs-2017", areas);
        assert!(directory.areas().has_shapes());
        assert_eq!(directory.drawn().vintage.as_deref(), Some("cbs-2017"));
        let mut later = example::profile().areas;
        let gone = later.remove(1);
        imported(&mut directory, "cbs-2018", later);
        assert!(directory.areas().get(&gone.code).is_some() && !directory.areas().has_shapes());
    }

    #[test]
    fn a_map_that_is_the_same_keeps_its_address() {
        let mut directory = Directory::default();
        imported(&mut directory, "cbs-2017", example::profile().areas);
        let before = Arc::clone(directory.drawn());
        imported(&mut directory, "cbs-2017", example::profile().areas);
        assert!(Arc::ptr_eq(&before, directory.drawn()));
        imported(&mut directory, "cbs-2018", example::profile().areas);
        assert!(!Arc::ptr_eq(&before, directory.drawn()));
    }

    #[test]
    fn an_official_is_who_he_was_last_admitted_as_by_each_of_his_tokens() {
        let mut directory = Directory::default();
        let id = PersonId::new("regisseur-ulft").unwrap();
        let admitted = |role, area: &str| {
            let areas = vec![AreaCode::new(area).unwrap()];
            Event::Person(PersonEvent::PersonAdmitted { id: id.clone(), role, areas })
        };
        let token = |seed: u8| Token::from_entropy([seed; 32]).hash();
        let until = |day: &str| format!("{day}T12:00:00Z").parse::<Timestamp>().unwrap();
        let issued = |seed: u8, day: &str| {
            let issued = IssuedToken { hash: token(seed), expires_at: until(day) };
            Event::Person(PersonEvent::PersonTokenIssued(issued))
        };
        let events = [
            admitted(Role::TeamMember, "GM1509"),
            issued(1, "2026-03-10"),
            issued(2, "2026-03-12"),
            issued(3, "2026-03-11"),
            admitted(Role::Regisseur, "WK150900"),
        ];
        events.iter().for_each(|event| directory.apply("regisseur-ulft", event).unwrap());
        let areas = vec![AreaCode::new("WK150900").unwrap()];
        let now = Principal::Person { id: id.clone(), role: Role::Regisseur, areas };
        assert_eq!(directory.holder(&token(1)), Some((now, until("2026-03-10"))));
        let last = BTreeMap::from([("person:regisseur-ulft".to_owned(), until("2026-03-12"))]);
        assert_eq!(directory.last_tokens(), last);
        let revoked = Event::Person(PersonEvent::PersonTokenRevoked { hash: token(1) });
        directory.apply("regisseur-ulft", &revoked).unwrap();
        assert_eq!(directory.holder(&token(1)), None);
    }

    #[test]
    fn a_token_names_its_holder_until_it_is_revoked() {
        let mut directory = Directory::default();
        let token = Token::from_entropy([1; 32]).hash();
        let id = PartnerId::new("wonion").unwrap();
        let registered =
            PartnerEvent::PartnerRegistered { id, name: "Wonion".into(), sector: Sector::Housing, oin: None };
        let issued = IssuedToken { hash: token.clone(), expires_at: Timestamp::MAX };
        directory.apply("wonion", &Event::Partner(registered)).unwrap();
        directory.apply("wonion", &Event::Partner(PartnerEvent::PartnerTokenIssued(issued))).unwrap();
        let doors: Vec<_> = directory.partners().map(|(id, partner)| (id.as_str(), partner.sector)).collect();
        assert_eq!(doors, [("wonion", Sector::Housing)]);
        assert_eq!(directory.last_tokens(), BTreeMap::from([("partner:wonion".to_owned(), Timestamp::MAX)]));
        assert!(matches!(
            directory.holder(&token),
            Some((Principal::Partner { sector: Sector::Housing, .. }, _))
        ));
        let revoked = PartnerEvent::PartnerTokenRevoked { hash: token.clone() };
        directory.apply("wonion", &Event::Partner(revoked)).unwrap();
        assert_eq!(directory.holder(&token), None);
    }
}
