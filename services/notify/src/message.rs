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
use crate::digest;
use crate::trace_header::TraceHeader;

/// The text about one notice, filled in.
#[derive(Template)]
#[template(path = "notice.txt")]
struct Single<'a> {
    english_first: bool,
    greeting: &'a str,
    item: Item<'a>,
}

/// The text that lists several.
#[derive(Template)]
#[template(path = "digest.txt")]
struct Digest<'a> {
    english_first: bool,
    greeting: &'a str,
    items: Vec<Item<'a>>,
}

/// What is said of one notice.
struct Item<'a> {
    reminder: bool,
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
    link: String,
    position: u64,
}

impl<'a> Item<'a> {
    fn of(notice: &'a NoticeRow, areas: &'a AreaMap, link: String) -> Self {
        let (why_nl, why_en) = match notice.reminder {
            None => (notice.cause.dutch(), notice.cause.english()),
            Some(_) => still_to_do(notice.cause),
        };
        Self {
            reminder: notice.reminder.is_some(),
            number: &notice.number,
            area: areas.get(&notice.area).map_or(notice.area.as_str(), |area| area.name.as_str()),
            rung_nl: notice.rung.dutch(),
            rung_en: notice.rung.as_str(),
            why_nl,
            why_en,
            deadline_nl: notice.deadline.map(in_words_nl),
            deadline_en: notice.deadline.map(in_words_en),
            next_nl: notice.next.map_or("", Rung::dutch),
            next_en: notice.next.map_or("", Rung::as_str),
            link,
            position: notice.position.0,
        }
    }
}

/// Makes the mail of these notices, to one person. The same notices give the same mail, whenever and however often it is made.
/// `link` leads to the case with a number.
pub(crate) fn compose(
    notices: &[NoticeRow],
    to: &Contact,
    from: &Mailbox,
    link: impl Fn(&str) -> String,
    areas: &AreaMap,
) -> Result<Message, Undeliverable> {
    let address: Address = to.mail.parse().map_err(|_| Undeliverable::BadAddress)?;
    let (english_first, greeting) = (to.language == Language::English, to.name.as_str());
    let mut items: Vec<_> =
        notices.iter().map(|notice| Item::of(notice, areas, link(&notice.number))).collect();
    let (subject, text) = match notices {
        [notice] => {
            let item = items.remove(0);
            let subject = about_one(&item, notice, to.language);
            (subject, Single { english_first, greeting, item }.render())
        }
        _ => (about_many(items.len(), to.language), Digest { english_first, greeting, items }.render()),
    };
    let last = notices.iter().map(|notice| notice.send_at).max().ok_or(Undeliverable::NoText)?;
    let builder = match TraceHeader::of(notices) {
        Some(header) => Message::builder().header(header),
        None => Message::builder(),
    };
    builder
        .from(from.clone())
        .to(Mailbox::new(Some(to.name.clone()), address))
        .message_id(Some(format!("<{}@seinhuis>", digest::id(notices))))
        .date(system_time(last))
        .subject(subject)
        .header(ContentType::TEXT_PLAIN)
        .body(text.map_err(|_| Undeliverable::NoText)?)
        .map_err(|_| Undeliverable::NoText)
}

fn about_one(item: &Item<'_>, notice: &NoticeRow, language: Language) -> String {
    let Item { number, area, .. } = item;
    match (language, item.reminder) {
        (Language::Dutch, false) => format!("Zaak {number} in {area}: {} gevraagd", notice.rung.dutch()),
        (Language::Dutch, true) => format!("Herinnering: zaak {number} in {area}"),
        (Language::English, false) => format!("Case {number} in {area}: {} asked", notice.rung),
        (Language::English, true) => format!("Reminder: case {number} in {area}"),
    }
}

fn about_many(count: usize, language: Language) -> String {
    match language {
        Language::Dutch => format!("{count} zaken vragen iets van u"),
        Language::English => format!("{count} cases ask something of you"),
    }
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
    use seinhuis_runtime::trace::Traced;

    fn mail(deadline: Option<&str>, language: Language) -> String {
        let deadline = deadline.map(|at| at.parse().unwrap());
        mail_of(&NoticeRow { deadline, next: Some(Rung::College), ..scene::notice("any") }, language)
    }

    fn mail_of(notice: &NoticeRow, language: Language) -> String {
        mail_with(std::slice::from_ref(notice), language)
    }

    fn mail_with(notices: &[NoticeRow], language: Language) -> String {
        let to = Contact { language, ..scene::contact(&[Way::Mail]) };
        let from = "Seinhuis <seinhuis@example.org>".parse().unwrap();
        let areas = AreaMap::new(example::profile().areas).unwrap();
        let link = |number: &str| format!("https://seinhuis.example/zaken/{number}");
        let message = compose(notices, &to, &from, link, &areas).unwrap();
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
    fn several_notices_are_listed_in_one_mail_each_with_what_its_own_would_say() {
        let climb = scene::notice("1");
        let other = NoticeRow {
            number: "1S0X-EQ2W".into(),
            reminder: Some(1),
            deadline: Some("2026-04-09T22:00:00Z".parse().unwrap()),
            next: Some(Rung::College),
            ..scene::notice("2")
        };
        let mail = mail_with(&[climb, other], Language::Dutch);
        for part in [
            "Subject: 2 zaken vragen iets van u",
            "1. zaak 7K3M-92QF in Ulft, niveau regisseur",
            "2. Herinnering: zaak 1S0X-EQ2W in Ulft",
            "9 april 2026",
            "https://seinhuis.example/zaken/1S0X-EQ2W",
            "2 cases ask something of you",
        ] {
            assert!(mail.contains(part), "{part} is missing in\n{mail}");
        }
    }

    #[test]
    fn the_message_id_is_the_notice_id() {
        let id = scene::notice("any").id;
        assert!(mail(None, Language::Dutch).contains(&format!("<{id}@seinhuis>")));
    }

    #[test]
    fn it_names_each_trace_it_belongs_to_once_and_none_where_there_is_none() {
        let traced = |what: &str, digit: &str| {
            let trace = format!("00-{}-b7ad6b7169203331-01", digit.repeat(32));
            let notice = scene::notice(what);
            NoticeRow { trace: Traced::of(Some(&trace), notice.at), ..notice }
        };
        let notices = [traced("1", "a"), traced("2", "b"), scene::notice("3"), traced("4", "a")];
        let mail = mail_with(&notices, Language::Dutch);
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        let head = head.replace("\r\n ", " ");
        assert!(
            head.contains(&format!("X-Seinhuis-Trace: {} {}\r\n", "a".repeat(32), "b".repeat(32))),
            "{head}"
        );
        assert!(!mail_of(&notices[2], Language::Dutch).contains("X-Seinhuis-Trace"));
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
