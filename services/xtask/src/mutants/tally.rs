//! How many changes were found, from what cargo-mutants leaves behind.

use std::fmt;
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

/// What became of the changes in one crate.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) package: String,
    /// Those that compile, and so could be found.
    viable: usize,
    /// Those that made a test run without end, which nobody overlooks.
    endless: usize,
    /// Those that no test minds.
    pub(crate) missed: Vec<String>,
}

impl Tally {
    /// Of `all` changes in `package`, `unviable` of which do not compile: what `reports` says of the rest.
    pub(crate) fn read(package: &str, all: usize, unviable: usize, reports: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            package: package.to_owned(),
            viable: all.saturating_sub(unviable),
            endless: lines(reports, "timeout.txt")?.len(),
            missed: lines(reports, "missed.txt")?,
        })
    }

    /// Whether nine in ten are found. None at all would be no answer.
    pub(crate) fn is_enough(&self) -> bool {
        self.viable > 0 && self.found() * 10 >= self.viable * 9
    }

    fn found(&self) -> usize {
        self.viable.saturating_sub(self.missed.len())
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { package, viable, endless, .. } = self;
        let found = self.found();
        let tenths = found * 1_000 / (*viable).max(1);
        let (percent, tenth) = (tenths / 10, tenths % 10);
        write!(
            f,
            "{package:<12} {found} of {viable} changes found, {percent}.{tenth} % ({endless} of them by a test without end)"
        )
    }
}

/// How many changes there are, by what cargo-mutants set out to do.
pub(crate) fn all(reports: &Path) -> anyhow::Result<usize> {
    #[derive(Deserialize)]
    struct Outcomes {
        total_mutants: usize,
    }
    let file = reports.join("outcomes.json");
    let text =
        std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let outcomes: Outcomes =
        serde_json::from_str(&text).context("what cargo-mutants wrote is not understood")?;
    Ok(outcomes.total_mutants)
}

/// The changes listed in one of its files.
pub(crate) fn lines(reports: &Path, name: &str) -> anyhow::Result<Vec<String>> {
    let file = reports.join(name);
    let text =
        std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(text.lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod specs {
    use super::*;

    fn tally(viable: usize, missed: usize) -> Tally {
        Tally { package: "domain".into(), viable, endless: 2, missed: vec!["a change".into(); missed] }
    }

    #[test]
    fn nine_in_ten_are_enough_and_one_fewer_is_not() {
        assert!(tally(20, 2).is_enough());
        assert!(!tally(20, 3).is_enough());
        assert!(!tally(0, 0).is_enough());
    }

    #[test]
    fn a_share_is_rounded_down() {
        assert_eq!(
            tally(1_000, 101).to_string(),
            "domain       899 of 1000 changes found, 89.9 % (2 of them by a test without end)"
        );
        assert!(tally(3_000, 301).to_string().contains(" 89.9 % "));
    }
}
