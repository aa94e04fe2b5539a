//! A case nobody picks up climbs, and each rung is told in its own way: by a webhook that checks signatures with a library of
//! another language, and by mail where the webhook has failed for good.

use std::time::Duration;

use seinhuis_domain::event::Event;
use seinhuis_domain::notice::{Channel, NoticeEvent};
use seinhuis_eventstore::{Log, Position};
use seinhuis_testkit::{Hub, MailSink, Topology};
use serde_json::Value;

use crate::left_lying::{fast, mailing, signal};
use crate::receiver::Receiver;
use crate::scene::{own, python, report};

/// What the hub signs with next, what it signs with as well for now, and what it doesn't know.
const NEXT: &str = "whsec_bmV4dC1zZWNyZXQtb2YtYS10ZXN0LTI0LTMyYnk=";
const PRESENT: &str = "whsec_cHJlc2VudC1zZWNyZXQtb2YtYS10ZXN0LTMyYnk=";
const STRANGE: &str = "whsec_c3RyYW5nZS1zZWNyZXQtb2YtYS10ZXN0LTMyYnk=";

/// How long the case may take to climb to the top on its fast clock.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn each_rung_is_told_by_its_webhook_or_by_mail_where_that_failed_for_good() {
    each_is_told_in_its_way(Topology::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rung_is_told_by_its_webhook_or_by_mail_where_that_failed_for_good_when_split() {
    each_is_told_in_its_way(Topology::Split).await;
}

async fn each_is_told_in_its_way(topology: Topology) {
    let Some(python) = python() else { return };
    let receiver = Receiver::start(&python, "python/receive.py", &[PRESENT, STRANGE]);
    let sink = MailSink::start().unwrap();
    let profile = profile(receiver.port);
    let hub = fast(mailing(topology.hub(profile.path().to_str().unwrap()).unwrap(), &sink))
        .with("SEINHUIS_NOTIFY__WEBHOOK__ALLOW_PRIVATE", "true")
        .with("SEINHUIS_NOTIFY__WEBHOOK__ATTEMPTS_MAX", "3");
    let wonion = hub.partner("wonion").unwrap();
    let served = topology.serve(&hub).unwrap();
    report(served.ingest(), &wonion, signal()).await;
    // The regisseur's and the college's: the team's is at its webhook by then.
    let mails = tokio::task::spawn_blocking(move || sink.wait_for(2, PATIENCE)).await.unwrap();
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());

    let calls = receiver.told();
    let to = |path: &str| -> Vec<&Value> { calls.iter().filter(|call| call["path"] == path).collect() };
    let [first, second] = to("/hook")[..] else { panic!("{calls:#?}\n{}", hub.log()) };
    assert_eq!(first, second, "the same message under the same id");
    let payload = &second["payload"];
    assert_eq!((&payload["type"], &payload["data"]["rung"]), (&"case.rung-reached".into(), &"team".into()));
    assert_eq!(payload["data"]["notice"], second["id"]);
    assert!(payload["data"]["deadline"].is_string(), "{payload}");
    let [gone] = to("/gone")[..] else { panic!("{calls:#?}") };
    assert_eq!(gone["payload"]["data"]["rung"], "regisseur");
    let strange = to("/stranger");
    assert!(strange.len() == 3 && strange.iter().all(|call| call["payload"].is_null()), "{strange:#?}");

    let mailed: Vec<bool> = [gone, strange[0]]
        .iter()
        .map(|call| format!("Message-ID: <{}@seinhuis>", call["id"].as_str().unwrap()))
        .map(|line| mails.iter().any(|mail| mail.contains(&line)))
        .collect();
    assert_eq!((mailed, mails.len()), (vec![true, true], 2), "{mails:#?}");
    assert_eq!(told(&hub).await, [(Channel::Webhook, 2), (Channel::Mail, 2), (Channel::Mail, 4)]);
}

/// By which channel the log says that people were told, and after how many tries.
async fn told(hub: &Hub) -> Vec<(Channel, u32)> {
    let log = Log::open(&hub.log_url()).await.unwrap();
    let page = log.read(Position::START, 1_000).await.unwrap();
    let told = page.events.iter().filter_map(|event| match event.event().unwrap() {
        Event::Notice(NoticeEvent::NoticeDelivered { channel, attempts, .. }) => Some((channel, attempts)),
        Event::Notice(failed) => panic!("{failed:?}"),
        _ => None,
    });
    told.collect()
}

/// The profile with a webhook for each rung.
fn profile(port: u16) -> tempfile::TempDir {
    let profile = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(own("../deploy/profiles/oude-ijsselstreek")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), profile.path().join(file.file_name())).unwrap();
    }
    let secret = profile.path().join("hook.secret");
    std::fs::write(&secret, format!("{NEXT}\n{PRESENT}\n")).unwrap();
    let people = profile.path().join("people.toml");
    let mut text = std::fs::read_to_string(&people).unwrap();
    for (role, path, channels) in [
        ("team_member", "hook", "[\"webhook\"]"),
        ("regisseur", "gone", "[\"webhook\", \"mail\"]"),
        ("college", "stranger", "[\"webhook\", \"mail\"]"),
    ] {
        let role = format!("role = \"{role}\"\n");
        let secret = secret.display();
        let webhook = format!(
            "webhook = {{ url = \"http://127.0.0.1:{port}/{path}\", secret_file = \"{secret}\" }}\nchannels = {channels}\n"
        );
        text = text.replace(&role, &format!("{role}{webhook}"));
    }
    std::fs::write(&people, text).unwrap();
    profile
}
