//! `seinhuis doctor`: each of its checks is shown to turn by planting the fault that it is there for, and to be quiet on hubs
//! that are well. A family of checks is a file with its table; what the table says turns, turns, and nothing else does.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that meets what it did not expect must fail"
)]

mod bus;
mod clean;
mod door;
mod files;
mod followers;
mod guide;
mod hub;
mod keys;
mod log;
mod machine;
mod mail;
mod policy;
mod postgres;
mod proof;
mod roles;
mod server;
mod settings;
mod tls;
mod ward;
mod webhooks;
mod well;
mod work;

use std::collections::BTreeSet;

use ward::Fault;

/// Every table.
const TABLES: &[&[Fault]] = &[
    bus::FAULTS,
    door::FAULTS,
    files::FAULTS,
    followers::FAULTS,
    hub::FAULTS,
    keys::FAULTS,
    log::FAULTS,
    machine::FAULTS,
    mail::FAULTS,
    policy::FAULTS,
    postgres::FAULTS,
    proof::FAULTS,
    roles::FAULTS,
    server::FAULTS,
    settings::FAULTS,
    webhooks::FAULTS,
    work::FAULTS,
];

#[test]
fn there_are_forty_checks_and_more_and_for_each_a_fault_is_planted() {
    let planted: BTreeSet<String> = TABLES
        .iter()
        .flat_map(|table| table.iter())
        .flat_map(|fault| fault.turns)
        .map(|(check, _)| (*check).to_owned())
        .collect();
    let listed: BTreeSet<String> = guide::listed().into_iter().map(|(check, _)| check).collect();
    assert!(listed.len() >= 40, "{}", listed.len());
    assert_eq!(listed.difference(&planted).collect::<Vec<_>>(), Vec::<&String>::new(), "no fault is planted");
    assert_eq!(planted.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "no such check");
}
