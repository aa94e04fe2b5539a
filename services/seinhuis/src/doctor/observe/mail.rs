//! The mail server, greeted and left.

use seinhuis_notify::inspect::{self, Smtp, SmtpTrouble};

use super::{ANSWER, View};
use crate::doctor::facts::Seen;
use crate::hub::notices;

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<Result<Smtp, SmtpTrouble>>> {
    let Some(settings) = notices::smtp(&view.around.config.notify.smtp)? else {
        return Ok(Seen::Nothing("no mail server is named: notices become files"));
    };
    Ok(Seen::There(inspect::smtp(&settings, ANSWER).await))
}
