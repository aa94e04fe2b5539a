//! Does an append cost more when there is much already? Measured at a million events and again at many.

use std::time::Instant;

use seinhuis_eventstore::Log;

use crate::arguments::Arguments;
use crate::cases::append_all;
use crate::events::Maker;
use crate::place::Place;
use crate::report::{Figure, Report, median};

const MILLION: u64 = 1_000_000;
/// Events an append holds while the log grows.
const FILL: usize = 1_000;

/// Measures 256 callers at one million events, and again at `size` millions.
pub(crate) async fn run(
    place: &Place,
    arguments: &Arguments,
    size: u64,
    report: &mut Report,
) -> anyhow::Result<()> {
    let backend = match place {
        Place::Postgres(_) => "postgres",
        Place::Sqlite(_) => "sqlite",
    };
    let url = place.address("log.sqlite")?;
    let log = Log::open(&url).await?;
    let mut maker = Maker::new(arguments.seed);
    let mut cost = Vec::new();
    for (name, millions) in [("at-1M", 1), ("grown", size)] {
        let began = Instant::now();
        while log.head().0 + 200 * FILL as u64 <= millions * MILLION {
            append_all(&log, maker.appends(200, FILL), 4).await?;
        }
        eprintln!("{backend:<9} {} events after {:.0} s", log.head().0, began.elapsed().as_secs_f64());
        let mut runs = Vec::new();
        for _ in 0..arguments.runs {
            runs.push(append_all(&log, maker.appends(120_000, 1), 256).await?);
        }
        cost.push(1e6 / median(&runs));
        let remark = format!("one event an append, {} events in the log", log.head().0);
        report.add(Figure { name, backend, callers: 256, runs, limit: None, remark });
    }
    if let [little, much] = cost[..] {
        report.fact(backend, "cost of an append, grown against 1M", much / little, "×");
    }
    log.close().await;
    let each = place.bytes(&url).await? as f64;
    report.fact(backend, "size of the log", each / 1e9, "GB");
    Ok(())
}
