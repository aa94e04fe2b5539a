//! How to reach the people of a profile. Kept beside the log, never in it (INV-9): the log knows functions only.

use std::collections::BTreeMap;

use seinhuis_domain::ids::PersonId;
use serde::{Deserialize, Serialize};

/// The language somebody is written to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Language {
    /// `nl`: Dutch.
    #[default]
    #[serde(rename = "nl")]
    Dutch,
    /// `en`: English.
    #[serde(rename = "en")]
    English,
}

/// How to reach one official.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// What he is called in a salutation; in the profiles that ship, his function.
    pub name: String,
    /// His mail address.
    pub mail: String,
    /// His language.
    pub language: Language,
}

/// How to reach everybody whom the profile names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contacts(BTreeMap<PersonId, Contact>);

impl Contacts {
    /// How to reach this person.
    pub fn of(&self, person: &PersonId) -> Option<&Contact> {
        self.0.get(person)
    }

    /// Everybody, by short name.
    pub fn all(&self) -> impl Iterator<Item = (&PersonId, &Contact)> {
        self.0.iter()
    }
}

impl FromIterator<(PersonId, Contact)> for Contacts {
    fn from_iter<I: IntoIterator<Item = (PersonId, Contact)>>(people: I) -> Self {
        Self(people.into_iter().collect())
    }
}

/// The rule that a mail address breaks, if it does. Only what would spoil a message header or never arrive is
/// refused; whether anybody reads the box is for the mail server to say.
pub(crate) fn mail_fault(mail: &str) -> Option<String> {
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && !b"@<>(),;:\\\"[]".contains(&b))
    };
    let good = mail.split_once('@').is_some_and(|(box_name, domain)| {
        plain(box_name) && domain.split('.').all(plain) && domain.contains('.')
    });
    (!good).then(|| format!("{mail:?} is no mail address, such as regisseur@gemeente.example"))
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_mail_address_has_a_box_and_a_domain_and_nothing_that_breaks_a_header() {
        assert_eq!(mail_fault("gebiedsregisseur-ulft@oude-ijsselstreek.example"), None);
        for bad in [
            "",
            "ulft",
            "@x.example",
            "ulft@",
            "ulft@example",
            "a b@x.example",
            "a@x..example",
            "a@b@x.example",
            "a@x.example\r\nBcc: b@x.example",
            "A <a@x.example>",
            "é@x.example",
        ] {
            assert!(mail_fault(bad).is_some(), "{bad:?}");
        }
    }
}
