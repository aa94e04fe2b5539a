//! Every check there is, by what it is about.

mod bus;
mod door;
mod files;
mod followers;
mod hub;
mod keys;
mod log;
mod machine;
mod mail;
mod people;
mod policy;
mod postgres;
mod proof;
mod roles;
mod server;
mod settings;
mod sign;
mod webhooks;
mod work;

use super::check::Check;

/// All of them, in the order in which they are told.
pub fn all() -> impl Iterator<Item = &'static Check> {
    let settings = [settings::CHECKS, policy::CHECKS, people::CHECKS];
    let kept = [files::CHECKS, postgres::CHECKS, server::CHECKS, log::CHECKS, keys::CHECKS, proof::CHECKS];
    let work = [followers::CHECKS, work::CHECKS, roles::CHECKS, hub::CHECKS];
    let around = [machine::CHECKS, door::CHECKS, mail::CHECKS, webhooks::CHECKS, sign::CHECKS, bus::CHECKS];
    settings.into_iter().chain(around).chain(kept).chain(work).flatten()
}

#[cfg(test)]
mod specs {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_check_has_a_name_of_its_own_and_says_in_one_line_what_it_looks_at() {
        let names: BTreeSet<String> = all().map(Check::name).collect();
        assert_eq!(names.len(), all().count());
        assert!(names.len() >= 40, "{}", names.len());
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        assert!(all().all(|check| plain(check.group) && plain(check.id) && !check.looks_at.contains('\n')));
    }
}
