//! How many due instants a second `seinhuis calendar due --batch` works out, reading and writing included.

use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::Options;
use crate::command;
use crate::workspace::Workspace;

const LINES: usize = 300_000;
const RUNS: usize = 5;
/// Lines a second.
const GOAL: f64 = 100_000.0;

/// Builds the hub for release, has it work out the same generated lines five times, and prints the median.
pub(super) fn run(workspace: &Workspace, Options { seed, .. }: &Options) -> anyhow::Result<()> {
    command::run(workspace.cargo().args(["build", "--release", "--locked", "-p", "seinhuis"]))?;
    let binary = workspace.target.join("release").join(format!("seinhuis{}", std::env::consts::EXE_SUFFIX));
    let folder = workspace.target.join("bench");
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let (asked, answered) = (folder.join("calendar.asked"), folder.join("calendar.answered"));
    let input = input(*seed, LINES);
    std::fs::write(&asked, &input).with_context(|| format!("{} cannot be written", asked.display()))?;

    let mut took =
        (0..RUNS).map(|_| timed(&binary, &asked, &answered)).collect::<anyhow::Result<Vec<_>>>()?;
    took.sort_unstable();
    let rate = |took: &Duration| LINES as f64 / took.as_secs_f64();
    let (best, median, worst) = (rate(&took[0]), rate(&took[RUNS / 2]), rate(&took[RUNS - 1]));
    println!("seed       {seed}");
    println!("size       {LINES} lines, {} bytes, {RUNS} runs, start of the process included", input.len());
    println!("durability nothing is stored");
    println!("median     {median:.0} lines/s (slowest {worst:.0}, fastest {best:.0})");
    let verdict = if median >= GOAL { "reached" } else { "NOT REACHED" };
    println!("goal       {GOAL:.0} lines/s: {:.2} of it, {verdict}", median / GOAL);
    Ok(())
}

/// One run over all lines, held to have answered each of them.
fn timed(binary: &Path, asked: &Path, answered: &PathBuf) -> anyhow::Result<Duration> {
    let mut due = Command::new(binary);
    due.args(["calendar", "due", "--batch"]);
    due.stdin(File::open(asked)?).stdout(File::create(answered)?);
    let began = Instant::now();
    let status = due.status().context("the hub cannot be started")?;
    let took = began.elapsed();
    command::verdict(&due, status)?;
    let answers = std::fs::read_to_string(answered)?;
    let good = answers.lines().filter(|line| line.starts_with("20")).count();
    ensure!(good == LINES, "{LINES} lines were asked and {good} due instants came back");
    Ok(took)
}

/// Lines of `FROM<TAB>TERM` over the years 2023 to 2028, all six kinds of term, terms as long as a profile would have.
fn input(seed: u64, lines: usize) -> String {
    let mut random = SplitMix(seed);
    let mut text = String::with_capacity(lines * 24);
    for _ in 0..lines {
        let (year, month, day) = (2023 + random.below(6), 1 + random.below(12), 1 + random.below(28));
        let (hour, minute) = (random.below(24), random.below(60));
        let (unit, most) = [("d", 90), ("sd", 90), ("sw", 12), ("wd", 40), ("wh", 80), ("h", 336)]
            [usize::try_from(random.below(6)).unwrap_or_default()];
        let count = 1 + random.below(most);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{year}-{month:02}-{day:02}T{hour:02}:{minute:02}\t{count}{unit}");
    }
    text
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the same seed gives the same lines on every machine and for ever.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from nought up to, not including, `bound`; the slight unevenness does not matter here.
    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn the_generator_gives_its_published_first_numbers() {
        let mut random = SplitMix(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn the_same_seed_gives_the_same_lines_and_another_seed_others() {
        assert_eq!(input(1, 50), input(1, 50));
        assert_ne!(input(1, 50), input(2, 50));
    }

    #[test]
    fn every_kind_of_term_and_every_year_is_asked() {
        let text = input(2026, 2_000);
        assert_eq!(text.lines().count(), 2_000);
        for unit in ["d", "sd", "sw", "wd", "wh", "h"] {
            let asked =
                |line: &str| line.trim_end_matches(char::is_alphabetic).len() + unit.len() == line.len();
            assert!(text.lines().any(|line| line.ends_with(unit) && asked(line)), "{unit}");
        }
        for year in 2023..=2028 {
            assert!(text.lines().any(|line| line.starts_with(&year.to_string())), "{year}");
        }
    }
}
