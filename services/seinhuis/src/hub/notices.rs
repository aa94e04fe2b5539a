//! From settings and profile to the notify role's own terms.

use std::path::Path;

use anyhow::Context as _;
use jiff::SignedDuration;
use seinhuis_notify::{
    Contact, Contacts, Delivery, Gone, Language, OverDays, Retry, Secrets, SmtpSettings, TlsMode, Way,
    Webhook, Webhooks,
};
use seinhuis_runtime::Clock;

use crate::config::{self, SmtpTls};
use crate::profile;
use crate::store::Folder;

/// The ways notices go: webhooks, and a mail server where one is named, otherwise files.
pub(super) fn delivery(settings: &config::Notify, folder: &Folder, gone: Gone) -> anyhow::Result<Delivery> {
    let smtp = &settings.smtp;
    let webhooks = Webhooks::new(settings.webhook.allow_private, Clock::system(), gone)?;
    let from = smtp.from.as_deref().unwrap_or("Seinhuis <seinhuis@localhost>");
    let from = from.parse().with_context(|| format!("notify.smtp.from: {from:?} is no mail address"))?;
    match self::smtp(smtp)? {
        None => Ok(Delivery::files(folder.notices(), from, settings.link_base.clone(), webhooks)),
        Some(server) => Ok(Delivery::smtp(server, from, settings.link_base.clone(), webhooks)?),
    }
}

/// The mail server, where one is named.
pub(crate) fn smtp(smtp: &config::Smtp) -> anyhow::Result<Option<SmtpSettings>> {
    let Some(host) = smtp.host.clone() else { return Ok(None) };
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
    let authorities = smtp.tls_ca.as_deref().map(authorities).transpose()?;
    Ok(Some(SmtpSettings { host, port: smtp.port.get(), tls, authorities, credentials }))
}

/// The certificates in a file. Without one in it no server would be trusted, and no mail ever go out.
fn authorities(file: &Path) -> anyhow::Result<Vec<u8>> {
    let pem = std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    anyhow::ensure!(
        pem.contains("-----BEGIN CERTIFICATE-----"),
        "notify.smtp.tls_ca: there is no certificate in {}",
        file.display()
    );
    Ok(pem.into_bytes())
}

/// How often and how soon mails are tried again.
pub(super) fn retry(settings: &config::Notify) -> anyhow::Result<Retry> {
    Ok(Retry {
        attempts_max: settings.attempts_max.get(),
        first_pause: SignedDuration::try_from(settings.retry_pause)?,
    })
}

/// How often webhooks are.
pub(super) fn webhook_retry(settings: &config::Notify) -> OverDays {
    OverDays { attempts_max: settings.webhook.attempts_max.get() }
}

/// How to reach people.
pub(super) fn contacts(contacts: &profile::Contacts) -> anyhow::Result<Contacts> {
    contacts.all().map(|(person, contact)| Ok((person.clone(), reached(contact)?))).collect()
}

fn reached(contact: &profile::Contact) -> anyhow::Result<Contact> {
    let language = match contact.language {
        profile::Language::Dutch => Language::Dutch,
        profile::Language::English => Language::English,
    };
    let way = |way: &profile::Way| match way {
        profile::Way::Mail => Way::Mail,
        profile::Way::Webhook => Way::Webhook,
    };
    Ok(Contact {
        name: contact.name.clone(),
        mail: contact.mail.clone(),
        language,
        ways: contact.channels.iter().map(way).collect(),
        webhook: contact.webhook.as_ref().map(webhook).transpose()?,
        digest_every: contact.digest_minutes.map(|minutes| SignedDuration::from_mins(minutes.into())),
    })
}

fn webhook(webhook: &profile::Webhook) -> anyhow::Result<Webhook> {
    let profile::Webhook { url, secret_file } = webhook;
    let text = std::fs::read_to_string(secret_file);
    let text = text.with_context(|| format!("can't read {}", secret_file.display()))?;
    let secrets =
        Secrets::parse(&text).with_context(|| format!("{} can't be used", secret_file.display()))?;
    Ok(Webhook { url: url.clone(), secrets })
}
