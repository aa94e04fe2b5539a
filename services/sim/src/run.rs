//! Running seeds: one, twice over, or many on a few threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use crate::laws;
use crate::tally::Tally;
use crate::trace::Trace;
use crate::world::World;

/// What came of a seed.
#[derive(Debug, Clone)]
pub struct Run {
    /// The seed.
    pub seed: u64,
    /// What there was.
    pub tally: Tally,
    /// SHA-256 of all that happened.
    pub trace: String,
    /// What broke a law.
    pub broken: Vec<String>,
    /// All that happened, line by line, where it was asked for.
    pub told: Option<String>,
}

/// What came of many seeds.
#[derive(Debug, Default)]
pub struct Ran {
    /// What there was in all of them.
    pub tally: Tally,
    /// SHA-256 of their traces, in the order of the seeds.
    pub trace: String,
    /// Those in which a law was broken, or whose second run was another one.
    pub broken: Vec<Run>,
}

/// Runs `seed`; `told` keeps every line of what happens.
#[must_use]
pub fn once(seed: u64, told: bool) -> Run {
    let trace = if told { Trace::told() } else { Trace::default() };
    let mut world = World::of(seed, trace);
    world.run();
    let broken = laws::broken(&world);
    let (trace, told) = world.trace.end();
    Run { seed, tally: world.tally, trace, broken, told }
}

/// Runs it twice: the same must happen.
fn twice(seed: u64) -> Run {
    let (mut first, second) = (once(seed, false), once(seed, false));
    if first.trace != second.trace {
        first.broken.push(format!("run again it was another one: {} and {}", first.trace, second.trace));
    }
    first
}

/// Runs seeds from `first` on, each twice, on `threads` threads, until there is `enough`. Which ones those are doesn't depend on
/// how the threads take turns.
///
/// # Panics
/// When a run panics.
pub fn many(first: u64, threads: usize, enough: impl Fn(&Tally) -> bool + Sync) -> Ran {
    let (next, runs) = (AtomicU64::new(first), Mutex::new((Tally::default(), Vec::new())));
    let is_enough = || enough(&runs.lock().expect("no run panicked").0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !is_enough() {
                    let run = twice(next.fetch_add(1, Ordering::Relaxed));
                    let mut sofar = runs.lock().expect("no run panicked");
                    sofar.0.add(&run.tally);
                    sofar.1.push(run);
                }
            });
        }
    });
    let mut runs = runs.into_inner().expect("no run panicked").1;
    runs.sort_by_key(|run| run.seed);
    ran(runs, enough)
}

/// The first of these that are enough: some threads may have gone a seed further.
fn ran(runs: Vec<Run>, enough: impl Fn(&Tally) -> bool) -> Ran {
    let (mut ran, mut hash) = (Ran::default(), Sha256::new());
    for run in runs {
        if enough(&ran.tally) {
            break;
        }
        ran.tally.add(&run.tally);
        hash.update(&run.trace);
        if !run.broken.is_empty() {
            ran.broken.push(run);
        }
    }
    ran.trace = data_encoding::HEXLOWER.encode(&hash.finalize());
    ran
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_seed_happens_the_same_way_whether_it_is_told_or_not_and_another_one_happens_otherwise() {
        let (one, told, other) = (once(7, false), once(7, true), once(8, false));
        assert_eq!((&one.trace, one.tally), (&told.trace, told.tally));
        assert!(told.told.is_some_and(|lines| lines.contains("case.opened")));
        assert_ne!(one.trace, other.trace);
    }

    #[test]
    fn how_many_threads_there_are_makes_no_difference() {
        let [one, three] = [1, 3].map(|threads| many(20, threads, |tally| tally.seeds >= 5));
        assert_eq!((one.tally, &one.trace), (three.tally, &three.trace));
        assert_eq!(one.tally.seeds, 5);
    }
}
