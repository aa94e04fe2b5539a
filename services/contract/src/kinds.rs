//! Kinds on the wire: each sector's enum says the same as the domain's list of kinds, value by value.

use std::sync::LazyLock;

use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::Sector;

use crate::proto::ingest::v1::{CareKind, Common, HousingKind, MunicipalKind, PoliceKind};
use crate::proto::ingest::v1::{CareSignal, HousingSignal, MunicipalSignal, PoliceSignal};

/// The kinds of a sector; the index is the number on the wire, and zero is none.
struct Numbers {
    kinds: Vec<Option<Kind>>,
    /// What the wire calls them, in order.
    names: Vec<&'static str>,
}

impl Numbers {
    /// `wire` gives the name of a number. `join` stands between the parts of a code where the name has an underscore.
    fn new(prefix: &str, sector: Sector, join: &str, wire: impl Fn(i32) -> Option<&'static str>) -> Self {
        let names: Vec<_> = (0..).map_while(wire).collect();
        let kind = |name: &&'static str| {
            let own = name.strip_prefix(prefix)?.to_ascii_lowercase().replace('_', join);
            Kind::from_code(&format!("{sector}.{own}")).ok()
        };
        Self { kinds: names.iter().map(kind).collect(), names: names[1..].to_vec() }
    }
}

static POLICE: LazyLock<Numbers> = LazyLock::new(|| {
    Numbers::new("POLICE_KIND_", Sector::Police, "_", |n| Some(PoliceKind::try_from(n).ok()?.as_str_name()))
});
// The codes of VERA have two parts, and the wire's names join them with the only mark they have.
static HOUSING: LazyLock<Numbers> = LazyLock::new(|| {
    Numbers::new("HOUSING_KIND_", Sector::Housing, ".", |n| {
        Some(HousingKind::try_from(n).ok()?.as_str_name())
    })
});
static CARE: LazyLock<Numbers> = LazyLock::new(|| {
    Numbers::new("CARE_KIND_", Sector::Care, "_", |n| Some(CareKind::try_from(n).ok()?.as_str_name()))
});
static MUNICIPAL: LazyLock<Numbers> = LazyLock::new(|| {
    Numbers::new("MUNICIPAL_KIND_", Sector::Municipal, "_", |n| {
        Some(MunicipalKind::try_from(n).ok()?.as_str_name())
    })
});

fn numbers(sector: Sector) -> &'static Numbers {
    match sector {
        Sector::Police => &POLICE,
        Sector::Housing => &HOUSING,
        Sector::Care => &CARE,
        Sector::Municipal => &MUNICIPAL,
    }
}

/// The kind that a number means at the door of `sector`; `None` for zero and for numbers not on the list.
pub fn from_wire(sector: Sector, number: i32) -> Option<Kind> {
    let index = usize::try_from(number).ok()?;
    numbers(sector).kinds.get(index).copied().flatten()
}

/// The number of a kind at the door of its sector.
pub fn to_wire(kind: Kind) -> i32 {
    let at = numbers(kind.sector()).kinds.iter().position(|own| *own == Some(kind));
    // Every kind is on the wire (the specs below prove it), so zero is never the answer.
    at.and_then(|index| i32::try_from(index).ok()).unwrap_or_default()
}

/// What the wire calls the kinds of a sector: `POLICE_KIND_E33`.
pub fn names(sector: Sector) -> &'static [&'static str] {
    &numbers(sector).names
}

/// A signal of any sector, on its way to the door of that sector.
#[derive(Debug, Clone, PartialEq)]
pub enum SectorSignal {
    /// For [`crate::proto::ingest::v1::police_ingest_service_client::PoliceIngestServiceClient`].
    Police(PoliceSignal),
    /// For [`crate::proto::ingest::v1::housing_ingest_service_client::HousingIngestServiceClient`].
    Housing(HousingSignal),
    /// For [`crate::proto::ingest::v1::care_ingest_service_client::CareIngestServiceClient`].
    Care(CareSignal),
    /// For [`crate::proto::ingest::v1::municipal_ingest_service_client::MunicipalIngestServiceClient`].
    Municipal(MunicipalSignal),
}

impl SectorSignal {
    /// A signal of this kind, with nothing that only its sector has.
    pub fn new(kind: Kind, common: Common) -> Self {
        let (common, number) = (Some(common), to_wire(kind));
        match kind.sector() {
            Sector::Police => Self::Police(PoliceSignal { common, kind: number, ..Default::default() }),
            Sector::Housing => Self::Housing(HousingSignal { common, kind: number, ..Default::default() }),
            Sector::Care => Self::Care(CareSignal { common, kind: number, ..Default::default() }),
            Sector::Municipal => {
                Self::Municipal(MunicipalSignal { common, kind: number, ..Default::default() })
            }
        }
    }

    /// Through which door it goes.
    pub fn sector(&self) -> Sector {
        match self {
            Self::Police(_) => Sector::Police,
            Self::Housing(_) => Sector::Housing,
            Self::Care(_) => Sector::Care,
            Self::Municipal(_) => Sector::Municipal,
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn every_kind_of_the_domain_has_a_number_that_leads_back_to_it() {
        for kind in Kind::all() {
            let number = to_wire(kind);
            assert!(number > 0, "{kind} isn't on the wire");
            assert_eq!(from_wire(kind.sector(), number), Some(kind));
        }
    }

    #[test]
    fn every_number_on_the_wire_but_zero_is_a_kind_of_the_domain() {
        for sector in Sector::ALL {
            for (at, name) in names(*sector).iter().enumerate() {
                assert!(numbers(*sector).kinds[at + 1].is_some(), "{name} is no kind");
            }
            assert_eq!(from_wire(*sector, 0), None);
            assert_eq!(from_wire(*sector, 10_000), None);
            assert_eq!(from_wire(*sector, -1), None);
        }
    }

    #[test]
    fn a_code_of_vera_keeps_its_two_parts() {
        let noise = Kind::from_code("housing.soc.gel").unwrap();
        assert_eq!(to_wire(noise), HousingKind::SocGel as i32);
    }

    #[test]
    fn a_signal_of_a_kind_goes_through_the_door_of_its_sector() {
        for kind in Kind::all() {
            assert_eq!(SectorSignal::new(kind, Common::default()).sector(), kind.sector());
        }
    }
}
