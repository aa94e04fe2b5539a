//! What a webhook is told: thin, so that who wants to know more has to ask the hub, which records who saw what.

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::NoticeId;
use seinhuis_domain::ladder::Rung;
use seinhuis_projections::NoticeRow;
use serde::Serialize;

/// The shape of Standard Webhooks: what it is, when it was, and what about.
#[derive(Serialize)]
struct Payload<'a> {
    r#type: &'static str,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    notice: NoticeId,
    number: &'a str,
    area: &'a AreaCode,
    rung: Rung,
    link: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reminder: Option<u32>,
    /// Until when it was held, for quiet hours or because nobody was there.
    #[serde(skip_serializing_if = "Option::is_none")]
    held_until: Option<Timestamp>,
    /// By when somebody must act, or it climbs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<Timestamp>,
}

/// The body for a notice. The same notice gives the same bytes, whenever and however often it is made.
pub(super) fn body(notice: &NoticeRow, link: String) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Payload {
        r#type: if notice.reminder.is_some() { "case.reminded" } else { "case.rung-reached" },
        timestamp: notice.at,
        data: Data {
            notice: notice.id,
            number: &notice.number,
            area: &notice.area,
            rung: notice.rung,
            link,
            reminder: notice.reminder,
            held_until: Some(notice.send_at).filter(|send_at| *send_at > notice.at),
            deadline: notice.deadline,
        },
    })
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::scene;

    fn said(notice: &NoticeRow) -> String {
        String::from_utf8(body(notice, "https://seinhuis.example/zaken/7K3M-92QF".into()).unwrap()).unwrap()
    }

    #[test]
    fn it_says_number_place_rung_and_where_to_look_and_nothing_else() {
        let notice = scene::notice("any");
        let id = notice.id;
        assert_eq!(
            said(&notice),
            format!(
                "{{\"type\":\"case.rung-reached\",\"timestamp\":\"2026-04-02T10:00:00Z\",\"data\":{{\"notice\":\"{id}\",\
                 \"number\":\"7K3M-92QF\",\"area\":\"WK150900\",\"rung\":\"regisseur\",\
                 \"link\":\"https://seinhuis.example/zaken/7K3M-92QF\"}}}}"
            )
        );
    }

    #[test]
    fn a_reminder_a_hold_and_a_deadline_are_said_where_there_are_any() {
        let at = |text: &str| text.parse().unwrap();
        let notice = NoticeRow {
            reminder: Some(2),
            send_at: at("2026-04-03T06:00:00Z"),
            deadline: Some(at("2026-04-09T22:00:00Z")),
            ..scene::notice("any")
        };
        let said = said(&notice);
        for part in [
            "\"type\":\"case.reminded\"",
            "\"reminder\":2",
            "\"held_until\":\"2026-04-03T06:00:00Z\"",
            "\"deadline\":\"2026-04-09T22:00:00Z\"",
        ] {
            assert!(said.contains(part), "{part} is missing in {said}");
        }
    }
}
