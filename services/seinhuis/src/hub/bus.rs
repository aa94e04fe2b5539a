//! From settings to the bus: how processes wake each other, and where the feed goes.

use anyhow::Context as _;
use seinhuis_bus::{Bus, FeedSettings, Login, Settings, Tls};
use seinhuis_relay::{InvalidOrigin, Origin};

use crate::config::{self, Config};

/// The bus of this process: over the server that is named, or within the process.
pub(super) async fn bus(config: &Config) -> anyhow::Result<Bus> {
    match &config.bus.url {
        Some(url) => {
            Bus::connect(settings(url, &config.bus, &config.feed)?).await.context("can't set up the bus")
        }
        None => Ok(Bus::in_process()),
    }
}

/// Who publishes, where anything is published.
pub(super) fn origin(feed: &config::Feed) -> Result<Option<Origin>, InvalidOrigin> {
    feed.oin.as_ref().map(|oin| Origin::new(oin, &feed.system, &feed.types)).transpose()
}

/// The settings of the server at `url`.
pub(crate) fn settings(url: &str, bus: &config::Bus, feed: &config::Feed) -> anyhow::Result<Settings> {
    Ok(Settings {
        urls: url.split(',').map(|url| url.trim().to_owned()).collect(),
        prefix: bus.prefix.clone(),
        name: "seinhuis".into(),
        login: login(bus)?,
        tls: Tls {
            required: url.split(',').any(|url| url.trim().starts_with("tls://")),
            authorities: bus.tls_ca.clone(),
            certificate: bus.tls_cert.clone().zip(bus.tls_key.clone()),
        },
        feed: FeedSettings {
            stream: feed.stream.clone(),
            keep: feed.keep,
            bytes: feed.bytes,
            duplicates: feed.duplicates,
            replicas: feed.replicas,
        },
    })
}

fn login(bus: &config::Bus) -> anyhow::Result<Option<Login>> {
    let Some((user, file)) = bus.user.as_ref().zip(bus.password_file.as_ref()) else { return Ok(None) };
    let password = std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    Ok(Some(Login { user: user.clone(), password: password.trim().to_owned() }))
}
