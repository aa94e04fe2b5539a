//! Who may do what. Everything that is not allowed here is denied.

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::area::{AreaCode, AreaMap};
use crate::ids::{PartnerId, PersonId};
use crate::sector::{Sector, named};

named! {
    /// What an official may do.
    Role {
        /// Directs areas: sees and decides everything there.
        Regisseur = "regisseur", "regisseur";
        /// Front line or team: sees and works on the cases of his areas.
        TeamMember = "team_member", "teamlid";
        /// The executive: sees and decides everything in the municipality.
        College = "college", "college";
        /// Studies figures: never a case, never a person.
        Analyst = "analyst", "analist";
        /// Keeps the hub running: sees that facts flow, not what they say.
        Operator = "operator", "beheerder";
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A partner's system.
    Partner {
        /// Which.
        id: PartnerId,
        /// Through which door.
        sector: Sector,
    },
    /// An official.
    Person {
        /// Which.
        id: PersonId,
        /// What he may do.
        role: Role,
        /// Where.
        areas: Vec<AreaCode>,
    },
}

impl Principal {
    /// How the log names the one who acted: `partner:wonion`, `person:regisseur-ulft`.
    pub fn actor(&self) -> String {
        match self {
            Self::Partner { id, .. } => format!("partner:{id}"),
            Self::Person { id, .. } => format!("person:{id}"),
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask<'a> {
    /// To report signals through the door of a sector.
    Report(Sector),
    /// To follow what became of one's own signals.
    OwnSignals,
    /// To see the board of an area.
    Board(&'a AreaCode),
    /// To see a case in an area, its history and why it went as it did.
    Case(&'a AreaCode),
    /// To read the personal content of the signals of a case.
    PersonalContent(&'a AreaCode),
    /// To work on a case: pick up, take the lead, refuse, hand over, raise, resolve, reopen, tell those who reported.
    Work(&'a AreaCode),
    /// To decide a case, and to undo what was decided: bring it down from the regisseur's rung or above, open it
    /// again there, give it another lead there.
    Decide(&'a AreaCode),
    /// To follow the log's facts without what they say.
    FactsOutline,
    /// To follow the log's non-personal facts of an area.
    Facts(&'a AreaCode),
    /// To have read models made anew.
    Rebuild,
}

/// Not allowed. Says what was asked, never what would have been seen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The role or sector never may.
    #[error("{actor} may not {what}")]
    NotAllowed {
        /// Who asked.
        actor: String,
        /// What for.
        what: &'static str,
    },
    /// The role may, but not there.
    #[error("{actor} may not {what} in area {area}, only in {areas}")]
    OutsideAreas {
        /// Who asked.
        actor: String,
        /// What for.
        what: &'static str,
        /// Where.
        area: AreaCode,
        /// Where he may.
        areas: String,
    },
}

/// Decides whether `who` may do `what`.
pub fn may(who: &Principal, what: Ask<'_>, map: &AreaMap) -> Result<(), Denied> {
    let no = || Denied::NotAllowed { actor: who.actor(), what: what.words() };
    match who {
        Principal::Partner { sector, .. } => match what {
            Ask::Report(door) if door == *sector => Ok(()),
            Ask::OwnSignals => Ok(()),
            _ => Err(no()),
        },
        Principal::Person { role, areas, .. } => {
            if !role.allows(what) {
                return Err(no());
            }
            match what.area() {
                Some(area) if !areas.iter().any(|own| map.lies_in(area, own)) => Err(Denied::OutsideAreas {
                    actor: who.actor(),
                    what: what.words(),
                    area: area.clone(),
                    areas: areas.iter().map(AreaCode::as_str).collect::<Vec<_>>().join(", "),
                }),
                _ => Ok(()),
            }
        }
    }
}

impl Role {
    fn allows(self, what: Ask<'_>) -> bool {
        match what {
            Ask::Report(_) | Ask::OwnSignals => false,
            Ask::Board(_) | Ask::Facts(_) => self != Self::Operator,
            Ask::Case(_) | Ask::PersonalContent(_) | Ask::Work(_) => {
                matches!(self, Self::Regisseur | Self::TeamMember | Self::College)
            }
            Ask::Decide(_) => matches!(self, Self::Regisseur | Self::College),
            Ask::FactsOutline => true,
            Ask::Rebuild => self == Self::Operator,
        }
    }
}

impl Ask<'_> {
    fn area(&self) -> Option<&AreaCode> {
        match self {
            Self::Board(a)
            | Self::Case(a)
            | Self::PersonalContent(a)
            | Self::Work(a)
            | Self::Decide(a)
            | Self::Facts(a) => Some(a),
            Self::Report(_) | Self::OwnSignals | Self::FactsOutline | Self::Rebuild => None,
        }
    }

    fn words(&self) -> &'static str {
        match self {
            Self::Report(Sector::Police) => "report police signals",
            Self::Report(Sector::Housing) => "report housing signals",
            Self::Report(Sector::Care) => "report care signals",
            Self::Report(Sector::Municipal) => "report municipal signals",
            Self::OwnSignals => "follow signals of its own",
            Self::Board(_) => "see the board",
            Self::Case(_) => "see cases",
            Self::PersonalContent(_) => "read personal content",
            Self::Work(_) => "work on cases",
            Self::Decide(_) => "decide cases",
            Self::FactsOutline | Self::Facts(_) => "follow the log",
            Self::Rebuild => "rebuild read models",
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::example;

    fn person(role: Role, area: &str) -> Principal {
        let id = PersonId::new("iemand").unwrap();
        Principal::Person { id, role, areas: vec![AreaCode::new(area).unwrap()] }
    }

    fn asked(who: &Principal, what: Ask<'_>) -> Result<(), Denied> {
        may(who, what, &AreaMap::new(example::profile().areas).unwrap())
    }

    #[test]
    fn a_partner_reports_through_its_own_door_only() {
        let wonion = Principal::Partner { id: PartnerId::new("wonion").unwrap(), sector: Sector::Housing };
        assert_eq!(asked(&wonion, Ask::Report(Sector::Housing)), Ok(()));
        assert!(asked(&wonion, Ask::Report(Sector::Police)).is_err());
    }

    #[test]
    fn a_partner_follows_its_own_signals_and_a_person_has_none() {
        let wonion = Principal::Partner { id: PartnerId::new("wonion").unwrap(), sector: Sector::Housing };
        assert_eq!(asked(&wonion, Ask::OwnSignals), Ok(()));
        assert!(asked(&person(Role::Regisseur, "GM1509"), Ask::OwnSignals).is_err());
    }

    #[test]
    fn a_refusal_says_who_asked_for_what_and_where_he_may() {
        let wonion = Principal::Partner { id: PartnerId::new("wonion").unwrap(), sector: Sector::Housing };
        let refused = asked(&wonion, Ask::Report(Sector::Police)).unwrap_err();
        assert_eq!(refused.to_string(), "partner:wonion may not report police signals");
        let elsewhere = AreaCode::new("WK150901").unwrap();
        let refused = asked(&person(Role::Regisseur, "WK150900"), Ask::Case(&elsewhere)).unwrap_err();
        let said = "person:iemand may not see cases in area WK150901, only in WK150900";
        assert_eq!(refused.to_string(), said);
    }

    #[test]
    fn a_partner_never_sees_cases_boards_or_the_log() {
        let wonion = Principal::Partner { id: PartnerId::new("wonion").unwrap(), sector: Sector::Housing };
        let ulft = AreaCode::new("WK150900").unwrap();
        for ask in
            [Ask::Board(&ulft), Ask::Case(&ulft), Ask::Facts(&ulft), Ask::FactsOutline, Ask::Decide(&ulft)]
        {
            assert!(asked(&wonion, ask).is_err(), "{ask:?}");
        }
    }

    #[test]
    fn a_regisseur_decides_inside_his_areas_and_nowhere_else() {
        let regisseur = person(Role::Regisseur, "WK150900");
        assert_eq!(asked(&regisseur, Ask::Decide(&AreaCode::new("WK150900").unwrap())), Ok(()));
        let elsewhere = AreaCode::new("WK150901").unwrap();
        assert!(matches!(asked(&regisseur, Ask::Case(&elsewhere)), Err(Denied::OutsideAreas { .. })));
    }

    #[test]
    fn a_right_on_an_area_covers_what_lies_in_it() {
        let college = person(Role::College, "GM1509");
        assert_eq!(asked(&college, Ask::Case(&AreaCode::new("WK150900").unwrap())), Ok(()));
    }

    #[test]
    fn a_right_inside_an_area_does_not_cover_the_area_around_it() {
        let regisseur = person(Role::Regisseur, "WK150900");
        assert!(asked(&regisseur, Ask::Board(&AreaCode::new("GM1509").unwrap())).is_err());
    }

    #[test]
    fn an_operator_sees_no_case_and_an_analyst_nothing_personal() {
        let ulft = AreaCode::new("WK150900").unwrap();
        let operator = person(Role::Operator, "GM1509");
        let analyst = person(Role::Analyst, "GM1509");
        for ask in [Ask::Board(&ulft), Ask::Case(&ulft), Ask::PersonalContent(&ulft), Ask::Facts(&ulft)] {
            assert!(asked(&operator, ask).is_err(), "{ask:?}");
        }
        assert_eq!(asked(&operator, Ask::FactsOutline), Ok(()));
        for ask in [Ask::Case(&ulft), Ask::PersonalContent(&ulft), Ask::Work(&ulft)] {
            assert!(asked(&analyst, ask).is_err(), "{ask:?}");
        }
        assert_eq!(asked(&analyst, Ask::Board(&ulft)), Ok(()));
    }

    #[test]
    fn operators_alone_have_read_models_rebuilt() {
        let may_rebuild = |role: &Role| asked(&person(*role, "GM1509"), Ask::Rebuild).is_ok();
        let those: Vec<_> = Role::ALL.iter().filter(|role| may_rebuild(role)).collect();
        assert_eq!(those, [&Role::Operator]);
    }

    #[test]
    fn an_unknown_area_is_denied() {
        let regisseur = person(Role::Regisseur, "GM1509");
        assert!(asked(&regisseur, Ask::Board(&AreaCode::new("GM9999").unwrap())).is_err());
    }
}
