//! What is public of a notice: that somebody on a rung was told, could not be, or is to be anew. Not who, and not why not: that is in
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
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<Channel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<u32>,
}

pub(super) fn public(event: &NoticeEvent) -> Public<'_> {
    match event {
        NoticeEvent::NoticeDelivered { facts, channel, attempts } => {
            about("notice.delivered", facts, Some(*channel), Some(*attempts))
        }
        NoticeEvent::NoticeFailed { facts, channel, attempts, reason: _ } => {
            about("notice.failed", facts, Some(*channel), Some(*attempts))
        }
        NoticeEvent::NoticeWithdrawn { facts, because: _ } => about("notice.withdrawn", facts, None, None),
        NoticeEvent::NoticeReplayed { facts } => about("notice.replayed", facts, None, None),
    }
}

fn about<'a>(
    name: &'static str,
    facts: &'a NoticeFacts,
    channel: Option<Channel>,
    attempts: Option<u32>,
) -> Public<'a> {
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
