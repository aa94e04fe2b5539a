//! The dependency rule: every edge between crates is one the table allows.
//!
//! Edges of tests (dev-dependencies) are freer towards the outside, since nothing of them is shipped: inside the
//! workspace they may add the testkit, and that is all.

use super::sight::{BARRED, CONFINED, Reach, SIGHT, Sight};
use crate::workspace::{Dependency, Kind, Package};

const TESTKIT: &str = "seinhuis-testkit";

/// Every edge that breaks the table, one line each with the rule it breaks.
pub(super) fn check(packages: &[Package]) -> Vec<String> {
    packages.iter().flat_map(|package| broken_by(package, packages)).collect()
}

fn broken_by(package: &Package, packages: &[Package]) -> Vec<String> {
    let Some(sight) = SIGHT.iter().find(|sight| sight.who == package.name) else {
        return vec![format!(
            "{}: not in the table of who may see whom (xtask/src/rules/sight.rs)",
            package.name
        )];
    };
    let mut breaches = Vec::new();
    for dependency in &package.dependencies {
        let ours = packages.iter().any(|other| other.name == dependency.name);
        let rule = if ours { inside(sight, dependency) } else { outside(&package.name, dependency) };
        if let Some(because) = rule {
            let kind = match dependency.kind {
                None => "",
                Some(Kind::Build) => " (build)",
                Some(Kind::Dev) => " (dev)",
            };
            breaches.push(format!("{} -> {}{kind}: {because}", package.name, dependency.name));
        }
    }
    breaches
}

/// The rule an edge to a crate of the workspace breaks.
fn inside(sight: &Sight, dependency: &Dependency) -> Option<&'static str> {
    let Reach::Only(seen) = &sight.sees else { return None };
    // A crate's own tests may see the crate itself, with a feature that only tests switch on.
    let for_its_tests = dependency.kind == Some(Kind::Dev)
        && (dependency.name == sight.who || dependency.name == TESTKIT && sight.who != "xtask");
    (!for_its_tests && !seen.contains(&dependency.name.as_str())).then_some(sight.because)
}

/// The rule an edge to a crate from elsewhere breaks.
fn outside(who: &str, dependency: &Dependency) -> Option<&'static str> {
    if dependency.kind == Some(Kind::Dev) {
        return None;
    }
    let named = |patterns: &[&str]| patterns.iter().any(|pattern| fits(&dependency.name, pattern));
    let barred = BARRED.iter().find(|rule| rule.who == who && named(rule.from)).map(|rule| rule.because);
    let confined = || CONFINED.iter().find(|rule| !rule.only_in.contains(&who) && named(rule.what));
    barred.or_else(|| confined().map(|rule| rule.because))
}

fn fits(name: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    /// The workspace as in the table, where one crate depends on one other.
    fn with_edge(who: &str, on: &str, kind: Option<Kind>) -> Vec<String> {
        let packages = SIGHT.iter().map(|sight| {
            let dependency = Dependency { name: on.into(), kind };
            let dependencies = if sight.who == who { vec![dependency] } else { vec![] };
            Package { name: sight.who.into(), dependencies }
        });
        check(&packages.collect::<Vec<_>>())
    }

    #[test]
    fn a_breach_names_the_edge_and_the_rule() {
        let said = with_edge("seinhuis-domain", "tokio", None);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("seinhuis-domain -> tokio: the domain is pure"), "{said:?}");
    }

    #[test]
    fn roles_never_see_each_other_but_may_ask_a_read_model() {
        let roles = ["ingest", "casework", "escalation", "notify", "monitor", "relay"]
            .map(|role| format!("seinhuis-{role}"));
        for one in &roles {
            assert!(with_edge(one, "seinhuis-projections", None).is_empty(), "{one}");
            for other in roles.iter().filter(|other| *other != one) {
                assert_eq!(with_edge(one, other, None).len(), 1, "{one} -> {other}");
                assert_eq!(with_edge("seinhuis-projections", other, None).len(), 1, "projections -> {other}");
            }
        }
    }

    #[test]
    fn the_database_is_behind_the_log_and_the_read_models() {
        for allowed in ["seinhuis-eventstore", "seinhuis-projections"] {
            assert!(with_edge(allowed, "sqlx", None).is_empty(), "{allowed}");
        }
        for sight in
            SIGHT.iter().filter(|sight| !["seinhuis-eventstore", "seinhuis-projections"].contains(&sight.who))
        {
            assert_eq!(with_edge(sight.who, "sqlx", None).len(), 1, "{}", sight.who);
            assert_eq!(with_edge(sight.who, "sqlx-sqlite", Some(Kind::Build)).len(), 1, "{}", sight.who);
        }
    }

    #[test]
    fn grpc_stays_at_the_edges_and_nats_in_the_bus() {
        assert!(with_edge("seinhuis-monitor", "tonic-health", None).is_empty());
        assert_eq!(with_edge("seinhuis-casework", "tonic-health", None).len(), 1);
        assert!(with_edge("seinhuis-bus", "async-nats", None).is_empty());
        assert_eq!(with_edge("seinhuis", "async-nats", None).len(), 1);
    }

    #[test]
    fn only_the_runtime_asks_for_randomness() {
        assert!(with_edge("seinhuis-runtime", "getrandom", None).is_empty());
        assert_eq!(with_edge("seinhuis-eventstore", "rand_core", None).len(), 1);
    }

    #[test]
    fn the_whole_is_seen_by_the_binary_and_the_tests_alone() {
        for all_seeing in ["seinhuis-testkit", "seinhuis-tests"] {
            assert!(with_edge(all_seeing, "seinhuis", None).is_empty());
        }
        assert_eq!(with_edge("seinhuis-monitor", "seinhuis", None).len(), 1);
        assert_eq!(with_edge("xtask", "seinhuis-domain", None).len(), 1);
        assert_eq!(with_edge("xtask", "seinhuis-testkit", Some(Kind::Dev)).len(), 1);
    }

    #[test]
    fn tests_may_use_the_testkit_and_what_they_like_from_outside() {
        assert!(with_edge("seinhuis-domain", "seinhuis-testkit", Some(Kind::Dev)).is_empty());
        assert!(with_edge("seinhuis-domain", "tokio", Some(Kind::Dev)).is_empty());
        assert_eq!(with_edge("seinhuis-domain", "seinhuis-testkit", None).len(), 1);
        assert_eq!(with_edge("seinhuis-casework", "seinhuis-notify", Some(Kind::Dev)).len(), 1);
    }

    #[test]
    fn a_crate_the_table_does_not_know_is_a_breach() {
        let stranger = Package { name: "seinhuis-helpers".into(), dependencies: vec![] };
        let said = check(&[stranger]);
        assert!(said.len() == 1 && said[0].starts_with("seinhuis-helpers: not in the table"), "{said:?}");
    }
}
