//! What a serving process says of itself.

use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::Common;
use seinhuis_domain::case::{CaseEvent, RungReached};
use seinhuis_domain::ids::PersonId;
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::{Cause, Rung};
use seinhuis_eventstore::{Append, AppendError, Context, Log, NewEvent, Position, StreamId};
use seinhuis_runtime::Clock;
use seinhuis_testkit::{Hub, HubProcess, Postgres};

use crate::postgres::on;
use crate::ward::{Fault, Looked, each_turns, look};
use crate::well::{append, block_on, fresh, hours_ago, until};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "a serving hub whose database is gone",
        turns: &[
            ("hub/serving", "failure"),
            ("postgres/reachable", "failure"),
            ("log/readable", "failure"),
            ("keys/readable", "failure"),
        ],
        plant: || {
            let mut server = Postgres::start_private(&[]).unwrap();
            let hub = on(&server.database().unwrap());
            let process = hub.serve().unwrap();
            let before = until_well(&hub, &process);
            server.kill().unwrap();
            until(|| health(&hub, &process, ""), |code| *code != 0);
            let after = beside(&hub, &process);
            process.kill().unwrap();
            Some((before, after))
        },
    },
    Fault {
        what: "an event that roles of a serving hub don't know",
        turns: &[("hub/roles", "failure"), ("hub/auditor", "failure"), ("followers/stopped", "failure")],
        plant: || {
            let hub = fresh();
            let process = hub.serve().unwrap();
            let before = until_well(&hub, &process);
            let event = NewEvent {
                name: "case.teleported".into(),
                schema: 3,
                recorded_at: hours_ago(0),
                area: None,
                actor: "role:casework".into(),
                trace: None,
                payload: b"{}".to_vec(),
                sealed: None,
            };
            append(&hub, StreamId::new("case", "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001"), event);
            until(|| health(&hub, &process, "role/casework"), |code| *code != 0);
            until(|| health(&hub, &process, "audit"), |code| *code != 0);
            let after = beside(&hub, &process);
            process.kill().unwrap();
            Some((before, after))
        },
    },
    Fault {
        what: "a climb that nobody decided and nobody was told of",
        turns: &[("hub/auditor", "failure"), ("work/nobody-told", "warning")],
        plant: || {
            let hub = fresh();
            let wonion = hub.partner("wonion").unwrap();
            let process = hub.serve().unwrap();
            reported(&process.url, &wonion, hours_ago(1));
            let before = until_well(&hub, &process);
            meddle(&hub);
            until(|| health(&hub, &process, "audit"), |code| *code != 0);
            let after =
                until(|| beside(&hub, &process), |seen| seen.verdict("work/nobody-told") == "warning");
            process.kill().unwrap();
            Some((before, after))
        },
    },
];

/// What the doctor says beside a serving process.
pub(crate) fn beside(hub: &Hub, process: &HubProcess) -> Looked {
    let (_, at) = process.url.split_once("://").unwrap();
    crate::ward::look_under(hub, "env", &[&format!("SEINHUIS_LISTEN__ADDRESS={at}")], &[])
}

/// The same once nothing alarms: a hub that has just begun hasn't looked at everything yet.
pub(crate) fn until_well(hub: &Hub, process: &HubProcess) -> Looked {
    until(|| beside(hub, process), |seen| seen.alarms().is_empty() && seen.verdict("hub/auditor") == "ok")
}

fn health(hub: &Hub, process: &HubProcess, name: &str) -> i32 {
    let mut asked = vec!["health", "--address", &process.url];
    asked.extend((!name.is_empty()).then_some(name));
    hub.run(&asked).unwrap().code
}

/// Reports a signal that came to be at this time.
pub(crate) fn reported(url: &str, token: &str, at: jiff::Timestamp) {
    use futures::StreamExt;
    let common = Common {
        reference: "left-lying".into(),
        occurred_at: Some(seinhuis_contract::time::to_wire(at)),
        area_code: "WK150900".into(),
        urgency: 1,
        ..Default::default()
    };
    let signal = SectorSignal::new(Kind::from_code("housing.fin.hua").unwrap(), common);
    block_on(async {
        let channel =
            tonic::transport::Endpoint::from_shared(url.to_owned()).unwrap().connect().await.unwrap();
        let channel = seinhuis::client::authed(channel, token).unwrap();
        let sector = signal.sector();
        let mut receipts =
            seinhuis::door::report(channel, sector, futures::stream::iter([signal])).await.unwrap();
        receipts.next().await.unwrap().unwrap();
    });
}

/// Puts a climb of the first case into the log that was never due and is told to nobody.
fn meddle(hub: &Hub) {
    block_on(async {
        let log = Log::open(&hub.log_url()).await.unwrap();
        loop {
            let events = log.read(Position::START, 1_000).await.unwrap().events;
            let Some(case) = events.iter().find(|event| event.stream.kind() == "case") else { continue };
            let early = hours_ago(2);
            let climb = RungReached {
                area: case.area.clone().unwrap(),
                rung: Rung::Regisseur,
                cycle: 0,
                policy_version: 1,
                cause: Cause::NotPickedUp,
                planned_at: Some(early),
                at: early,
                passed: false,
                tell: Vec::<PersonId>::new(),
                told_because: vec![],
                next: None,
                act: None,
            };
            let context = Context { actor: "role:escalation".into(), at: Clock::system().now(), trace: None };
            let event = NewEvent::of(&CaseEvent::RungReached(Box::new(climb)), &context).unwrap();
            let expected_version = log.read_stream(&case.stream).await.unwrap().len() as u64;
            match log
                .append(Append { stream: case.stream.clone(), expected_version, events: vec![event] })
                .await
            {
                Err(AppendError::Conflict { .. }) => {}
                appended => {
                    appended.unwrap();
                    break;
                }
            }
        }
        log.close().await;
    });
}

#[test]
fn faults_of_a_serving_hub() {
    each_turns(FAULTS);
    // Beside none there is nothing to judge.
    assert_eq!(look(&fresh()).verdict("hub/serving"), "skipped");
}
