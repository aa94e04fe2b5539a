//! The server of the bus.

use seinhuis_bus::inspect;

use super::View;
use crate::doctor::facts::Seen;
use crate::hub::bus;

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<inspect::Seen>> {
    let config = &view.around.config;
    let Some(url) = &config.bus.url else { return Ok(Seen::Nothing("bus.url is not set")) };
    Ok(Seen::There(inspect::look(&bus::settings(url, &config.bus, &config.feed)?).await?))
}
