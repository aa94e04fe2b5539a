//! Every fault the ladder can have, planted beside a hub that serves: the auditor names the case and what is wrong with it within a
//! minute of the hub's time.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::Common;
use seinhuis_contract::proto::ingest::v1::receipt::Outcome;
use seinhuis_domain::case::RungReached;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{CaseId, PartnerId, PersonId, SignalId};
use seinhuis_eventstore::{Log, Position};
use seinhuis_testkit::{Hub, Placed, Served};

use super::{beside, climb_of};
use crate::left_lying::common;
use crate::scene::{report, until};

const START: &str = "SEINHUIS_CLOCK__START";
const MINUTE: Duration = Duration::from_secs(60);

/// What somebody puts into the log, and how the auditor calls it there.
struct Fault {
    name: &'static str,
    said: &'static str,
    times: usize,
    wrong: fn(&mut RungReached),
}

/// Climbs of the team as an official could have made them, but that nothing is planned after them; and what else is wrong with each.
const FAULTS: [Fault; 5] = [
    Fault {
        name: "early",
        said: "though it was not due before",
        times: 1,
        wrong: |climb| climb.planned_at = Some(climb.at),
    },
    Fault { name: "doubled", said: "twice in one cycle", times: 2, wrong: |_| {} },
    Fault {
        name: "misdirected",
        said: "has nothing to do with it",
        times: 1,
        wrong: |climb| climb.tell = vec![PersonId::new("nobody-here").unwrap()],
    },
    Fault { name: "untold", said: "nobody was told of rung", times: 1, wrong: |climb| climb.tell.clear() },
    Fault { name: UNPLANNED, said: "is planned nowhere, but its terms end at", times: 1, wrong: |_| {} },
];

/// What is planned nowhere is never climbed, so it is withheld as well once its time has come.
const UNPLANNED: &str = "unplanned";
/// The signal whose case nobody touches.
const UNTOUCHED: &str = "untouched";

fn case_of(reference: &str) -> CaseId {
    CaseId::opened_by(SignalId::of(&PartnerId::new("wonion").unwrap(), reference))
}

fn signal(reference: &str) -> SectorSignal {
    let kind = seinhuis_domain::kind::Kind::from_code("housing.fin.hua").unwrap();
    SectorSignal::new(kind, Common { reference: reference.into(), ..common() })
}

/// When the case is to climb, once the hub has planned it.
fn due(runtime: &tokio::runtime::Runtime, log: &Log, case: CaseId) -> Timestamp {
    let planned = || {
        let events = runtime.block_on(log.read(Position::START, 10_000)).unwrap().events;
        let own = events.into_iter().filter(|recorded| recorded.stream.id() == case.to_string());
        let plans = own.filter_map(|recorded| match recorded.event().unwrap() {
            Event::Case(event) => event.plan().map(|plan| plan.map(|step| step.due_at)),
            _ => None,
        });
        plans.last().flatten()
    };
    until(planned, Option::is_some).unwrap()
}

/// How long it takes until the log for operators says this of the case.
fn named_after(hub: &Hub, case: CaseId, said: &str, began: Instant) -> Duration {
    let case = case.to_string();
    while !hub.log().lines().any(|line| line.contains(&case) && line.contains(said)) {
        assert!(began.elapsed() < MINUTE, "nobody says of {case} that it {said:?}: {}", hub.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    began.elapsed()
}

fn is_well(hub: &Hub, served: &Served) -> bool {
    hub.run(&["health", "audit", "--address", served.monitor()]).unwrap().code == 0
}

#[test]
fn each_fault_of_the_ladder_is_named_within_a_minute_of_the_hubs_time() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let wonion = hub.partner("wonion").unwrap();
    let served = hub.serve_as(&[Placed::all()]).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for reference in FAULTS.iter().map(|fault| fault.name).chain([UNTOUCHED]) {
        let receipt = runtime.block_on(report(served.ingest(), &wonion, signal(reference)));
        assert!(matches!(receipt.outcome, Some(Outcome::Accepted(_))), "{receipt:?}");
    }
    let log = runtime.block_on(Log::open(&hub.log_url())).unwrap();
    for fault in &FAULTS {
        due(&runtime, &log, case_of(fault.name));
    }
    // Workfloor and team have as many days to pick up.
    let due = due(&runtime, &log, case_of(UNTOUCHED));
    until(|| is_well(&hub, &served), |well| *well);

    for Fault { name, said, times, wrong } in &FAULTS {
        let began = Instant::now();
        for _ in 0..*times {
            runtime.block_on(beside(&log, case_of(name), |case| {
                let mut climb = climb_of(case);
                wrong(&mut climb);
                climb
            }));
        }
        eprintln!("{name}: named after {:.1?}", named_after(&hub, case_of(name), said, began));
    }
    assert!(!is_well(&hub, &served));
    runtime.block_on(log.close());
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());

    let hub = hub.with(START, &due.to_string());
    let began = Instant::now();
    let served = hub.serve_as(&[Placed::all()]).unwrap();
    let found = named_after(&hub, case_of(UNPLANNED), "has not climbed, though it was due at", began);
    eprintln!("withheld: named after {found:.1?}");
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());
}
