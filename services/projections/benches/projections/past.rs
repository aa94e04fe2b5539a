//! How long it takes to see an area as it stood: by position, and by instant.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::directory::Directory;
use seinhuis_eventstore::{Log, Position};
use seinhuis_projections::report::{Moment, alarms};
use seinhuis_projections::{Model, Views};

use crate::rebuilt::group;

/// What was found.
pub(crate) struct Seen {
    /// From the question to the last alarm, the shortest first.
    pub(crate) took: Vec<Duration>,
    /// Open cases, on average.
    pub(crate) cases: f64,
}

/// Asks for random neighbourhoods at random moments, every other one by its instant: what stood there then, and its alarms, as
/// `seinhuis history as-of` does.
pub(crate) async fn seen(
    log: &Log,
    url: &str,
    (who, areas): (&Directory, &[AreaCode]),
    seed: u64,
    probes: usize,
) -> Seen {
    let views = Views::open(&group(url, &[Model::Versions]), &[Model::Versions]).await.unwrap();
    let mut random = fastrand::Rng::with_seed(seed);
    let head = views.position();
    let (first, last) = (recorded_at(log, Position(1)).await, recorded_at(log, head).await);
    let (mut took, mut cases) = (Vec::with_capacity(probes), 0);
    for probe in 0..probes {
        let area = random.choice(areas).unwrap().clone();
        let instant = random.i64(first.as_microsecond()..last.as_microsecond());
        let position = Position(random.u64(1..=head.0));
        let began = Instant::now();
        let (position, at) = if probe % 2 == 0 {
            let at = Timestamp::from_microsecond(instant).unwrap();
            (views.position_at(log, at).await.unwrap(), at)
        } else {
            (position, recorded_at(log, position).await)
        };
        let open = views.open_cases_at(&[area], position).await.unwrap();
        std::hint::black_box(alarms(&open, Moment { at, directory: who }));
        took.push(began.elapsed());
        cases += open.len();
    }
    views.close().await;
    took.sort_unstable();
    Seen { took, cases: cases as f64 / probes as f64 }
}

async fn recorded_at(log: &Log, position: Position) -> Timestamp {
    log.read(Position(position.0 - 1), 1).await.unwrap().events[0].recorded_at
}
