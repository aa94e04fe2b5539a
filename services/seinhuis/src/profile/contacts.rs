//! How to reach the people of a profile. Kept beside the log, never in it (INV-9): the log knows functions only.

use std::collections::BTreeMap;
use std::path::PathBuf;

use seinhuis_domain::ids::PersonId;
use seinhuis_notify::Url;
use serde::de::{Deserializer, Error};
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

/// A way to reach somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// `mail`: by mail.
    Mail,
    /// `webhook`: by his webhook.
    Webhook,
}

/// A system of an official's own that takes notices, such as that of the team he works in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Where it is.
    #[serde(deserialize_with = "url")]
    pub url: Url,
    /// The file of the secrets that it knows the hub by, one a line.
    pub secret_file: PathBuf,
}

/// Not repeated where it is none: its path may be as good as a password.
fn url<'de, D: Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}

/// How to reach one official.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// What he is called in a salutation; in the profiles that ship, his function.
    pub name: String,
    /// His mail address.
    pub mail: String,
    /// His language.
    pub language: Language,
    /// The ways, in the order in which they are tried; the next one when one has failed for good.
    pub channels: Vec<Way>,
    /// His webhook, if he has one.
    pub webhook: Option<Webhook>,
    /// For how many minutes notices by mail are collected, if they are.
    pub digest_minutes: Option<u16>,
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

/// The rule that the order of the ways breaks, if it does.
pub(crate) fn channels_fault(channels: &[Way], webhook: bool) -> Option<&'static str> {
    let times = |way| channels.iter().filter(|channel| **channel == way).count();
    match (times(Way::Mail), times(Way::Webhook)) {
        (0, 0) => Some("somebody who is told nothing stands on no rung: at least one of mail and webhook"),
        (2.., _) | (_, 2..) => Some("each way stands there once"),
        (_, 1) if !webhook => Some("there is no webhook"),
        (_, 0) if webhook => Some("there is a webhook, and it isn't among them"),
        _ => None,
    }
}

/// The rule that the time for collecting notices breaks, if it does. A notice that comes after the deadline it names helps nobody.
pub(crate) fn digest_fault(minutes: u16, channels: &[Way]) -> Option<String> {
    if !(5..=240).contains(&minutes) {
        Some(format!("{minutes} is not 5 to 240"))
    } else if channels.first() != Some(&Way::Mail) {
        Some("only notices to somebody who is told by mail first are collected".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn the_ways_are_at_least_one_each_once_and_webhook_where_there_is_one() {
        use Way::{Mail, Webhook};
        for (channels, webhook) in
            [(&[Mail][..], false), (&[Webhook], true), (&[Webhook, Mail], true), (&[Mail, Webhook], true)]
        {
            assert_eq!(channels_fault(channels, webhook), None, "{channels:?}");
        }
        for (channels, webhook) in [
            (&[][..], false),
            (&[Mail, Mail], false),
            (&[Webhook, Mail, Webhook], true),
            (&[Webhook], false),
            (&[Mail], true),
        ] {
            assert!(channels_fault(channels, webhook).is_some(), "{channels:?}");
        }
    }

    #[test]
    fn notices_are_collected_for_minutes_up_to_four_hours_and_by_mail() {
        assert_eq!(digest_fault(60, &[Way::Mail]), None);
        for (minutes, channels) in
            [(4, &[Way::Mail][..]), (241, &[Way::Mail]), (60, &[Way::Webhook, Way::Mail])]
        {
            assert!(digest_fault(minutes, channels).is_some(), "{minutes} {channels:?}");
        }
    }

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
