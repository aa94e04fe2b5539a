//! What is public of a notice: that somebody on a rung was told, or could not be. Not who, and not why not: that is in
//! words.

use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::CaseId;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::notice::{Channel, NoticeEvent, NoticeFacts};
use serde::Serialize;

use super::{Data, Public};

#[derive(Debug, Serialize)]
pub(crate) struct Notice<'a> {
    case: CaseId,
    number: String,
    area: &'a AreaCode,
    rung: Rung,
    #[serde(skip_serializing_if = "Option::is_none")]
    reminder: Option<u32>,
    channel: Channel,
    attempts: u32,
}

pub(super) fn public(event: &NoticeEvent) -> Public<'_> {
    match event {
        NoticeEvent::NoticeDelivered { facts, channel, attempts } => {
            about("notice.delivered", facts, *channel, *attempts)
        }
        NoticeEvent::NoticeFailed { facts, channel, attempts, reason: _ } => {
            about("notice.failed", facts, *channel, *attempts)
        }
    }
}

fn about<'a>(name: &'static str, facts: &'a NoticeFacts, channel: Channel, attempts: u32) -> Public<'a> {
    let NoticeFacts { notice: _, case, area, rung, person: _, reminder } = facts;
    let data = Notice {
        case: *case,
        number: case.number(),
        area,
        rung: *rung,
        reminder: *reminder,
        channel,
        attempts,
    };
    Public { name, version: 1, area, case: Some(*case), data: Data::Notice(data) }
}
