//! What a notice says: Dutch first, English beside it, and nothing personal.

use askama::Template;
use jiff::Timestamp;
use lettre::message::{Mailbox, header::ContentType};
use lettre::{Address, Message};
use seinhuis_domain::area::AreaMap;
use seinhuis_domain::calendar::{in_words_en, in_words_nl};
use seinhuis_domain::ladder::{Cause, Rung};
use seinhuis_projections::NoticeRow;

use crate::channel::Undeliverable;
use crate::contact::{Contact, Language};

/// The texts, filled in.
#[derive(Template)]
#[template(path = "notice.txt")]
struct Notice<'a> {
    english_first: bool,
    reminder: bool,
    greeting: &'a str,
    number: &'a str,
    area: &'a str,
    rung_nl: &'static str,
    rung_en: &'static str,
    why_nl: &'static str,
    why_en: &'static str,
    deadline_nl: Option<String>,
    deadline_en: Option<String>,
    next_nl: &'static str,
    next_en: &'static str,
    link: &'a str,
    position: u64,
}

/// Makes the mail of a notice. The same notice gives the same mail, whenever and however often it is made.
pub(crate) fn compose(
    notice: &NoticeRow,
    to: &Contact,
    from: &Mailbox,
    link: &str,
    areas: &AreaMap,
) -> Result<Message, Undeliverable> {
    let address: Address = to.mail.parse().map_err(|_| Undeliverable::BadAddress)?;
    let area = areas.get(&notice.area).map_or(notice.area.as_str(), |area| area.name.as_str());
    let why = match notice.reminder {
        None => (notice.cause.dutch(), notice.cause.english()),
        Some(_) => still_to_do(notice.cause),
    };
    let text = Notice {
        reminder: notice.reminder.is_some(),
        english_first: to.language == Language::English,
        greeting: &to.name,
        number: &notice.number,
        area,
        rung_nl: notice.rung.dutch(),
        rung_en: notice.rung.as_str(),
        why_nl: why.0,
        why_en: why.1,
        deadline_nl: notice.deadline.map(in_words_nl),
        deadline_en: notice.deadline.map(in_words_en),
        next_nl: notice.next.map_or("", Rung::dutch),
        next_en: notice.next.map_or("", Rung::as_str),
        link,
        position: notice.position.0,
    };
    let body = text.render().map_err(|_| Undeliverable::NoText)?;
    let number = &notice.number;
    let subject = match (to.language, notice.reminder) {
        (Language::Dutch, None) => format!("Zaak {number} in {area}: {} gevraagd", notice.rung.dutch()),
        (Language::Dutch, Some(_)) => format!("Herinnering: zaak {number} in {area}"),
        (Language::English, None) => format!("Case {number} in {area}: {} asked", notice.rung),
        (Language::English, Some(_)) => format!("Reminder: case {number} in {area}"),
    };
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(Some(to.name.clone()), address))
        .message_id(Some(format!("<{}@seinhuis>", notice.id)))
        .date(system_time(notice.send_at))
        .subject(subject)
        .header(ContentType::TEXT_PLAIN)
        .body(body)
        .map_err(|_| Undeliverable::NoText)
}

/// What a reminder asks for, where a climb says what went wrong.
fn still_to_do(cause: Cause) -> (&'static str, &'static str) {
    match cause {
        Cause::NotPickedUp => ("niemand heeft de zaak nog opgepakt", "nobody has picked the case up yet"),
        Cause::NoProgress => ("er is nog geen uitkomst", "there is no outcome yet"),
        Cause::NoLead => ("er is nog geen partner die de leiding heeft", "no partner leads the case yet"),
        Cause::LeadSilent => {
            ("van de trekker is nog niets gehoord", "nothing has been heard of the lead yet")
        }
        Cause::BetweenTwoStools | Cause::PingPong | Cause::MoreGoingOn | Cause::ByHand => {
            (cause.dutch(), cause.english())
        }
    }
}

fn system_time(at: Timestamp) -> std::time::SystemTime {
    std::time::SystemTime::from(at)
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::contact::Way;
    use crate::scene;
    use seinhuis_domain::example;

    fn mail(deadline: Option<&str>, language: Language) -> String {
        let deadline = deadline.map(|at| at.parse().unwrap());
        mail_of(&NoticeRow { deadline, next: Some(Rung::College), ..scene::notice("any") }, language)
    }

    fn mail_of(notice: &NoticeRow, language: Language) -> String {
        let to = Contact { language, ..scene::contact(&[Way::Mail]) };
        let from = "Seinhuis <seinhuis@example.org>".parse().unwrap();
        let areas = AreaMap::new(example::profile().areas).unwrap();
        let message =
            compose(notice, &to, &from, "https://seinhuis.example/zaken/7K3M-92QF", &areas).unwrap();
        // Undo the transfer encoding far enough to read it.
        String::from_utf8(message.formatted()).unwrap().replace("=\r\n", "")
    }

    #[test]
    fn it_says_number_place_why_by_when_and_where_to_look() {
        let mail = mail(Some("2026-04-09T22:00:00Z"), Language::Dutch);
        for part in
            ["7K3M-92QF", "Ulft", "9 april 2026", "college", "https://seinhuis.example/zaken/7K3M-92QF"]
        {
            assert!(mail.contains(part), "{part} is missing in\n{mail}");
        }
    }

    #[test]
    fn the_message_id_is_the_notice_id() {
        let id = scene::notice("any").id;
        assert!(mail(None, Language::Dutch).contains(&format!("<{id}@seinhuis>")));
    }

    #[test]
    fn dutch_comes_first_unless_the_reader_prefers_english() {
        let before = |mail: String| mail.find("Beste").unwrap() < mail.find("Dear").unwrap();
        assert!(before(mail(None, Language::Dutch)));
        assert!(!before(mail(None, Language::English)));
    }

    #[test]
    fn a_reminder_says_what_is_still_to_be_done_and_where_the_case_goes_otherwise() {
        let deadline = Some("2026-04-09T22:00:00Z".parse().unwrap());
        let reminded =
            NoticeRow { deadline, next: Some(Rung::College), reminder: Some(1), ..scene::notice("any") };
        let mail = mail_of(&reminded, Language::Dutch);
        for part in [
            "Subject: Herinnering: zaak 7K3M-92QF in Ulft",
            "Herinnering: zaak 7K3M-92QF in Ulft wacht op u",
            "er is nog geen uitkomst",
            "9 april 2026",
            "naar: college",
            "Reminder: case 7K3M-92QF in Ulft waits for you",
        ] {
            assert!(mail.contains(part), "{part} is missing in\n{mail}");
        }
        assert!(!mail.contains("staat nu op"), "{mail}");
    }

    #[test]
    fn from_the_top_rung_it_names_no_deadline() {
        assert!(!mail(None, Language::Dutch).contains("automatisch"));
    }
}
