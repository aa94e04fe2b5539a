//! INV-6 as a law: rebuilt in bulk, in any pages, lanes and memory, a read model is byte for byte what following the log made of
//! it, wherever one looks.

use seinhuis_eventstore::{Log, Position};
use seinhuis_projections::{Follower, Model, Rebuild, Views};

use crate::life::Life;
use crate::past::set;
use crate::scene::Scene;
use crate::town::Size;

/// Rebuilds where nobody asked for more.
const REBUILDS: usize = 40;
/// Events of the log: enough for cases that were opened, climbed, were handed over, closed and forgotten.
const EVENTS: u64 = 2_500;

/// How one rebuild is made.
#[derive(Debug)]
struct Way {
    until: Position,
    page: usize,
    lanes: usize,
    memory: usize,
}

impl Way {
    /// Memory for nothing, for some rows, or for all of them.
    fn any(random: &mut fastrand::Rng, until: u64) -> Self {
        let (page, lanes) = (random.usize(1..1_500), random.usize(1..=4));
        let memory = *random.choice(&[0, 20_000, 500_000, usize::MAX]).unwrap_or(&0);
        Self { until: Position(until), page, lanes, memory }
    }
}

/// `SEINHUIS_REBUILDS` says how many (1,000 in the night), `SEINHUIS_REBUILDS_SEED` which.
#[allow(clippy::print_stdout, reason = "with the seed it can be replayed")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rebuilt_is_lived_through_byte_for_byte_at_random_positions_in_any_pages_and_lanes() {
    let seed = set("SEINHUIS_REBUILDS_SEED").unwrap_or_else(|| fastrand::u64(..));
    let count = set("SEINHUIS_REBUILDS").unwrap_or(REBUILDS);
    println!("seed {seed}, {count} rebuilds");
    let scene = Scene::new().await;
    let log = Log::open(&format!("sqlite:{}", scene.path("lives").display())).await.unwrap();
    Life::new(Size::Pilot, seed).go_on(&log, EVENTS).await;
    let models: Vec<Model> = Model::ALL.iter().copied().filter(|model| *model != Model::Relay).collect();
    let live = Views::open(&scene.url("live"), &models).await.unwrap();
    let rebuilt = Views::open(&scene.url("rebuilt"), &models).await.unwrap();

    let mut random = fastrand::Rng::with_seed(seed);
    let mut positions: Vec<u64> = (0..count).map(|_| random.u64(1..=log.head().0)).collect();
    positions.sort_unstable();
    for until in positions {
        let way = Way::any(&mut random, until);
        let page = random.usize(1..200);
        let mut follower = Follower::new(log.clone(), live.clone()).with_page(page);
        follower.catch_up_to(way.until).await.unwrap();
        let rebuild = Rebuild::from(log.clone()).with(&rebuilt, &models).until(way.until);
        let rebuild = rebuild.with_page(way.page).with_lanes(way.lanes).with_memory(way.memory);
        let made = rebuild.run().await.unwrap_or_else(|fault| panic!("seed {seed}, {way:?}: {fault:?}"));
        assert_eq!(made.len(), models.len(), "seed {seed}, {way:?}");
        let (lived, made) = (live.digests().await.unwrap(), rebuilt.digests().await.unwrap());
        assert_eq!(lived, made, "seed {seed}, {way:?}, followed in pages of {page}");
        assert!(lived.iter().all(|digest| digest.position == way.until), "seed {seed}: {lived:?}");
    }
    let empty = live.digests().await.unwrap().into_iter().filter(|digest| digest.rows == 0).count();
    assert_eq!(empty, 0, "seed {seed}: a model without rows tells nothing");
}
