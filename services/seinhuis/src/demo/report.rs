//! What the demo tells at the end.

use std::time::Duration;

use super::Played;
use super::cast::Cast;
use super::claims::Verdict;
use crate::say;

/// Prints the story, the figures and the claims.
pub(super) fn print(played: &Played, verdict: &Verdict, took: Duration) {
    say!("\nThe family's case {}, step by step:", played.case_number);
    played.steps.iter().for_each(|step| say!("  {step}"));
    say!("\nFour weeks in figures");
    for (sector, count) in &verdict.signals {
        say!("  signals, {:<18} {count:>6}", sector.dutch());
    }
    say!("  cases opened                {:>6}", verdict.cases);
    say!("  signals matched to a case   {:>6}", verdict.matches);
    say!("  acts of officials           {:>6}", played.acts);
    for (rung, count) in &verdict.rungs {
        say!("  reached rung {:<14} {count:>6}", rung.as_str());
    }
    say!("  notices delivered           {:>6}", verdict.notices);
    if let Some((file, text)) = &verdict.mail {
        say!("\nThe regisseur's mail, {}", file.display());
        text.lines().for_each(|line| say!("  | {line}"));
    }
    say!("\nChecked against the log");
    for (claim, holds) in &verdict.claims {
        say!("  {} {claim}", if *holds { "ok  " } else { "FALSE" });
    }
    say!(
        "\n{} in {:.1} s",
        if verdict.holds() { "All of it is true" } else { "NOT all of it is true" },
        took.as_secs_f64()
    );
}

/// Prints what to try while the hub serves on.
pub(super) fn what_to_try(url: &str, played: &Played, cast: &Cast) {
    say!("\nThe hub serves on at {url}, at the pace of ordinary time. Try, in another terminal:");
    say!("  export SEINHUIS_ADDRESS={url} SEINHUIS_TOKEN={}", cast.college.reveal());
    say!("  cargo run --release -- board {}", cast.home);
    say!("  cargo run --release -- why {}", played.case_number);
    say!("  cargo run --release -- case {} --content", played.case_number);
    say!("  cargo run --release -- watch --after 0 --count 20");
    say!("Stop with Ctrl-C.");
}
