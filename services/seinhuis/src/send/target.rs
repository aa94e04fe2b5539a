//! The fields of a signal that a map can fill: their names in the map, which are personal, and what the contract calls
//! them.

use seinhuis_domain::sector::Sector;
use serde::Deserialize;

macro_rules! targets {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, [$($path:literal),+], $personal:literal;)+) => {
        /// One field of a signal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        pub(crate) enum Target { $($(#[$doc])* #[serde(rename = $name)] $variant,)+ }

        impl Target {
            /// Every field, in the order of the contract.
            pub(crate) const ALL: &'static [Target] = &[$(Target::$variant,)+];

            /// Its name in the map and in the refusals file.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Target::$variant => $name,)+ }
            }

            /// Whether its value never goes into a refusals file (INV-9).
            pub(crate) fn is_personal(self) -> bool {
                match self { $(Target::$variant => $personal,)+ }
            }

            fn paths(self) -> &'static [&'static str] {
                match self { $(Target::$variant => &[$($path,)+],)+ }
            }
        }
    };
}

targets! {
    /// The partner's name for the signal.
    Reference = "reference", ["common.reference"], false;
    /// When it happened.
    OccurredAt = "occurred_at", ["common.occurred_at"], false;
    /// What it is about, as a code of the list of kinds: `municipal.waste`.
    Kind = "kind", ["kind"], false;
    /// Code of the area.
    AreaCode = "area_code", ["common.area_code"], false;
    /// Name of the area.
    AreaName = "area_name", ["common.area_name"], false;
    /// Degrees east. The hub seals exact points, so they count as personal here too.
    Lon = "lon", ["common.point", "common.point.lon"], true;
    /// Degrees north.
    Lat = "lat", ["common.point.lat"], true;
    /// Postcode of the address.
    Postcode = "postcode", ["common.address", "common.address.postcode"], true;
    /// House number of the address.
    HouseNumber = "house_number", ["common.address.house_number"], true;
    /// Letter or addition behind the house number.
    Addition = "addition", ["common.address.addition"], true;
    /// `normal` or `urgent`.
    Urgency = "urgency", ["common.urgency"], false;
    /// How it reached the partner.
    Channel = "channel", ["common.channel"], false;
    /// What the partner wants to say.
    FreeText = "free_text", ["common.free_text"], true;
    /// The partner's key of the household.
    HouseholdKey = "household_key", ["common.household_key"], true;
    /// Citizen service number of the person.
    SubjectBsn = "subject_bsn", ["common.subjects.bsn"], true;
    /// The partner's own key of the person.
    SubjectKey = "subject_key", ["common.subjects.partner_key"], true;
    /// What the person is called.
    SubjectName = "subject_name", ["common.subjects.name", "common.subjects.person.name"], true;
    /// The person's day of birth.
    SubjectBirthDate = "subject_birth_date",
        ["common.subjects.birth_date", "common.subjects.person.birth_date"], true;
    /// The record's number at the partner: incident number, case number or desk number.
    RecordNumber = "record_number", ["incident_number", "case_number", "desk_number"], true;
    /// Months of rent owed.
    ArrearsMonths = "arrears_months", ["arrears_months"], true;
    /// Whether the person agrees: `given`, `refused` or `not_asked`.
    Consent = "consent", ["consent"], true;
}

impl Target {
    /// How many there are.
    pub(crate) const COUNT: usize = Target::ALL.len();

    /// The field that a violation's path names: `signal.common.subjects[0].bsn` is `subject_bsn`. `None` for paths
    /// that no map can fill.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        let path = without_indices(path.strip_prefix("signal.").unwrap_or(path));
        // A part of a field, such as `birth_date.year`, is the field's.
        let named =
            |own: &&str| path.strip_prefix(*own).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let longest =
            |target: Target| target.paths().iter().filter(|own| named(own)).map(|own| own.len()).max();
        Self::ALL.iter().copied().filter(|t| longest(*t).is_some()).max_by_key(|t| longest(*t))
    }

    /// Whether signals of `sector` have this field.
    pub(crate) fn is_of(self, sector: Sector) -> bool {
        match self {
            Self::RecordNumber => sector != Sector::Care,
            Self::ArrearsMonths => sector == Sector::Housing,
            Self::Consent => sector == Sector::Care,
            _ => true,
        }
    }

    /// Whether a map may say how its times are written.
    pub(crate) fn is_timed(self) -> bool {
        matches!(self, Self::OccurredAt | Self::SubjectBirthDate)
    }
}

fn without_indices(path: &str) -> String {
    let mut inside = false;
    let mut kept = path.to_owned();
    kept.retain(|c| {
        inside = (inside || c == '[') && c != ']';
        !inside && c != ']'
    });
    kept
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_violation_leads_back_to_the_field_of_the_map() {
        for (path, target) in [
            ("signal.common.reference", Some(Target::Reference)),
            ("signal.kind", Some(Target::Kind)),
            ("signal.common.point", Some(Target::Lon)),
            ("signal.common.point.lat", Some(Target::Lat)),
            ("signal.common.address.house_number", Some(Target::HouseNumber)),
            ("signal.common.subjects[12].bsn", Some(Target::SubjectBsn)),
            ("signal.common.subjects[0].person.birth_date.year", Some(Target::SubjectBirthDate)),
            ("signal.desk_number", Some(Target::RecordNumber)),
            ("signal", None),
            ("signal.common.referenced", None),
            ("", None),
        ] {
            assert_eq!(Target::of_path(path), target, "{path}");
        }
    }

    #[test]
    fn every_field_has_one_name_and_its_paths_lead_to_it() {
        for target in Target::ALL {
            assert_eq!(Target::ALL.iter().filter(|other| other.name() == target.name()).count(), 1);
            for path in target.paths() {
                assert_eq!(Target::of_path(&format!("signal.{path}")), Some(*target));
            }
        }
    }
}
