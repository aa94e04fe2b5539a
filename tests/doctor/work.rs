//! Notices and timers that nobody sees to.

use seinhuis_runtime::Clock;
use seinhuis_testkit::Hub;

use crate::hub::reported;
use crate::ward::{Fault, Looked, Looks, each_turns, look};
use crate::well::{fresh, until};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "notices that failed for good",
        turns: &[("work/dead-letters", "warning")],
        plant: || left_lying(&fast(fresh()), "work/dead-letters"),
    },
    Fault {
        what: "notices that don't get out",
        turns: &[("work/unsent", "warning")],
        plant: || left_lying(&fast(fresh()).with("SEINHUIS_NOTIFY__ATTEMPTS_MAX", "1000000"), "work/unsent"),
    },
    Fault {
        what: "a timer that nobody fires",
        turns: &[("work/overdue", "failure")],
        plant: || left_lying(&in_march(fresh()), "work/overdue"),
    },
];

/// A hub that is well, and one in which a case was left lying in March and no mail gets out, once `check` is all that is wrong
/// with it: three rungs were told, or none.
fn left_lying(hub: &Hub, check: &str) -> Looks {
    let before = look(&crate::well::hub());
    let wonion = hub.partner("wonion").unwrap();
    // No folder of mails can be made where a file is.
    std::fs::write(hub.data().join("notices"), "in the way").unwrap();
    let process = hub.serve().unwrap();
    reported(&process.url, &wonion, MARCH.parse().unwrap());
    let all_that_is_wrong = |seen: &Looked| {
        let alarms = seen.alarms();
        alarms.len() == 1 && alarms[0]["check"] == check && notices(hub).is_none_or(|count| count == 3)
    };
    let seen = until(|| now(hub), all_that_is_wrong);
    assert_eq!(process.stop().unwrap(), 0);
    Some((before, seen))
}

/// How many notices failed for good, where any did.
fn notices(hub: &Hub) -> Option<usize> {
    let dead = hub.run(&["notices", "dead", "--json"]).unwrap().json().ok()?;
    let dead = dead["dead"].as_array()?.len();
    (dead > 0).then_some(dead)
}

/// When the rehearsals begin: a Monday morning.
const MARCH: &str = "2026-03-02T07:00:00Z";

/// The hub on a clock that begins in March, although who reports was admitted today.
fn in_march(hub: Hub) -> Hub {
    let anchor = Clock::system().now().to_string();
    hub.with("SEINHUIS_CLOCK__START", MARCH).with("SEINHUIS_CLOCK__ANCHOR", &anchor)
}

/// The same, and the weeks of the ladder take seconds.
fn fast(hub: Hub) -> Hub {
    in_march(hub).with("SEINHUIS_CLOCK__SPEED", "400000")
}

/// What the doctor says now, by the machine's clock: the rehearsal is long ago.
fn now(hub: &Hub) -> Looked {
    let unset =
        ["--unset=SEINHUIS_CLOCK__START", "--unset=SEINHUIS_CLOCK__SPEED", "--unset=SEINHUIS_CLOCK__ANCHOR"];
    crate::ward::look_under(hub, "env", &unset, &[])
}

#[test]
fn faults_of_what_waits() {
    each_turns(FAULTS);
}
