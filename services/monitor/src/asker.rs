//! Who asks, and what he may see. Everything that [`seinhuis_domain::access`] doesn't allow is denied.

use std::sync::Arc;

use seinhuis_contract::status::Problem;
use seinhuis_domain::access::{Ask, Denied, Principal, may};
use seinhuis_domain::area::{AreaCode, AreaMap};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::ids::{PartnerId, PersonId};
use tonic::Request;

/// The one who asks, with the directory as it was when he did.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    principal: Principal,
    directory: Arc<Directory>,
}

/// How much of the municipality somebody may see cases of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach {
    /// All of it.
    Everywhere,
    /// These areas.
    Within(Vec<AreaCode>),
}

/// The areas somebody asks about, and what they are called in the answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct AskedAreas {
    pub(crate) areas: Vec<AreaCode>,
    /// The same with everything in them.
    pub(crate) within: Vec<AreaCode>,
    /// Empty where they are several, as is the name.
    pub(crate) code: String,
    pub(crate) name: String,
}

impl AskedAreas {
    /// These, as they are called and lie on `map`.
    pub(crate) fn on(areas: Vec<AreaCode>, map: &AreaMap) -> Self {
        let within = inside(&areas, map);
        let (code, name) = match areas.as_slice() {
            [one] => {
                let name = map.get(one).map(|area| area.name.clone());
                (one.to_string(), name.unwrap_or_default())
            }
            _ => Default::default(),
        };
        Self { areas, within, code, name }
    }
}

impl Asker {
    /// The one the gate let through. A request without is denied: it came by a way past the gate.
    pub(crate) fn of<T>(request: &Request<T>, directory: Arc<Directory>) -> Result<Self, Problem> {
        let principal = request.extensions().get::<Principal>().ok_or(Problem::NoToken)?.clone();
        Ok(Self { principal, directory })
    }

    /// Refuses what he may not.
    pub(crate) fn may(&self, ask: Ask<'_>) -> Result<(), Problem> {
        may(&self.principal, ask, self.map()).map_err(Problem::Denied)
    }

    /// Whether he may.
    pub(crate) fn can(&self, ask: Ask<'_>) -> bool {
        may(&self.principal, ask, self.map()).is_ok()
    }

    /// The area with this code, if he may ask `what` of it. One that isn't on the map is told from one that is not his:
    /// the map is no secret.
    pub(crate) fn area<W>(&self, code: &str, what: W) -> Result<AreaCode, Problem>
    where
        W: for<'a> Fn(&'a AreaCode) -> Ask<'a>,
    {
        let area = AreaCode::new(code).map_err(|_| {
            Problem::field("area_code", code, "an area's code: 2 to 24 characters of A-Z, 0-9 and '-'")
        })?;
        match may(&self.principal, what(&area), self.map()) {
            Ok(()) => Ok(area),
            Err(Denied::OutsideAreas { .. }) if self.map().get(&area).is_none() => {
                let until = format!("now ({})", self.directory.drawn());
                Err(Problem::NotOnTheMap { area: code.to_owned(), until })
            }
            Err(denied) => Err(Problem::Denied(denied)),
        }
    }

    /// Those of whose areas the one with this code is, or for an empty code all of his own, if he may ask `what` there.
    pub(crate) fn area_or_own<W>(&self, code: &str, what: W) -> Result<Vec<AreaCode>, Problem>
    where
        W: for<'a> Fn(&'a AreaCode) -> Ask<'a>,
    {
        if !code.is_empty() {
            return self.area(code, what).map(|area| vec![area]);
        }
        let own = self.areas();
        for area in &own {
            self.may(what(area))?;
        }
        if own.is_empty() {
            // Nobody's areas are all there is: a partner's, or those of a person without any.
            let denied = Denied::NotAllowed { actor: self.actor(), what: "see anything of areas" };
            return Err(Problem::Denied(denied));
        }
        Ok(own)
    }

    /// The areas whose board he asks for, by a code as in [`Asker::area_or_own`].
    pub(crate) fn asked_areas(&self, code: &str) -> Result<AskedAreas, Problem> {
        let areas = self.area_or_own(code, |area| Ask::Board(area))?;
        Ok(AskedAreas::on(areas, self.map()))
    }

    /// Of how much he may see cases. Asked before any case is looked for, so that the answer can't depend on it.
    pub(crate) fn reach(&self) -> Result<Reach, Problem> {
        let own = self.areas();
        let top = self.map().municipality().map(|area| &area.code).or(own.first());
        let Some(top) = top else { return Ok(Reach::Within(own)) };
        match may(&self.principal, Ask::Case(top), self.map()) {
            Ok(()) => Ok(Reach::Everywhere),
            Err(Denied::OutsideAreas { .. }) => Ok(Reach::Within(own)),
            Err(denied @ Denied::NotAllowed { .. }) => Err(Problem::Denied(denied)),
        }
    }

    /// A person's areas, without those that lie in another of them; ordered by code. None for a partner.
    pub(crate) fn areas(&self) -> Vec<AreaCode> {
        let Principal::Person { areas, .. } = &self.principal else { return vec![] };
        outermost(areas, self.map())
    }

    /// The partner, if it is one.
    pub(crate) fn partner(&self) -> Option<&PartnerId> {
        match &self.principal {
            Principal::Partner { id, .. } => Some(id),
            Principal::Person { .. } => None,
        }
    }

    /// The person, if it is one.
    pub(crate) fn person(&self) -> Option<&PersonId> {
        match &self.principal {
            Principal::Partner { .. } => None,
            Principal::Person { id, .. } => Some(id),
        }
    }

    /// As the log names him.
    pub(crate) fn actor(&self) -> String {
        self.principal.actor()
    }

    /// The directory as it was when he asked.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The map as it was when he asked.
    pub(crate) fn map(&self) -> &AreaMap {
        self.directory.areas()
    }

    /// Whether he is this one, with this role and these areas.
    pub(crate) fn is(&self, principal: &Principal) -> bool {
        self.principal == *principal
    }

    /// The same person, by a newer directory.
    pub(crate) fn with(&self, directory: Arc<Directory>) -> Self {
        Self { principal: self.principal.clone(), directory }
    }
}

/// The areas on the map that are no part of another of `areas`.
fn outermost(areas: &[AreaCode], map: &AreaMap) -> Vec<AreaCode> {
    let inside_another =
        |area: &AreaCode| areas.iter().any(|other| other != area && map.lies_in(area, other));
    let mut outer: Vec<_> = areas.iter().filter(|area| !inside_another(area)).cloned().collect();
    outer.sort();
    outer.dedup();
    outer
}

/// `outer` and everything in it, ordered by code.
pub(crate) fn inside(outer: &[AreaCode], map: &AreaMap) -> Vec<AreaCode> {
    let within = |code: &AreaCode| outer.iter().any(|around| map.lies_in(code, around));
    map.all().map(|area| area.code.clone()).filter(within).collect()
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_domain::access::Role;
    use seinhuis_domain::event::Event;
    use seinhuis_domain::example;
    use seinhuis_domain::ids::PersonId;
    use seinhuis_domain::profile::ProfileEvent;
    use seinhuis_domain::sector::Sector;

    fn code(text: &str) -> AreaCode {
        AreaCode::new(text).unwrap()
    }

    fn asker(principal: Principal) -> Asker {
        let mut directory = Directory::default();
        let adopted = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(example::profile()) };
        directory.apply("voorbeeld", &Event::Profile(adopted)).unwrap();
        Asker { principal, directory: Arc::new(directory) }
    }

    fn person(role: Role, areas: &[&str]) -> Asker {
        let areas = areas.iter().map(|area| code(area)).collect();
        asker(Principal::Person { id: PersonId::new("iemand").unwrap(), role, areas })
    }

    #[test]
    fn a_request_that_came_past_the_gate_is_denied() {
        let asked = Asker::of(&Request::new(()), Arc::new(Directory::default()));
        assert_eq!(asked.unwrap_err(), Problem::NoToken);
    }

    #[test]
    fn the_reach_of_a_regisseur_is_his_areas_and_that_of_the_college_is_everything() {
        let ulft = person(Role::Regisseur, &["WK150900"]);
        assert_eq!(ulft.reach(), Ok(Reach::Within(vec![code("WK150900")])));
        assert_eq!(person(Role::College, &["GM1509"]).reach(), Ok(Reach::Everywhere));
    }

    #[test]
    fn who_never_sees_a_case_is_told_so_whatever_he_asks_for() {
        let wonion = Principal::Partner { id: PartnerId::new("wonion").unwrap(), sector: Sector::Housing };
        for asker in [person(Role::Operator, &["GM1509"]), person(Role::Analyst, &["GM1509"]), asker(wonion)]
        {
            assert!(matches!(asker.reach(), Err(Problem::Denied(Denied::NotAllowed { .. }))), "{asker:?}");
        }
    }

    #[test]
    fn an_area_inside_another_of_ones_own_is_not_named_apart() {
        assert_eq!(person(Role::Regisseur, &["WK150900", "GM1509"]).areas(), [code("GM1509")]);
        assert_eq!(
            person(Role::Regisseur, &["WK150901", "WK150900"]).areas(),
            [code("WK150900"), code("WK150901")]
        );
    }

    #[test]
    fn what_lies_in_an_area_includes_the_area_itself() {
        let map = AreaMap::new(example::profile().areas).unwrap();
        assert_eq!(inside(&[code("GM1509")], &map), [code("GM1509"), code("WK150900"), code("WK150901")]);
        assert_eq!(inside(&[code("WK150901")], &map), [code("WK150901")]);
    }
}
