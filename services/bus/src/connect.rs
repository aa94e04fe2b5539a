//! Connections to the server, all made in one way.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_nats::{ConnectOptions, Event, ServerAddr};

use crate::fault::Fault;
use crate::settings::Settings;

/// How long a server may take to answer a new connection.
const CONNECT: Duration = Duration::from_secs(3);
/// How often a silent server is asked whether it is there. After two questions without an answer it is not.
const PING: Duration = Duration::from_secs(5);
/// The shortest and the longest pause before a connection is tried again.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));
/// What may wait for the connection, and what may wait for a reader: more is dropped or held up, not kept.
const ROOM: usize = 1_024;

/// The servers the settings name.
pub(crate) fn servers(settings: &Settings) -> Result<Vec<ServerAddr>, Fault> {
    if settings.urls.is_empty() {
        return Err(Fault::Address { url: String::new() });
    }
    settings.urls.iter().map(|url| server(url)).collect()
}

fn server(url: &str) -> Result<ServerAddr, Fault> {
    // What stands before an @ may be a password, and isn't repeated.
    let shown = url.rsplit('@').next().unwrap_or_default();
    let bad = || Fault::Address { url: shown.to_owned() };
    let address: ServerAddr = url.parse().map_err(|_| bad())?;
    let plain = ["nats", "tls"].contains(&address.scheme()) && !address.host().is_empty();
    if address.has_user_pass() || address.password().is_some() {
        let rule = "no user and no password stand in it";
        return Err(Fault::Setting { setting: "the address of NATS", given: shown.to_owned(), rule });
    }
    if plain { Ok(address) } else { Err(bad()) }
}

/// The servers as operators know them, without what may be secret.
pub(crate) fn named(servers: &[ServerAddr]) -> String {
    let named: Vec<_> = servers.iter().map(|server| format!("{}:{}", server.host(), server.port())).collect();
    named.join(", ")
}

/// Whether the files that the settings name can be read. Otherwise a typing error would look like a server that
/// refuses, again and again.
pub(crate) fn check_files(settings: &Settings) -> Result<(), Fault> {
    let tls = &settings.tls;
    let certificate = tls.certificate.iter().flat_map(|(certificate, key)| [certificate, key]);
    for path in tls.authorities.iter().chain(certificate) {
        readable(path)?;
    }
    Ok(())
}

fn readable(path: &Path) -> Result<(), Fault> {
    let fault = |source| Fault::File { path: path.display().to_string(), source: Arc::new(source) };
    std::fs::File::open(path).map(drop).map_err(fault)
}

/// How to connect. `hear` is told what becomes of the connection.
pub(crate) fn options(settings: &Settings, hear: impl Fn(Event) + Send + Sync + 'static) -> ConnectOptions {
    let mut options = ConnectOptions::new()
        .name(&settings.name)
        .connection_timeout(CONNECT)
        .ping_interval(PING)
        .reconnect_delay_callback(pause)
        .client_capacity(ROOM)
        .subscription_capacity(ROOM)
        .custom_inbox_prefix(format!("_INBOX.{}", settings.prefix))
        // The servers that were named and no others: what a cluster calls itself inside often leads nowhere from here.
        .ignore_discovered_servers()
        .require_tls(settings.tls.required)
        .event_callback(move |event| {
            hear(event);
            std::future::ready(())
        });
    if let Some(login) = &settings.login {
        options = options.user_and_password(login.user.clone(), login.password.clone());
    }
    if let Some(path) = &settings.tls.authorities {
        options = options.add_root_certificates(path.clone());
    }
    if let Some((certificate, key)) = &settings.tls.certificate {
        options = options.add_client_certificate(certificate.clone(), key.clone());
    }
    options
}

/// How long to wait before the given attempt, counted from 1.
fn pause(attempt: usize) -> Duration {
    let (shortest, longest) = PAUSES;
    match u32::try_from(attempt.saturating_sub(1)) {
        Ok(0) => Duration::ZERO,
        Ok(before) => shortest.saturating_mul(2_u32.saturating_pow(before - 1)).min(longest),
        Err(_) => longest,
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn an_address_is_that_of_a_nats_server() {
        let named = |url: &str| servers(&Settings::at(url)).map(|servers| named(&servers)).ok();
        assert_eq!(named("nats://localhost").as_deref(), Some("localhost:4222"));
        assert_eq!(named("tls://nats.example:4333").as_deref(), Some("nats.example:4333"));
        assert_eq!(named("127.0.0.1:4222").as_deref(), Some("127.0.0.1:4222"));
        for bad in ["", "nats://", "http://localhost", "ws://localhost", "nats://a b"] {
            assert_eq!(named(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_address_with_a_password_is_refused_and_not_repeated() {
        let refused = servers(&Settings::at("nats://hub:geheim@localhost:4222")).unwrap_err();
        assert!(matches!(refused, Fault::Setting { .. }), "{refused}");
        let broken = servers(&Settings::at("nats://hub:geheim@")).unwrap_err();
        assert!(![refused, broken].iter().any(|fault| format!("{fault} {fault:?}").contains("geheim")));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let mut settings = Settings::at("nats://localhost");
        settings.tls.authorities = Some("/nonexistent/ca.pem".into());
        let fault = check_files(&settings).unwrap_err();
        assert!(matches!(&fault, Fault::File { path, .. } if path == "/nonexistent/ca.pem"), "{fault}");
    }

    #[test]
    fn pauses_grow_up_to_two_seconds() {
        let pauses: Vec<_> = (0..9).map(|attempt| pause(attempt).as_millis()).collect();
        assert_eq!(pauses, [0, 0, 50, 100, 200, 400, 800, 1600, 2000]);
        assert_eq!(pause(usize::MAX), PAUSES.1);
    }
}
