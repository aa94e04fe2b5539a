//! What the demo tells at the end.

use std::time::Duration;

use super::Played;
use super::cast::Cast;
use super::claims::Verdict;

/// Prints the story, the figures and the claims.
pub(super) fn print(played: &Played, verdict: &Verdict, took: Duration) {
    println!("\nThe family's case {}, step by step:", played.case_number);
    played.steps.iter().for_each(|step| println!("  {step}"));
    println!("\nFour weeks in figures");
    for (sector, count) in &verdict.signals {
        println!("  signals, {:<18} {count:>6}", sector.dutch());
    }
    println!("  cases opened                {:>6}", verdict.cases);
    println!("  signals matched to a case   {:>6}", verdict.matches);
    println!("  acts of officials           {:>6}", played.acts);
    for (rung, count) in &verdict.rungs {
        println!("  reached rung {:<14} {count:>6}", rung.as_str());
    }
    println!("  notices delivered           {:>6}", verdict.notices);
    if let Some(mail) = &verdict.mail {
        println!("  the regisseur's mail        {}", mail.display());
    }
    println!("\nChecked against the log");
    for (claim, holds) in &verdict.claims {
        println!("  {} {claim}", if *holds { "ok  " } else { "FALSE" });
    }
    println!(
        "\n{} in {:.1} s",
        if verdict.holds() { "All of it is true" } else { "NOT all of it is true" },
        took.as_secs_f64()
    );
}

/// Prints what to try while the hub serves on.
pub(super) fn what_to_try(url: &str, played: &Played, cast: &Cast) {
    println!("\nThe hub serves on at {url}, at the pace of ordinary time. Try, in another terminal:");
    println!("  export SEINHUIS_ADDRESS={url} SEINHUIS_TOKEN={}", cast.college.reveal());
    println!("  cargo run --release -- board {}", cast.home);
    println!("  cargo run --release -- why {}", played.case_number);
    println!("  cargo run --release -- case {} --content", played.case_number);
    println!("  cargo run --release -- watch --after 0 --count 20");
    println!("Stop with Ctrl-C.");
}
