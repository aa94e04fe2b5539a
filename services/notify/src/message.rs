//! What a notice says: Dutch first, English beside it, and nothing personal.

use askama::Template;
use jiff::Timestamp;
use lettre::message::{Mailbox, header::ContentType};
use lettre::{Address, Message};
use seinhuis_domain::area::AreaMap;
use seinhuis_domain::calendar::{in_words_en, in_words_nl};
use seinhuis_domain::ladder::Rung;
use seinhuis_projections::NoticeRow;

use crate::channel::Undeliverable;
use crate::contact::{Contact, Language};

/// The texts, filled in.
#[derive(Template)]
#[template(path = "notice.txt")]
struct Notice<'a> {
    english_first: bool,
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
    link_base: &str,
    areas: &AreaMap,
) -> Result<Message, Undeliverable> {
    let address: Address = to.mail.parse().map_err(|_| Undeliverable::BadAddress)?;
    let area = areas.get(&notice.area).map_or(notice.area.as_str(), |area| area.name.as_str());
    let link = format!("{}/zaken/{}", link_base.trim_end_matches('/'), notice.number);
    let text = Notice {
        english_first: to.language == Language::English,
        greeting: &to.name,
        number: &notice.number,
        area,
        rung_nl: notice.rung.dutch(),
        rung_en: notice.rung.as_str(),
        why_nl: notice.cause.dutch(),
        why_en: notice.cause.english(),
        deadline_nl: notice.deadline.map(in_words_nl),
        deadline_en: notice.deadline.map(in_words_en),
        next_nl: notice.rung.above().map_or("", Rung::dutch),
        next_en: notice.rung.above().map_or("", Rung::as_str),
        link: &link,
        position: notice.position.0,
    };
    let body = text.render().map_err(|_| Undeliverable::NoText)?;
    let subject = match to.language {
        Language::Dutch => format!("Zaak {} in {area}: {} gevraagd", notice.number, notice.rung.dutch()),
        Language::English => format!("Case {} in {area}: {} asked", notice.number, notice.rung),
    };
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(Some(to.name.clone()), address))
        .message_id(Some(format!("<{}@seinhuis>", notice.id)))
        .date(system_time(notice.at))
        .subject(subject)
        .header(ContentType::TEXT_PLAIN)
        .body(body)
        .map_err(|_| Undeliverable::NoText)
}

fn system_time(at: Timestamp) -> std::time::SystemTime {
    std::time::SystemTime::from(at)
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::scene;
    use seinhuis_domain::example;

    fn mail(deadline: Option<&str>, language: Language) -> String {
        let deadline = deadline.map(|at| at.parse().unwrap());
        let notice = NoticeRow { deadline, ..scene::notice("any") };
        let to = Contact { name: "Regisseur Ulft".into(), mail: "regisseur@example.org".into(), language };
        let from = "Seinhuis <seinhuis@example.org>".parse().unwrap();
        let areas = AreaMap::new(example::profile().areas).unwrap();
        let message = compose(&notice, &to, &from, "https://seinhuis.example/", &areas).unwrap();
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
    fn from_the_top_rung_it_names_no_deadline() {
        assert!(!mail(None, Language::Dutch).contains("automatisch"));
    }
}
