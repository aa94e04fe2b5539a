//! The matrix as it is printed: a line for each cell as soon as it is done.

use crate::cell::Row;

pub(crate) fn heading() {
    println!(
        "{:<30} {:>20} {:>8} {:>6} {:>6} {:>6} {:>6} {:>8} {:>8} {:>7}  verdict",
        "cell", "seed", "signals", "rungs", "mails", "again", "feed", "retries", "at work", "took"
    );
}

pub(crate) fn line(row: &Row) {
    let Row { fault, seed, counts, retries, took, lasted, .. } = row;
    let took = took.map_or_else(|| "-".to_owned(), |took| format!("{:.1} s", took.as_secs_f64()));
    println!(
        "{:<30} {seed:>20} {:>8} {:>6} {:>6} {:>6} {:>6} {retries:>8} {took:>8} {:>5.1} s  {}",
        fault.to_string(),
        counts.signals,
        counts.rungs,
        counts.mails,
        counts.extra,
        counts.published,
        lasted.as_secs_f64(),
        if row.is_good() { "holds" } else { "BROKEN" }
    );
    row.rate.into_iter().for_each(|rate| println!("    under {rate:.0} signals a second"));
    row.strange.iter().for_each(|what| println!("    {what}"));
    row.findings.iter().take(20).for_each(|finding| println!("    {finding}"));
}

/// What the processes said of a cell that did not hold.
pub(crate) fn log(row: &Row) {
    let grave = |line: &&str| ["ERROR", "WARN", "panicked"].iter().any(|mark| line.contains(mark));
    row.log.lines().filter(grave).take(60).for_each(|line| println!("    | {line}"));
}
