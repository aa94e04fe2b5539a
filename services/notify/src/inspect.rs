//! Whether those whom notices go to can be reached, without sending anything: for whoever judges a hub from beside it.

use std::time::Duration;

use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use seinhuis_runtime::Clock;

use crate::channel::{Answer, Gone, SmtpSettings, TlsMode, Url, WebhookFailure, Webhooks};

/// What a mail server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    /// The certificate it showed, in DER; `None` where the line isn't encrypted.
    pub certificate: Option<Vec<u8>>,
    /// Whether it lets a user log in there over this line.
    pub takes_logins: bool,
}

/// Why a mail server can't be used. Repeats nothing that it said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmtpTrouble {
    /// It wasn't reached, or doesn't speak SMTP.
    #[error("it isn't reached ({0})")]
    NotReached(Answer),
    /// It was to be asked for STARTTLS and doesn't offer it.
    #[error("it offers no STARTTLS")]
    NoStartTls,
    /// It shows no certificate that counts, or speaks no TLS at all.
    #[error("it shows no certificate that counts, or speaks no TLS")]
    Tls,
}

/// Connects to the mail server, greets it, encrypts the line as the settings have it, and goes.
pub async fn smtp(settings: &SmtpSettings, patience: Duration) -> Result<Smtp, SmtpTrouble> {
    let us = ClientId::default();
    let server = (settings.host.as_str(), settings.port);
    let implicit = match settings.tls {
        TlsMode::Tls => {
            // A line that breaks while it is encrypted looks like one that was never there.
            tokio::net::TcpStream::connect(server)
                .await
                .map_err(|_| SmtpTrouble::NotReached(Answer::none()))?;
            Some(settings.trusted().map_err(|_| SmtpTrouble::Tls)?)
        }
        TlsMode::None | TlsMode::StartTls => None,
    };
    let encrypts = implicit.is_some();
    let connected = AsyncSmtpConnection::connect_tokio1(server, Some(patience), &us, implicit, None);
    let mut line = connected.await.map_err(|error| match error.status() {
        None if encrypts => SmtpTrouble::Tls,
        _ => SmtpTrouble::NotReached(Answer::of(&error)),
    })?;
    if settings.tls == TlsMode::StartTls {
        if !line.can_starttls() {
            line.abort().await;
            return Err(SmtpTrouble::NoStartTls);
        }
        let trusted = settings.trusted().map_err(|_| SmtpTrouble::Tls)?;
        line.starttls(trusted, &us).await.map_err(|_| SmtpTrouble::Tls)?;
    }
    let certificate = if settings.tls == TlsMode::None { None } else { line.peer_certificate().ok() };
    let logins = [Mechanism::Plain, Mechanism::Login];
    let takes_logins = line.server_info().get_auth_mechanism(&logins).is_some();
    line.abort().await;
    Ok(Smtp { certificate, takes_logins })
}

/// Connects to a webhook, over TLS where its address says so, and asks nothing of it.
pub async fn webhook(url: &Url, allow_private: bool) -> Result<(), WebhookFailure> {
    let way = Webhooks::new(allow_private, Clock::system(), Gone::default());
    way.map_err(|_| WebhookFailure::Tls)?.reach(url).await
}
