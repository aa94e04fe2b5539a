//! What changed about a case since somebody saw it, for people and for programs.

use std::collections::HashMap;

/// How many changes a status names, the last ones; its details travel in a header of limited size.
const SHOWN: usize = 4;

/// One fact that moved a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its place in the log.
    pub position: u64,
    /// Its stored name: `case.rung_reached`.
    pub name: String,
    /// What it says, in Dutch and in a few words.
    pub dutch: String,
    /// The same in English.
    pub english: String,
}

/// The changes in a line of English.
pub(super) fn english(changes: &[Change]) -> String {
    said(changes, |change| format!("{} ({})", change.english, change.position))
}

/// The changes as the details of a status have them: the positions and names of the last ones, and a line of Dutch.
pub(super) fn facts(changes: &[Change]) -> HashMap<String, String> {
    let last = &changes[changes.len().saturating_sub(SHOWN)..];
    let list = |of: fn(&Change) -> String| last.iter().map(of).collect::<Vec<_>>().join(",");
    HashMap::from([
        ("changed_at".to_owned(), list(|change| change.position.to_string())),
        ("changed".to_owned(), list(|change| change.name.clone())),
        ("dutch".to_owned(), said(changes, |change| change.dutch.clone())),
    ])
}

fn said(changes: &[Change], one: impl Fn(&Change) -> String) -> String {
    let earlier = changes.len().saturating_sub(SHOWN);
    let before = (earlier > 0).then(|| format!("… (+{earlier})"));
    before.into_iter().chain(changes[earlier..].iter().map(one)).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod specs {
    use super::*;

    fn change(position: u64) -> Change {
        let (name, dutch, english) = ("case.acknowledged", "opgepakt", "picked up");
        Change { position, name: name.into(), dutch: dutch.into(), english: english.into() }
    }

    #[test]
    fn the_last_changes_are_named_and_the_others_counted() {
        let many: Vec<Change> = (1..=6).map(change).collect();
        assert_eq!(english(&many), "… (+2); picked up (3); picked up (4); picked up (5); picked up (6)");
        assert_eq!(english(&many[..1]), "picked up (1)");
        let facts = facts(&many[..2]);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            facts,
            HashMap::from([
                pair("changed_at", "1,2"),
                pair("changed", "case.acknowledged,case.acknowledged"),
                pair("dutch", "opgepakt; opgepakt"),
            ])
        );
    }
}
