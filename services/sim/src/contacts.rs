//! How people are reached, and what comes of a try: mail servers and webhooks are away at times, and some are gone for good.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use seinhuis_domain::ids::PersonId;
use seinhuis_domain::profile::Profile;
use seinhuis_notify::{Contact, Contacts, Language, Undeliverable, Way, WebhookFailure};

use crate::draw::Draw;

/// The ways out.
#[derive(Debug, Default)]
pub(crate) struct Channels {
    pub(crate) contacts: Contacts,
    pub(crate) is_mail_away: bool,
    pub(crate) are_webhooks_away: bool,
    /// Whose webhook wants no more.
    pub(crate) gone: BTreeSet<PersonId>,
    /// Of a hundred tries, so many come to nothing by themselves.
    pub(crate) flaky: u32,
}

/// What comes of a try, and when the process hears of it.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// The person was told, whatever the process hears.
    pub(crate) reached: bool,
    pub(crate) result: Result<(), Undeliverable>,
    pub(crate) takes: SignedDuration,
}

impl Channels {
    pub(crate) fn of(profile: &Profile, draw: &mut Draw) -> Self {
        let mut contacts = Contacts::new();
        for person in &profile.people {
            let ways = match draw.number(0, 9) {
                0 => continue,
                1 => vec![Way::Webhook],
                2..=4 => vec![Way::Webhook, Way::Mail],
                _ => vec![Way::Mail],
            };
            let (name, mail) = (person.id.to_string(), format!("{}@example.nl", person.id));
            let contact =
                Contact { name, mail, language: Language::Dutch, ways, webhook: None, digest_every: None };
            contacts.insert(person.id.clone(), contact);
        }
        Self { contacts, flaky: draw.one(&[0, 2, 15]), ..Self::default() }
    }

    pub(crate) fn attempt(&self, person: &PersonId, way: Way, draw: &mut Draw) -> Attempt {
        let takes = draw.millis(3, 2_000);
        let failed = |failure| Attempt { reached: false, result: Err(failure), takes };
        if !self.contacts.contains_key(person) {
            return failed(Undeliverable::NoContact);
        }
        let fails = draw.chance(self.flaky);
        // The answer is lost on the way: the process takes for failed what was not.
        let is_lost = fails && draw.chance(30);
        let result = match way {
            Way::Mail if self.is_mail_away || fails => Err(mail_is_away()),
            Way::Webhook if self.gone.contains(person) => return failed(WebhookFailure::Gone.into()),
            Way::Webhook if self.are_webhooks_away || fails => {
                let retry_after = draw.chance(30).then(|| SignedDuration::from_mins(20));
                Err(WebhookFailure::Answered { code: 503, retry_after }.into())
            }
            Way::Mail | Way::Webhook => Ok(()),
        };
        Attempt { reached: result.is_ok() || is_lost, result, takes }
    }
}

fn mail_is_away() -> Undeliverable {
    Undeliverable::NotWritten(std::io::Error::from(std::io::ErrorKind::TimedOut))
}
