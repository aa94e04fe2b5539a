//! Every database of PostgreSQL that the settings name, each once.

use seinhuis_eventstore::{Address, inspect};
use seinhuis_runtime::Clock;

use super::{ANSWER, View, within};
use crate::doctor::facts::{Database, Seen};

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<Vec<Database>>> {
    let config = &view.around.config;
    let named =
        [("log", &config.data.log_url), ("keys", &config.keys.url), ("views", &config.data.views_url)];
    let mut urls: Vec<(&str, Vec<&'static str>)> = Vec::new();
    for (holds, url) in named {
        let Some(url) = url else { continue };
        match urls.iter_mut().find(|(known, _)| known == url) {
            Some((_, held)) => held.push(holds),
            None => urls.push((url, vec![holds])),
        }
    }
    if urls.is_empty() {
        return Ok(Seen::Nothing("everything is kept in files"));
    }
    let looks = urls.into_iter().map(|(url, holds)| database(url, holds));
    let seen = futures::future::join_all(looks).await;
    Ok(Seen::There(seen.into_iter().collect::<anyhow::Result<_>>()?))
}

async fn database(url: &str, holds: Vec<&'static str>) -> anyhow::Result<Database> {
    let address = Address::parse(url)?.expect("the check of the settings lets no other addresses in");
    let (machine, before) = (Clock::system(), Clock::system().now());
    let server = within(async { Ok(Seen::There(inspect::server(&address, ANSWER).await?)) }).await;
    let after = machine.now();
    let ahead = server.get().map_or_else(
        |_| Default::default(),
        |server| {
            // It was asked in between: what asking took is nobody's fault.
            let (since, until) = (before.duration_since(server.time), after.duration_since(server.time));
            if since.is_positive() {
                since
            } else if until.is_negative() {
                until
            } else {
                Default::default()
            }
        },
    );
    let shared = match server.get() {
        Ok(_) => within(async { Ok(Seen::There(inspect::shares_sessions(&address, ANSWER).await?)) }).await,
        Err(_) => Seen::Nothing("the server isn't reached"),
    };
    Ok(Database { holds, pooled: address.is_pooled(), shared, server, ahead })
}
