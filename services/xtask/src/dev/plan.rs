//! Which processes a split hub has here: one for each role, and a second one for `ingest`.

/// The role of each process.
pub(super) const SPLIT: [&str; 10] = [
    "ingest",
    "ingest",
    "monitor",
    "casework",
    "projections",
    "escalation",
    "notify",
    "relay",
    "proof",
    "erasure",
];

/// What each process is called, and its role.
pub(super) fn split() -> impl Iterator<Item = (String, &'static str)> {
    SPLIT.iter().enumerate().map(|(at, role)| {
        let before = SPLIT[..at].iter().filter(|other| *other == role).count();
        let several = SPLIT.iter().filter(|other| *other == role).count() > 1;
        (if several { format!("{role}-{}", before + 1) } else { (*role).to_owned() }, *role)
    })
}

#[cfg(test)]
mod specs {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_processes_are_those_of_the_compose_file_by_the_same_names() {
        let compose = include_str!("../../../../deploy/compose.yaml");
        for (name, _) in split() {
            assert!(compose.contains(&format!("\n  {name}:")), "{name}");
        }
        let roles: BTreeSet<_> =
            compose.split("[serve, --role, ").skip(1).map(|rest| rest.split(']').next()).collect();
        assert_eq!(roles, SPLIT.into_iter().map(Some).collect());
    }
}
