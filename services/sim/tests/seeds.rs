//! Many seeds, each run twice: every law is kept, and the second run is the first.

use seinhuis_sim::many;

/// So many are run where nobody says otherwise.
const SEEDS: u64 = 1_000;

#[test]
fn inv7_seeded_worlds_keep_every_law_and_happen_twice_alike() {
    let seeds = seeds();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let ran = many(1, threads, |tally| tally.seeds >= seeds);
    println!("{}\ntrace {}", ran.tally, ran.trace);
    let told = |run: &seinhuis_sim::Run| {
        let seed = run.seed;
        run.broken.iter().map(|broken| format!("cargo xtask sim --only {seed}: {broken}")).collect::<Vec<_>>()
    };
    let lines: Vec<String> = ran.broken.iter().flat_map(told).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
    // What never happens is not tried.
    let tally = ran.tally;
    let often =
        [tally.crashes, tally.pauses, tally.takeovers, tally.clock_steps, tally.outages, tally.reminders];
    let seldom = [tally.fenced, tally.conflicts];
    assert!(often.iter().all(|met| *met > seeds), "{tally}");
    assert!(seldom.iter().all(|met| *met > seeds / 20), "{tally}");
    assert!(tally.climbs > 5 * seeds && tally.notices > 5 * seeds, "{tally}");
}

#[expect(clippy::disallowed_methods, reason = "tests are told how long to run")]
fn seeds() -> u64 {
    std::env::var("SEINHUIS_SIM_SEEDS").ok().map_or(SEEDS, |seeds| seeds.parse().expect("a number of seeds"))
}
