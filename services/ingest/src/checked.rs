//! A signal in which every field keeps its rules. Only [`crate::validate`] makes one.

use jiff::Timestamp;
use jiff::civil::Date;
use seinhuis_domain::area::{AreaCode, GeoPoint};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::Urgency;
use zeroize::Zeroizing;

/// Text that may be personal: wiped when dropped.
pub(crate) type Secret = Zeroizing<String>;

/// A signal fit to be taken in. Holds personal data, so it has no debug form.
pub(crate) struct Checked {
    pub(crate) reference: String,
    pub(crate) kind: Kind,
    pub(crate) occurred_at: Timestamp,
    pub(crate) area: AreaCode,
    pub(crate) urgency: Urgency,
    pub(crate) channel: Option<String>,
    pub(crate) subjects: Vec<Subject>,
    pub(crate) household_key: Option<Secret>,
    pub(crate) address: Option<Address>,
    pub(crate) point: Option<GeoPoint>,
    pub(crate) free_text: Option<Secret>,
    /// Name and value of what only its sector has.
    pub(crate) details: Vec<(&'static str, Secret)>,
}

/// A person, by an identifier.
pub(crate) struct Subject {
    pub(crate) identifier: Identifier,
    pub(crate) name: Option<Secret>,
    pub(crate) birth_date: Option<Date>,
}

/// By what a person is recognised.
pub(crate) enum Identifier {
    /// Nine digits that pass the 11-proof.
    Bsn(Secret),
    /// The partner's own key.
    PartnerKey(Secret),
    /// Name and date of birth.
    NameAndBirthDate(Secret, Date),
}

/// An address with the postcode in one spelling: `7071AB`.
pub(crate) struct Address {
    pub(crate) postcode: Secret,
    pub(crate) house_number: u32,
    pub(crate) addition: Option<Secret>,
}
