//! Notices that could not be delivered are listed, and go out once the cause is gone and somebody has them tried again.

use seinhuis_testkit::{Hub, Said, Topology};

use crate::left_lying::{fast, signal};
use crate::scene::{report, until};

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_for_good_is_listed_and_goes_out_when_it_is_tried_again() {
    let hub = fast(Hub::new("oude-ijsselstreek").unwrap());
    let wonion = hub.partner("wonion").unwrap();
    // No folder can be made where a file is.
    let folder = hub.data().join("notices");
    std::fs::write(&folder, "in the way").unwrap();
    let served = Topology::Embedded.serve(&hub).unwrap();
    report(served.ingest(), &wonion, signal()).await;

    tokio::task::spawn_blocking(move || {
        let ask = || hub.run(&["notices", "dead", "--json"]).unwrap();
        let dead = |said: &Said| said.json().unwrap()["dead"].as_array().unwrap().clone();
        let failed = dead(&until(ask, |said| dead(said).len() == 3));
        assert!(
            failed.iter().all(|notice| notice["attempts"] == 8 && notice["channel"] == "file"),
            "{failed:#?}"
        );
        assert_eq!(failed[0]["reason"], "the mail file can't be written");

        let stranger = hub.run(&["notices", "replay", "93a3a7de-2f6b-5b1c-9c55-1c0c7a6e4d04"]).unwrap();
        assert!(stranger.code != 0 && stranger.err.contains("isn't among those that failed"), "{stranger:?}");
        std::fs::remove_file(&folder).unwrap();
        let first = failed[0]["notice"].as_str().unwrap();
        let one = hub.run(&["notices", "replay", first, "--json"]).unwrap().json().unwrap();
        assert_eq!((&one["replayed"], &one["not_failed"]), (&1.into(), &0.into()));
        let rest = failed[1]["position"].to_string();
        let range = hub.run(&["notices", "replay", "--from", &rest, "--json"]).unwrap().json().unwrap();
        assert_eq!(range["replayed"], 2);

        // By name: on its way to the disk a mail has another one.
        let mail =
            |notice: &serde_json::Value| folder.join(format!("{}.eml", notice["notice"].as_str().unwrap()));
        until(ask, |_| failed.iter().all(|notice| mail(notice).is_file()));
        until(ask, |said| dead(said).is_empty());
        assert_eq!(served.stop().unwrap(), 0);
    })
    .await
    .unwrap();
}
