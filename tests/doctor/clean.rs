//! Hubs that are well: the doctor finds nothing to warn of, and disturbs nobody.

use seinhuis_testkit::{Hub, Topology};

use crate::hub::{reported, until_well};
use crate::ward::{Looked, look, look_under};
use crate::well::{PROFILE, hours_ago, hub, until};

fn quiet(seen: &Looked) {
    assert!(seen.alarms().is_empty(), "{:#?}", seen.alarms());
}

#[test]
fn a_hub_that_is_well_gives_no_warning_before_it_serves_and_after() {
    let hub = hub();
    quiet(&look(&hub));
    let new = crate::well::fresh();
    quiet(&look(&new));
    assert!(!new.data().exists(), "a look makes no folder");
}

#[test]
fn a_hub_that_serves_gives_no_warning_and_goes_on_serving() {
    let hub = hub();
    let process = hub.serve().unwrap();
    until_well(&hub, &process);
    let wonion = hub.partner("politie").unwrap();
    assert!(!wonion.is_empty());
    quiet(&until_well(&hub, &process));
    assert_eq!(process.stop().unwrap(), 0, "{}", hub.log());
    let verified = hub.run(&["verify"]).unwrap();
    assert_eq!(verified.code, 0, "{verified:?}");
}

#[test]
fn a_hub_that_is_spread_over_processes_gives_no_warning() {
    let hub: Hub = Topology::Split.hub(PROFILE).unwrap();
    let wonion = hub.partner("wonion").unwrap();
    let served = Topology::Split.serve(&hub).unwrap();
    reported(served.ingest(), &wonion, hours_ago(1));
    let (_, at) = served.monitor().split_once("://").unwrap();
    let address = format!("SEINHUIS_LISTEN__ADDRESS={at}");
    let ask = || look_under(&hub, "env", &[&address], &[]);
    let seen = until(ask, |seen| {
        seen.alarms().is_empty() && seen.verdict("hub/auditor") == "ok" && seen.verdict("roles/held") == "ok"
    });
    quiet(&seen);
    assert_eq!((seen.verdict("bus/stream"), seen.verdict("keys/master")), ("ok", "ok"));
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());
    quiet(&look(&crate::ward::apart(hub)));
}
