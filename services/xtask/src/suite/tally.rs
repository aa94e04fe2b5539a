//! Counting tests by what the runner says: nextest's closing line, or the line cargo's harness writes per binary.

use std::fmt;

/// How many tests ended how, as far as heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Tally {
    /// Takes in one line of nextest's output. What a failed test wrote is part of it, and a failed test was run by
    /// cargo's harness: its closing line would be counted again if both were listened for.
    pub(super) fn hear_nextest(&mut self, line: &str) {
        let line = line.trim_start();
        // Before the colon stands the total, which is the sum of what stands behind it.
        if line.starts_with("Summary [")
            && let Some((_, counts)) = line.split_once(" run: ")
        {
            self.add(counts.split(", "));
        }
    }

    /// Takes in one line of the output of cargo's own harness.
    pub(super) fn hear_harness(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.add(counts.split(['.', ';']));
        }
    }

    fn add<'line>(&mut self, counts: impl Iterator<Item = &'line str>) {
        for count in counts {
            let mut words = count.split_whitespace();
            let (Some(Ok(number)), Some(word)) = (words.next().map(str::parse::<u64>), words.next()) else {
                continue;
            };
            match word {
                "passed" => self.passed += number,
                "failed" | "timed" | "exec" => self.failed += number,
                // What a filter leaves out of a cargo harness was not asked for; nextest calls it skipped.
                "skipped" | "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn nextest(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.hear_nextest(line));
        tally
    }

    fn harness(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.hear_harness(line));
        tally
    }

    #[test]
    fn nextests_closing_line_is_understood() {
        let all_well = nextest(&["     Summary [   1.205s] 12 tests run: 12 passed, 3 skipped"]);
        assert_eq!(all_well, Tally { passed: 12, failed: 0, skipped: 3 });
        let slow = nextest(&[
            "Summary [ 61.0s] 9 tests run: 5 passed (1 slow), 2 failed, 1 timed out, 1 exec failed",
        ]);
        assert_eq!(slow, Tally { passed: 5, failed: 4, skipped: 0 });
        let cut_short = nextest(&["     Summary [   1.000s] 3/7 tests run: 2 passed, 1 failed, 0 skipped"]);
        assert_eq!(cut_short, Tally { passed: 2, failed: 1, skipped: 0 });
    }

    #[test]
    fn what_a_failed_test_wrote_under_nextest_is_not_counted_again() {
        let failed = nextest(&[
            "    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.00s",
            "     Summary [   0.008s] 2 tests run: 1 passed, 1 failed, 0 skipped",
        ]);
        assert_eq!(failed, Tally { passed: 1, failed: 1, skipped: 0 });
    }

    #[test]
    fn the_harness_speaks_once_for_every_binary() {
        let two = harness(&[
            "test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.10s",
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 2.00s",
        ]);
        assert_eq!(two, Tally { passed: 5, failed: 2, skipped: 1 });
    }

    #[test]
    fn other_lines_count_for_nothing() {
        let others = ["    PASS [   0.005s] xtask 12 passed", "running 3 tests", ""];
        assert_eq!(nextest(&others), Tally::default());
        assert_eq!(harness(&others), Tally::default());
    }
}
