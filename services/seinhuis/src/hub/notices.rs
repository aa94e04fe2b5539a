//! From settings and profile to the notify role's own terms.

use anyhow::Context as _;
use jiff::SignedDuration;
use seinhuis_notify::{Contact, Contacts, Delivery, Language, Retry, SmtpSettings, TlsMode};

use crate::config::{self, SmtpTls};
use crate::profile;
use crate::store::Folder;

/// The way notices go: a mail server where one is named, otherwise files.
pub(super) fn delivery(settings: &config::Notify, folder: &Folder) -> anyhow::Result<Delivery> {
    let smtp = &settings.smtp;
    let from = smtp.from.as_deref().unwrap_or("Seinhuis <seinhuis@localhost>");
    let from = from.parse().with_context(|| format!("notify.smtp.from: {from:?} is no mail address"))?;
    let Some(host) = smtp.host.clone() else {
        return Ok(Delivery::files(folder.notices(), from, settings.link_base.clone()));
    };
    let tls = match smtp.tls {
        SmtpTls::None => TlsMode::None,
        SmtpTls::StartTls => TlsMode::StartTls,
        SmtpTls::Tls => TlsMode::Tls,
    };
    let credentials = match (&smtp.user, &smtp.password_file) {
        (Some(user), Some(file)) => {
            let password =
                std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
            Some((user.clone(), password.trim_end().to_owned()))
        }
        _ => None,
    };
    let settings_of = SmtpSettings { host, port: smtp.port.get(), tls, credentials };
    Ok(Delivery::smtp(settings_of, from, settings.link_base.clone())?)
}

/// How often and how soon notices are tried again.
pub(super) fn retry(settings: &config::Notify) -> anyhow::Result<Retry> {
    Ok(Retry {
        attempts_max: settings.attempts_max.get(),
        first_pause: SignedDuration::try_from(settings.retry_pause)?,
    })
}

/// How to reach people.
pub(super) fn contacts(contacts: &profile::Contacts) -> Contacts {
    let entry = |(person, contact): (&_, &profile::Contact)| {
        let language = match contact.language {
            profile::Language::Dutch => Language::Dutch,
            profile::Language::English => Language::English,
        };
        let (name, mail) = (contact.name.clone(), contact.mail.clone());
        (seinhuis_domain::ids::PersonId::clone(person), Contact { name, mail, language })
    };
    contacts.all().map(entry).collect()
}
