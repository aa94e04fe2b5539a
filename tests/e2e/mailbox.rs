//! A case nobody picks up climbs, and its mails go to a mail server in another language that wants an encrypted line and a password.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::{Common, Subject, subject::Identifier};
use seinhuis_domain::event::Event;
use seinhuis_domain::kind::Kind;
use seinhuis_domain::notice::{Channel, NoticeEvent};
use seinhuis_eventstore::{Log, Position};
use seinhuis_testkit::{Hub, Said, Topology};
use serde_json::Value;

use crate::left_lying::{common, fast};
use crate::receiver::Receiver;
use crate::scene::{certificate, python, report, until};

const USER: &str = "seinhuis";
const PASSWORD: &str = "een wachtwoord van een test";

/// Whom the case is about, and what was said of her: none of it is anybody's business on the way.
const PERSONAL: [&str; 3] = ["Canarina Zanger-Vogelaar", "999990032", "roept des nachts om hulp"];

/// How long the case may take to climb to the top on its fast clock.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_wants_starttls_and_a_password_gets_each_notice_under_its_id() {
    each_notice_under_its_id(Topology::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_wants_starttls_and_a_password_gets_each_notice_under_its_id_when_split() {
    each_notice_under_its_id(Topology::Split).await;
}

async fn each_notice_under_its_id(topology: Topology) {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let Some((cert, key)) = certificate(folder.path()) else { return };
    let mut mailbox = mailbox(&python, &cert, &key);
    let hub = mailing(topology.hub("oude-ijsselstreek").unwrap(), &mailbox, folder.path())
        .with("SEINHUIS_NOTIFY__SMTP__TLS_CA", cert.to_str().unwrap());
    let wonion = hub.partner("wonion").unwrap();
    let served = topology.serve(&hub).unwrap();
    report(served.ingest(), &wonion, about_somebody()).await;

    // Team, regisseur, college: three rungs above the workfloor, one person each.
    let reading = tokio::task::spawn_blocking(move || (mailbox.next(3), mailbox));
    let (mails, mailbox) = tokio::time::timeout(PATIENCE, reading).await.expect("three mails").unwrap();
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());
    assert_eq!(mailbox.told(), Vec::<Value>::new(), "each notice goes out once");

    for mail in &mails {
        assert_eq!((&mail["encrypted"], &mail["login"]), (&true.into(), &USER.into()), "{mail:#}");
        let text = mail["text"].as_str().unwrap();
        let [dutch, english] = ["Beste", "Dear"].map(|greeting| text.find(greeting).expect(greeting));
        assert!(dutch < english, "{text}");
        for personal in PERSONAL {
            assert!(
                !text.contains(personal) && !mail["raw"].as_str().unwrap().contains(personal),
                "{mail:#}"
            );
        }
    }
    let ids: BTreeSet<_> = mails.iter().map(|mail| mail["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, delivered(&hub).await, "{mails:#?}");
    for (mail, rung) in mails.iter().zip(["team", "regisseur", "college"]) {
        let subject = mail["subject"].as_str().unwrap();
        assert!(subject.contains(&format!("{rung} gevraagd")), "{rung}: {subject}");
    }
}

/// Whoever stands between can show a certificate, but none that somebody vouches for.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_nobody_vouches_for_is_told_nothing_not_even_the_password() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let Some((cert, key)) = certificate(folder.path()) else { return };
    let mailbox = mailbox(&python, &cert, &key);
    let hub = mailing(Hub::new("oude-ijsselstreek").unwrap(), &mailbox, folder.path())
        .with("SEINHUIS_NOTIFY__ATTEMPTS_MAX", "2");
    let wonion = hub.partner("wonion").unwrap();
    let served = Topology::Embedded.serve(&hub).unwrap();
    report(served.ingest(), &wonion, about_somebody()).await;

    tokio::task::spawn_blocking(move || {
        let ask = || hub.run(&["notices", "dead", "--json"]).unwrap();
        let dead = |said: &Said| said.json().unwrap()["dead"].as_array().unwrap().clone();
        let failed = dead(&until(ask, |said| dead(said).len() == 3));
        let why = "the mail server did not take it";
        let not_taken = |notice: &Value| notice["reason"].as_str().unwrap().starts_with(why);
        assert!(failed.iter().all(not_taken), "{failed:#?}");
        assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());
        assert_eq!(mailbox.told(), Vec::<Value>::new());
    })
    .await
    .unwrap();
}

/// The mail server, which tells each login that it refuses and each mail that it takes.
fn mailbox(python: &Path, cert: &Path, key: &Path) -> Receiver {
    let [cert, key] = [cert, key].map(|path| path.to_str().unwrap());
    Receiver::start(python, "python/mailbox.py", &[cert, key, USER, PASSWORD])
}

/// The hub with that for a mail server.
fn mailing(hub: Hub, mailbox: &Receiver, folder: &Path) -> Hub {
    let password = folder.join("password");
    std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    fast(hub)
        .with("SEINHUIS_NOTIFY__SMTP__HOST", "127.0.0.1")
        .with("SEINHUIS_NOTIFY__SMTP__PORT", &mailbox.port.to_string())
        .with("SEINHUIS_NOTIFY__SMTP__TLS", "starttls")
        .with("SEINHUIS_NOTIFY__SMTP__USER", USER)
        .with("SEINHUIS_NOTIFY__SMTP__PASSWORD_FILE", password.to_str().unwrap())
        .with("SEINHUIS_NOTIFY__SMTP__FROM", "Seinhuis <seinhuis@example.org>")
}

/// A signal about somebody, with what is personal in each of its parts.
fn about_somebody() -> SectorSignal {
    let [name, bsn, said] = PERSONAL.map(str::to_owned);
    let free_text = format!("{name} ({bsn}) {said}.");
    let subject = Subject { identifier: Some(Identifier::Bsn(bsn)), name, ..Default::default() };
    let common = Common { subjects: vec![subject], free_text, ..common() };
    SectorSignal::new(Kind::from_code("housing.fin.hua").unwrap(), common)
}

/// The ids that mails carry of the notices that the log says were delivered, each by mail.
async fn delivered(hub: &Hub) -> BTreeSet<String> {
    let log = Log::open(&hub.log_url()).await.unwrap();
    let page = log.read(Position::START, 1_000).await.unwrap();
    let notices = page.events.iter().filter_map(|event| match event.event().unwrap() {
        Event::Notice(NoticeEvent::NoticeDelivered { channel: Channel::Mail, facts, .. }) => {
            Some(format!("<{}@seinhuis>", facts.notice))
        }
        Event::Notice(other) => panic!("{other:?}"),
        _ => None,
    });
    notices.collect()
}
