//! A case nobody picks up climbs, and the people of each rung get one mail, over SMTP.

use std::time::Duration;

use seinhuis_testkit::{MailSink, Topology};

use crate::left_lying::{fast, mailing, signal};
use crate::scene::report;

#[tokio::test(flavor = "multi_thread")]
async fn a_case_left_lying_brings_one_mail_to_each_rung_it_reaches() {
    each_rung_is_told_once(Topology::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_left_lying_brings_one_mail_to_each_rung_it_reaches_when_split() {
    each_rung_is_told_once(Topology::Split).await;
}

async fn each_rung_is_told_once(topology: Topology) {
    let mails = mails_of_a_case_left_lying(topology, MailSink::start().unwrap()).await;
    for (mail, rung) in mails.iter().zip(["team", "regisseur", "college"]) {
        assert!(mail.contains(&format!("{rung} gevraagd")), "{rung}:\n{mail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_busy_is_tried_again_and_each_mail_still_comes_once() {
    let mails = mails_of_a_case_left_lying(Topology::Embedded, MailSink::refusing(4).unwrap()).await;
    assert_eq!(mails.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_busy_is_tried_again_and_each_mail_still_comes_once_when_split() {
    let mails = mails_of_a_case_left_lying(Topology::Split, MailSink::refusing(4).unwrap()).await;
    assert_eq!(mails.len(), 3);
}

/// Leaves a case lying on a fast clock until its three mails have come, each under an id of its own.
async fn mails_of_a_case_left_lying(topology: Topology, sink: MailSink) -> Vec<String> {
    let hub = fast(mailing(topology.hub("oude-ijsselstreek").unwrap(), &sink));
    let wonion = hub.partner("wonion").unwrap();
    let served = topology.serve(&hub).unwrap();
    report(served.ingest(), &wonion, signal()).await;

    // Team, regisseur, college: three rungs above the workfloor, one person each.
    let mails = tokio::task::spawn_blocking(move || sink.wait_for(3, Duration::from_secs(60))).await.unwrap();
    assert_eq!(served.stop().unwrap(), 0);
    let ids: std::collections::BTreeSet<_> =
        mails.iter().filter_map(|mail| mail.lines().find(|line| line.starts_with("Message-ID"))).collect();
    assert_eq!((mails.len(), ids.len()), (3, 3), "{mails:#?}\n{}", hub.log());
    mails
}
