//! The window by which machines look in: a process that waits for its database lives and isn't ready, and a follower that is
//! stuck turns its role red, also where it has taken in all there is.

use std::collections::BTreeSet;
use std::sync::Arc;

use seinhuis_testkit::{Engines, Hub, HubProcess, Postgres, Session, free_port, http};
use serde_json::Value;

use crate::left_lying::signal;
use crate::scene::{report, until};

fn watched(hub: Hub, window: u16) -> Hub {
    hub.with("SEINHUIS_TELEMETRY__LISTEN", &format!("127.0.0.1:{window}"))
}

/// All that beats in a process with all roles.
const FOLLOWERS: [&str; 10] = [
    "audit",
    "casework",
    "directory",
    "erasure",
    "escalation",
    "notify",
    "proof",
    "relay",
    "versions",
    "views",
];

/// Of which followers of a role something is heard.
fn followers(role: &Value) -> Vec<String> {
    let followers = role["followers"].as_array().unwrap().iter();
    followers.map(|follower| follower["follower"].as_str().unwrap().to_owned()).collect()
}

/// The status of `/ready`, and what it says.
fn ready(window: u16) -> (u16, Value) {
    let (status, body) = http::get(window, "/ready").unwrap();
    (status, serde_json::from_str(&body).unwrap())
}

#[test]
fn a_process_that_waits_for_its_database_lives_and_is_not_ready() {
    let mut server = Postgres::start_private(&[]).unwrap();
    let (log, window) = (server.database().unwrap(), free_port().unwrap());
    server.shut_down_immediately().unwrap();
    let hub = watched(Hub::new("oude-ijsselstreek").unwrap(), window).with("SEINHUIS_DATA__LOG_URL", &log);
    std::thread::scope(|threads| {
        let serving = threads.spawn(|| hub.serve().unwrap());
        until(|| http::get(window, "/live").ok(), |live| matches!(live, Some((200, _))));
        let (status, told) = ready(window);
        assert_eq!((status, &told["amiss"][0]), (503, &"the process begins".into()), "{told}");
        assert_eq!(http::get(window, "/elsewhere").unwrap().0, 404);
        server.restart().unwrap();
        let serving = serving.join().unwrap();
        until(|| ready(window), |(status, _)| *status == 200);
        // Gone again while it serves: it lives on.
        server.shut_down_immediately().unwrap();
        until(
            || ready(window),
            |(status, told)| *status == 503 && told.to_string().contains("doesn't answer"),
        );
        assert_eq!(http::get(window, "/live").unwrap().0, 200);
        server.restart().unwrap();
        until(|| ready(window), |(status, _)| *status == 200);
        serving.stop().unwrap();
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_that_is_stuck_at_the_end_of_the_log_turns_its_role_red_and_no_other() {
    let (engines, window) = (Arc::new(Engines::start().unwrap()), free_port().unwrap());
    let hub = watched(Hub::new("oude-ijsselstreek").unwrap().on(&engines).unwrap(), window)
        .with("SEINHUIS_SERVE__SILENT_AFTER", "10s");
    let wonion = hub.partner("wonion").unwrap();
    let serving = hub.serve().unwrap();
    report(&serving.url, &wonion, signal()).await;
    let has_all = |text: &str| text.contains("seinhuis_follower_lag{follower=\"notify\"} 0\n");
    let told = || http::get(window, "/metrics").unwrap().1;
    until(|| (ready(window).0, told()), |(status, text)| *status == 200 && has_all(text));
    assert_eq!(healthy(&hub, &serving, "role/notify"), "serving");
    let heard =
        ready(window).1["roles"].as_array().unwrap().iter().flat_map(followers).collect::<BTreeSet<_>>();
    assert_eq!(heard, BTreeSet::from(FOLLOWERS.map(str::to_owned)));

    // Somebody holds what the role looks at each turn. It has taken in all there is.
    let mut session = Session::start(&hub.views_url()).unwrap();
    session.run("BEGIN; LOCK TABLE seinhuis_views.notices_notice IN ACCESS EXCLUSIVE MODE").unwrap();
    until(|| healthy(&hub, &serving, "role/notify"), |state| state == "not serving");
    let (status, amiss) = ready(window);
    assert_eq!((status, &amiss["amiss"]), (503, &serde_json::json!(["notify: nothing is heard of notify"])));
    for other in ["role/casework", "role/escalation", "role/projections", "role/proof", ""] {
        assert_eq!(healthy(&hub, &serving, other), "serving", "{other:?}");
    }
    assert_eq!(http::get(window, "/live").unwrap().0, 200);

    drop(session);
    until(|| healthy(&hub, &serving, "role/notify"), |state| state == "serving");
    until(|| ready(window), |(status, _)| *status == 200);
    assert_eq!(serving.stop().unwrap(), 0, "{}", hub.log());
}

/// What health says of `name`.
fn healthy(hub: &Hub, serving: &HubProcess, name: &str) -> String {
    let arguments: Vec<_> = ["health", name, "--json"].into_iter().filter(|word| !word.is_empty()).collect();
    let mut command = hub.command(&arguments);
    let said = command.env("SEINHUIS_ADDRESS", &serving.url).output().unwrap();
    let said: Value = serde_json::from_slice(&said.stdout).unwrap();
    said[name].as_str().unwrap().to_owned()
}
