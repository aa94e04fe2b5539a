//! A signal of any sector as it came in, before anything is checked.

use seinhuis_contract::proto::ingest::v1::{
    CareSignal, Common, HousingSignal, MunicipalSignal, PoliceSignal,
};
use seinhuis_domain::sector::Sector;

/// What the four messages have in common, and what only one has.
pub(crate) struct Incoming {
    pub(crate) common: Option<Common>,
    /// The number of the kind, by the list of its sector.
    pub(crate) kind: i32,
    pub(crate) details: Details,
}

/// What only one sector has.
pub(crate) enum Details {
    Police { incident_number: String },
    Housing { arrears_months: u32, case_number: String },
    Care { consent: i32 },
    Municipal { desk_number: String },
}

impl Incoming {
    /// Through whose door it came.
    pub(crate) fn sector(&self) -> Sector {
        match self.details {
            Details::Police { .. } => Sector::Police,
            Details::Housing { .. } => Sector::Housing,
            Details::Care { .. } => Sector::Care,
            Details::Municipal { .. } => Sector::Municipal,
        }
    }
}

impl From<PoliceSignal> for Incoming {
    fn from(signal: PoliceSignal) -> Self {
        let PoliceSignal { common, kind, incident_number } = signal;
        Self { common, kind, details: Details::Police { incident_number } }
    }
}

impl From<HousingSignal> for Incoming {
    fn from(signal: HousingSignal) -> Self {
        let HousingSignal { common, kind, arrears_months, case_number } = signal;
        Self { common, kind, details: Details::Housing { arrears_months, case_number } }
    }
}

impl From<CareSignal> for Incoming {
    fn from(signal: CareSignal) -> Self {
        let CareSignal { common, kind, consent } = signal;
        Self { common, kind, details: Details::Care { consent } }
    }
}

impl From<MunicipalSignal> for Incoming {
    fn from(signal: MunicipalSignal) -> Self {
        let MunicipalSignal { common, kind, desk_number } = signal;
        Self { common, kind, details: Details::Municipal { desk_number } }
    }
}
