//! `cargo xtask ci`: the whole gate in the order that tells soonest what is wrong, and a table at the end.

use std::fmt;
use std::time::Instant;

use anyhow::bail;

use crate::workspace::Workspace;
use crate::{rules, steps, suite};

/// What a step that did not fail has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It holds, with a figure worth seeing.
    Passed(String),
    /// It was not looked at, and why.
    Skipped(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed(figure) => f.write_str(figure),
            Self::Skipped(why) => write!(f, "SKIPPED: {why}"),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cost {
    /// Seconds: all of these are run, so that one look shows everything they find.
    Cheap,
    /// Minutes: nothing follows once one of these has failed.
    Dear,
}

type Step = (&'static str, Cost, fn(&Workspace) -> anyhow::Result<Outcome>);

const STEPS: &[Step] = &[
    ("rules", Cost::Cheap, rules::run),
    ("fmt", Cost::Cheap, steps::fmt),
    ("proto", Cost::Cheap, steps::proto),
    ("deny", Cost::Cheap, steps::deny),
    ("clippy", Cost::Dear, steps::clippy),
    ("test", Cost::Dear, |workspace| suite::run(workspace, &[])),
    ("docs", Cost::Dear, steps::docs),
    ("release", Cost::Dear, steps::release),
];

/// Runs the gate.
///
/// # Errors
/// When a step failed; the table above the error says which.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    let mut closed = false;
    for &(name, cost, step) in STEPS {
        if closed {
            rows.push(Row { name, verdict: Verdict::NotRun, seconds: 0.0 });
            continue;
        }
        eprintln!("\n== {name}");
        let began = Instant::now();
        let verdict = match step(workspace) {
            Ok(outcome) => Verdict::Done(outcome),
            Err(why) => Verdict::Failed(format!("{why:#}")),
        };
        if let Verdict::Failed(why) = &verdict {
            eprintln!("{name} failed: {why}");
            closed = cost == Cost::Dear;
        }
        rows.push(Row { name, verdict, seconds: began.elapsed().as_secs_f64() });
    }
    conclude(&rows)
}

enum Verdict {
    Done(Outcome),
    Failed(String),
    NotRun,
}

struct Row {
    name: &'static str,
    verdict: Verdict,
    seconds: f64,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, said) = match &self.verdict {
            Verdict::Done(Outcome::Passed(figure)) => ("passed", figure.as_str()),
            Verdict::Done(Outcome::Skipped(why)) => ("SKIPPED", why.as_str()),
            Verdict::Failed(why) => ("FAILED", why.lines().next().unwrap_or_default()),
            Verdict::NotRun => ("not run", "an earlier step failed"),
        };
        write!(f, "{:<8} {word:<8} {:>8.1}  {said}", self.name, self.seconds)
    }
}

fn conclude(rows: &[Row]) -> anyhow::Result<()> {
    println!("\n{:<8} {:<8} {:>8}", "step", "verdict", "seconds");
    rows.iter().for_each(|row| println!("{row}"));
    let failed = rows.iter().filter(|row| matches!(row.verdict, Verdict::Failed(_))).map(|row| row.name);
    let failed = failed.collect::<Vec<_>>();
    if !failed.is_empty() {
        bail!("the gate is closed: {}", failed.join(", "));
    }
    println!("the gate is open");
    Ok(())
}

#[cfg(test)]
mod specs {
    use super::*;

    fn row(name: &'static str, verdict: Verdict) -> Row {
        Row { name, verdict, seconds: 1.25 }
    }

    #[test]
    fn one_failure_closes_the_gate_and_is_named() {
        let passed = || row("fmt", Verdict::Done(Outcome::Passed(String::new())));
        assert!(conclude(&[passed()]).is_ok());
        let closed = conclude(&[passed(), row("deny", Verdict::Failed("no".into()))]).unwrap_err();
        assert_eq!(closed.to_string(), "the gate is closed: deny");
    }

    #[test]
    fn a_skipped_step_does_not_look_like_a_passed_one() {
        let skipped = row("proto", Verdict::Done(Outcome::Skipped("no npm".into()))).to_string();
        assert!(skipped.contains("SKIPPED") && skipped.contains("no npm"), "{skipped}");
    }

    #[test]
    fn a_row_shows_only_the_first_line_of_a_failure() {
        let failed = row("rules", Verdict::Failed("2 broken\nthe first\nthe second".into())).to_string();
        assert_eq!(failed, "rules    FAILED        1.2  2 broken");
    }
}
