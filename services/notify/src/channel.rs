//! The channels a notice can go over: SMTP, or a file where no mail server is configured, and webhooks.

use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use seinhuis_domain::area::AreaMap;
use seinhuis_domain::ids::NoticeId;
use seinhuis_domain::notice::Channel;
use seinhuis_projections::NoticeRow;

use crate::contact::{Contact, Way};
use crate::digest;
use crate::message::compose;

mod file;
mod webhook;

pub use webhook::{BadSecret, BadUrl, Gone, Secrets, Url, WebhookFailure, Webhooks};

/// How long a mail server may take to answer. Shorter than a drain, so that a try under way can end.
const PATIENCE: Duration = Duration::from_secs(15);

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// Not at all: for a server on this machine.
    None,
    /// STARTTLS, required.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// How to reach the mail server.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is protected.
    pub tls: TlsMode,
    /// The authorities to trust instead of those that browsers trust, in PEM: where it has a certificate of one's own.
    pub authorities: Option<Vec<u8>>,
    /// User and password, where it asks for them.
    pub credentials: Option<(String, String)>,
}

impl SmtpSettings {
    /// Whose word is taken for it that the server is the one that was named.
    pub(crate) fn trusted(&self) -> Result<TlsParameters, lettre::transport::smtp::Error> {
        let builder = TlsParameters::builder(self.host.clone());
        let Some(pem) = &self.authorities else { return builder.build() };
        let own = Certificate::from_pem(pem)?;
        builder.certificate_store(CertificateStore::None).add_root_certificate(own).build()
    }
}

/// What is kept of a mail server's answer: its code, or what kind of trouble there was. Its words are not, because
/// servers like to repeat the address (INV-9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer(String);

impl Answer {
    pub(crate) fn of(error: &lettre::transport::smtp::Error) -> Self {
        Self(match error.status() {
            Some(code) => format!("code {code}"),
            None if error.is_timeout() => "timeout".to_owned(),
            None if error.is_tls() => "TLS".to_owned(),
            None => "no connection".to_owned(),
        })
    }
}

impl Answer {
    /// That there was none.
    pub(crate) fn none() -> Self {
        Self("no connection".to_owned())
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why one try did not reach the person. Names no one.
#[derive(Debug, thiserror::Error)]
pub enum Undeliverable {
    /// The profile gives no address for this function.
    #[error("the profile has no contact for this person")]
    NoContact,
    /// What it gives is no address.
    #[error("the profile's mail address for this person is not valid")]
    BadAddress,
    /// The text can't be made.
    #[error("the text of the notice can't be made")]
    NoText,
    /// The server refused it for good.
    #[error("the mail server refused it for good ({0})")]
    Refused(Answer),
    /// The server was not reached, or refused it for now.
    #[error("the mail server did not take it ({0})")]
    NotTaken(Answer),
    /// The file can't be written.
    #[error("the mail file can't be written")]
    NotWritten(#[source] std::io::Error),
    /// Nothing came of it at the webhook.
    #[error(transparent)]
    Webhook(#[from] WebhookFailure),
}

impl Undeliverable {
    /// Whether another try makes sense.
    pub fn is_final(&self) -> bool {
        match self {
            Self::NoContact | Self::BadAddress | Self::NoText | Self::Refused(_) => true,
            Self::NotTaken(_) | Self::NotWritten(_) => false,
            Self::Webhook(failure) => failure.is_final(),
        }
    }

    /// What came of the try, in one word.
    pub(crate) fn told(&self) -> &'static str {
        if self.is_final() { "final" } else { "passing" }
    }

    /// How long whoever refused asks not to be tried again.
    pub(crate) fn asks_to_wait(&self) -> Option<SignedDuration> {
        match self {
            Self::Webhook(WebhookFailure::Answered { retry_after, .. }) => *retry_after,
            _ => None,
        }
    }
}

/// The configured ways out.
#[derive(Debug)]
pub struct Delivery {
    post: Post,
    webhooks: Webhooks,
    /// Who sends.
    from: Mailbox,
    /// Where the links in a notice begin.
    link_base: String,
}

#[derive(Debug)]
enum Post {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Files(PathBuf),
}

impl Delivery {
    /// Mail over a mail server.
    pub fn smtp(
        settings: SmtpSettings,
        from: Mailbox,
        link_base: String,
        webhooks: Webhooks,
    ) -> Result<Self, lettre::transport::smtp::Error> {
        type Smtp = AsyncSmtpTransport<Tokio1Executor>;
        let builder = match settings.tls {
            TlsMode::None => Smtp::builder_dangerous(&settings.host),
            TlsMode::StartTls => {
                Smtp::starttls_relay(&settings.host)?.tls(Tls::Required(settings.trusted()?))
            }
            TlsMode::Tls => Smtp::relay(&settings.host)?.tls(Tls::Wrapper(settings.trusted()?)),
        };
        let builder = builder.port(settings.port).timeout(Some(PATIENCE));
        let builder = match settings.credentials {
            Some((user, password)) => builder.credentials(Credentials::new(user, password)),
            None => builder,
        };
        Ok(Self { post: Post::Smtp(builder.build()), webhooks, from, link_base })
    }

    /// Mail as `.eml` files in a folder.
    pub fn files(folder: PathBuf, from: Mailbox, link_base: String, webhooks: Webhooks) -> Self {
        Self { post: Post::Files(folder), webhooks, from, link_base }
    }

    /// What the log calls this way.
    pub(crate) fn channel(&self, way: Way) -> Channel {
        match (way, &self.post) {
            (Way::Webhook, _) => Channel::Webhook,
            (Way::Mail, Post::Smtp(_)) => Channel::Mail,
            (Way::Mail, Post::Files(_)) => Channel::File,
        }
    }

    /// One try with these notices, which go together to one person: by mail, or alone.
    pub(crate) async fn send(
        &self,
        notices: &[NoticeRow],
        to: &Contact,
        way: Way,
        areas: &AreaMap,
    ) -> Result<(), Undeliverable> {
        let link = |number: &str| format!("{}/zaken/{number}", self.link_base.trim_end_matches('/'));
        match (way, notices) {
            (Way::Webhook, [notice]) => {
                let webhook = to.webhook.as_ref().ok_or(Undeliverable::NoContact)?;
                Ok(self.webhooks.send(notice, webhook, link(&notice.number)).await?)
            }
            (Way::Webhook, _) => unreachable!("only mails list several notices"),
            (Way::Mail, _) => {
                self.mail(digest::id(notices), compose(notices, to, &self.from, link, areas)?).await
            }
        }
    }

    async fn mail(&self, id: NoticeId, message: Message) -> Result<(), Undeliverable> {
        match &self.post {
            Post::Smtp(server) => match server.send(message).await {
                Ok(_) => Ok(()),
                Err(error) if error.is_permanent() => Err(Undeliverable::Refused(Answer::of(&error))),
                Err(error) => Err(Undeliverable::NotTaken(Answer::of(&error))),
            },
            Post::Files(folder) => {
                file::write(folder, id, message.formatted()).await.map_err(Undeliverable::NotWritten)
            }
        }
    }
}
