//! Who answers for a rung of a case: the people whom the profile in force names, as far as they are there.

use jiff::Timestamp;

use super::{Adopted, Directory};
use crate::access::Role;
use crate::area::AreaCode;
use crate::calendar::{CalendarError, local_date};
use crate::ids::{PartnerId, PersonId, TeamId};
use crate::ladder::Rung;
use crate::profile::{PersonEntry, Profile};
use crate::tell::{Addressee, hold, on_duty};

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
    /// When: people are away at times, and some hours are quiet.
    pub at: Timestamp,
    /// Whether notices are held while the office is closed.
    pub office_hours: bool,
    /// Whether they go out at once, whatever hours are quiet.
    pub at_once: bool,
}

impl Directory {
    /// Who is told when a case reaches a rung. Empty only where the profile names nobody, which its check refuses for the
    /// regisseur and the college, and has no fallback.
    pub fn responsible(&self, asked: Responsible<'_>) -> Result<Vec<Addressee>, CalendarError> {
        let Some((_, Adopted { profile, calendar })) = self.in_force() else { return Ok(vec![]) };
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
        let mut told = on_duty(profile, &named, local_date(asked.at), calendar)?;
        for addressee in told.iter_mut().filter(|_| !asked.at_once) {
            let entry = profile.people.iter().find(|p| p.id == addressee.person);
            let quiet = entry.map_or(&[][..], |entry| &entry.quiet);
            let office = asked.office_hours.then_some(calendar);
            addressee.hold = hold(asked.at, addressee.hold.take(), quiet, office)?;
        }
        Ok(told)
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

#[cfg(test)]
mod specs {
    use super::*;
    use crate::area::{Area, AreasEvent};
    use crate::calendar::QuietHours;
    use crate::event::Event;
    use crate::profile::Absence;
    use crate::{example, profile};
    use jiff::civil::time;

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
        let asked = Responsible {
            rung,
            area: &area,
            team: Some(&team),
            lead: None,
            at,
            office_hours: false,
            at_once: false,
        };
        directory.responsible(asked).unwrap().iter().map(|told| told.person.to_string()).collect()
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
    fn on_the_workfloor_the_contact_of_the_lead_is_told_and_without_a_lead_nobody() {
        let (directory, area) = (with(|_| {}), AreaCode::new("WK150900").unwrap());
        let told = |lead: Option<&PartnerId>| {
            let at = "2026-03-10T10:00:00Z".parse().unwrap();
            let (rung, team) = (Rung::Workfloor, None);
            let asked =
                Responsible { rung, area: &area, team, lead, at, office_hours: false, at_once: false };
            let told = directory.responsible(asked).unwrap();
            told.iter().map(|told| told.person.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(told(Some(&PartnerId::new("wonion").unwrap())), ["consulent-wonion"]);
        assert_eq!(told(None), Vec::<String>::new());
    }

    #[test]
    fn each_waits_for_the_end_of_his_own_quiet_hours_and_at_once_is_at_once() {
        let nights = QuietHours { days: vec![], from: time(10, 0, 0, 0), until: time(12, 0, 0, 0) };
        let directory = with(|p| p.people[0].quiet = vec![nights]);
        let held = |area: &str, at_once| {
            let (area, team, lead) = (AreaCode::new(area).unwrap(), None, None);
            let at = "2026-03-10T10:00:00Z".parse().unwrap();
            let (rung, office_hours) = (Rung::Regisseur, false);
            let asked = Responsible { rung, area: &area, team, lead, at, office_hours, at_once };
            let told = directory.responsible(asked).unwrap();
            told[0].hold.as_ref().map(|hold| hold.until.to_string())
        };
        assert_eq!(held("WK150900", false).as_deref(), Some("2026-03-10T11:00:00Z"));
        assert_eq!((held("WK150901", false), held("WK150900", true)), (None, None));
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
}
