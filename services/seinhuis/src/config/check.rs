//! The rules that tie settings together, and the bounds that types do not give.

use std::time::Duration;

use seinhuis_notify::OverDays;
use seinhuis_relay::{InvalidOrigin, Origin};

use super::sections::{Bus, Config, Listen, Notify, Smtp, SmtpTls, Telemetry};
use crate::profile::mail_fault;
use crate::role::Role;

/// Between two looks of the auditor lie five seconds, and a machine may be busy.
const SILENT_AFTER_MIN: Duration = Duration::from_secs(10);

/// What the domain allows a partner's clock to run ahead.
const CLOCK_SKEW_MAX: Duration = Duration::from_mins(5);

/// A key and the rule its value breaks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) key: &'static str,
    pub(super) rule: String,
}

type Checked = Result<(), Fault>;

fn fault(key: &'static str, rule: impl Into<String>) -> Checked {
    Err(Fault { key, rule: rule.into() })
}

pub(super) fn check(config: &Config) -> Checked {
    if config.data.folder.as_os_str().is_empty() {
        return fault("data.folder", "the hub needs a folder to keep its log in");
    }
    if let Some(url) = &config.data.log_url {
        database("data.log_url", url)?;
    }
    if let Some(url) = &config.data.views_url {
        database("data.views_url", url)?;
    }
    if let Some(url) = &config.keys.url {
        database("keys.url", url)?;
    }
    roles_apart(config)?;
    if config.serve.silent_after < SILENT_AFTER_MIN {
        return fault("serve.silent_after", "less than 10s: the auditor looks every 5s only");
    }
    bus(&config.bus)?;
    feed(config)?;
    if config.profile.name.is_empty() {
        return fault("profile.name", "the hub needs a profile: a built-in name or a folder");
    }
    listens_safely(&config.listen)?;
    is_watched_safely(&config.telemetry)?;
    if !(1024..=4 * 1024 * 1024).contains(&config.ingest.message_bytes) {
        return fault(
            "ingest.message_bytes",
            format!("{} is not 1024 to 4194304", config.ingest.message_bytes),
        );
    }
    if config.ingest.clock_skew > CLOCK_SKEW_MAX {
        return fault("ingest.clock_skew", "more than 5m: the rules of the hub refuse such signals anyhow");
    }
    links(&config.notify)?;
    mails(&config.notify.smtp)?;
    let tries = config.notify.webhook.attempts_max;
    if tries.get() > OverDays::ATTEMPTS_MAX {
        return fault(
            "notify.webhook.attempts_max",
            format!("{tries} is not 1 to {}", OverDays::ATTEMPTS_MAX),
        );
    }
    if !(config.clock.speed.is_finite() && config.clock.speed > 0.0) {
        return fault(
            "clock.speed",
            format!("{} is no speed: time must run, and forward", config.clock.speed),
        );
    }
    if config.clock.anchor.is_some() && config.clock.start.is_none() {
        return fault("clock.start", "clock.anchor is set, so this must be too");
    }
    if let Some(origin) = &config.proof.origin
        && origin.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
    {
        return fault(
            "proof.origin",
            format!("{origin:?} holds white space or a plus, which no checkpoint can carry"),
        );
    }
    traces(&config.telemetry)?;
    if !(1..=3650).contains(&config.tokens.days) {
        return fault("tokens.valid_days", format!("{} is not 1 to 3650", config.tokens.days));
    }
    Ok(())
}

fn traces(telemetry: &Telemetry) -> Checked {
    if !(0.0..=1.0).contains(&telemetry.sample) {
        return fault("telemetry.sample", format!("{} is no share: 0.0 to 1.0", telemetry.sample));
    }
    let Some(otlp) = &telemetry.otlp else { return Ok(()) };
    // Not echoed: a password in it would end up in the operator's terminal.
    if otlp.contains('@') {
        return fault(
            "telemetry.otlp",
            "a password doesn't stand in a setting: put the receiver within one's own network",
        );
    }
    let host = ["https://", "http://"].iter().find_map(|scheme| otlp.strip_prefix(scheme));
    if host.is_none_or(str::is_empty) {
        return fault("telemetry.otlp", format!("{otlp:?} is no address: http(s)://host:port"));
    }
    Ok(())
}

fn bus(bus: &Bus) -> Checked {
    match (&bus.user, &bus.password_file) {
        (Some(_), None) => return fault("bus.password_file", "bus.user is set, so this must be too"),
        (None, Some(_)) => return fault("bus.user", "bus.password_file is set, so this must be too"),
        _ => {}
    }
    match (&bus.tls_cert, &bus.tls_key) {
        (Some(_), None) => return fault("bus.tls_key", "bus.tls_cert is set, so this must be too"),
        (None, Some(_)) => return fault("bus.tls_cert", "bus.tls_key is set, so this must be too"),
        _ => {}
    }
    // Not echoed: a password in it would end up in the operator's terminal.
    match &bus.url {
        Some(url) if url.contains('@') => {
            fault("bus.url", "a password doesn't stand in a setting: bus.password_file")
        }
        _ => Ok(()),
    }
}

/// The feed goes over the bus, and says who publishes in words that the profile of CloudEvents has.
fn feed(config: &Config) -> Checked {
    let Some(oin) = &config.feed.oin else { return Ok(()) };
    if config.bus.url.is_none() {
        return fault("bus.url", "feed.oin is set, and the feed goes over the bus, so this must be too");
    }
    match Origin::new(oin, &config.feed.system, &config.feed.types) {
        Ok(_) => Ok(()),
        Err(rule @ InvalidOrigin::Oin(_)) => fault("feed.oin", rule.to_string()),
        Err(rule @ InvalidOrigin::System(_)) => fault("feed.system", rule.to_string()),
        Err(rule @ InvalidOrigin::Types(_)) => fault("feed.types", rule.to_string()),
    }
}

/// Roles in processes of their own meet in a database that all of them reach.
fn roles_apart(config: &Config) -> Checked {
    let roles = &config.serve.roles;
    let alone = "roles apart meet in PostgreSQL, so this must be set where serve.roles isn't \"all\"";
    if !roles.is_all() && config.data.log_url.is_none() {
        return fault("data.log_url", alone);
    }
    if !roles.is_all() && config.data.views_url.is_none() {
        return fault("data.views_url", alone);
    }
    if !roles.is_all() && config.keys.url.is_none() && roles.iter().any(Role::needs_keys) {
        return fault(
            "keys.url",
            "ingest, monitor and erasure apart need the same keys, so this must be set",
        );
    }
    if config.data.views_url.is_some() && config.data.log_url.is_none() {
        return fault("data.views_url", "read models in PostgreSQL follow a log there: set data.log_url too");
    }
    if !roles.is_all() && roles.has(Role::Relay) && (config.bus.url.is_none() || config.feed.oin.is_none()) {
        return fault(
            "serve.roles",
            "the relay publishes over the bus as an organisation: set bus.url and feed.oin",
        );
    }
    Ok(())
}

/// An address of PostgreSQL without a password, which would end up wherever settings are printed; so it isn't echoed.
pub(super) fn database(key: &'static str, url: &str) -> Checked {
    let Some(rest) = ["postgres://", "postgresql://"].iter().find_map(|scheme| url.strip_prefix(scheme))
    else {
        return fault(key, "it is no address of PostgreSQL: postgres://user@host/database");
    };
    let user =
        rest.split(['/', '?']).next().and_then(|host| host.rsplit_once('@')).map_or("", |(user, _)| user);
    let parameters = rest.split_once('?').map_or("", |(_, parameters)| parameters);
    if user.contains(':') || parameters.split('&').any(|parameter| parameter.starts_with("password=")) {
        return fault(key, "a password doesn't stand in a setting: put it in the file PGPASSFILE");
    }
    Ok(())
}

fn listens_safely(listen: &Listen) -> Checked {
    match (&listen.tls_cert, &listen.tls_key) {
        (Some(_), None) => return fault("listen.tls_key", "listen.tls_cert is set, so this must be too"),
        (None, Some(_)) => return fault("listen.tls_cert", "listen.tls_key is set, so this must be too"),
        _ => {}
    }
    let reachable = !listen.address.ip().to_canonical().is_loopback();
    if reachable && listen.tls().is_none() && !listen.insecure {
        let rule = "other machines can reach it: set listen.tls_cert and listen.tls_key, or listen.insecure = true \
                    (--insecure) where a gateway in front ends TLS";
        return fault("listen.address", format!("{}: {rule}", listen.address));
    }
    Ok(())
}

/// What is measured is nothing personal, but it is nobody else's business.
fn is_watched_safely(telemetry: &Telemetry) -> Checked {
    if let Some(address) = telemetry.listen
        && !address.ip().to_canonical().is_loopback()
        && !telemetry.insecure
    {
        let rule = "other machines can reach it, and it is plain HTTP: set telemetry.insecure = true where only those \
                    that watch can reach it";
        return fault("telemetry.listen", format!("{address}: {rule}"));
    }
    Ok(())
}

fn links(notify: &Notify) -> Checked {
    let rest = ["https://", "http://"].iter().find_map(|scheme| notify.link_base.strip_prefix(scheme));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let plain = notify.link_base.bytes().all(|b| b.is_ascii_graphic());
    if host.is_empty() || !plain {
        return fault("notify.link_base", format!("{:?} is no address: http(s)://host/…", notify.link_base));
    }
    // Not echoed: a password in it would end up in the operator's terminal and from there anywhere.
    if host.contains('@') {
        return fault("notify.link_base", "a link carries no user name or password");
    }
    Ok(())
}

fn mails(smtp: &Smtp) -> Checked {
    match (&smtp.user, &smtp.password_file) {
        (Some(_), None) => {
            return fault("notify.smtp.password_file", "notify.smtp.user is set, so this must be too");
        }
        (None, Some(_)) => {
            return fault("notify.smtp.user", "notify.smtp.password_file is set, so this must be too");
        }
        _ => {}
    }
    if smtp.user.is_some() && smtp.tls == SmtpTls::None {
        return fault("notify.smtp.tls", "\"none\" would send the password in clear: starttls or tls");
    }
    match (&smtp.host, &smtp.from) {
        (Some(_), None) => fault("notify.smtp.from", "notify.smtp.host is set, so this must be too"),
        (_, Some(from)) => {
            mail_fault(address_of(from)).map_or(Ok(()), |rule| fault("notify.smtp.from", rule))
        }
        (None, None) => Ok(()),
    }
}

/// The address in `Seinhuis <seinhuis@gemeente.example>`, or the whole where there is no name before it.
fn address_of(sender: &str) -> &str {
    let named = sender.strip_suffix('>').and_then(|rest| rest.split_once(" <"));
    named.map_or(sender, |(_, address)| address)
}
