//! What it costs to be watched: the same streams, turn by turn, into a hub that tells nothing of itself and into one that sends
//! traces and measures and is looked at every second.

use std::time::Duration;

use seinhuis_domain::profile::PartnerEntry;
use seinhuis_testkit::{OtlpSink, free_port, http};
use tokio::task::JoinHandle;

use crate::arguments::Arguments;
use crate::drive;
use crate::place::Place;
use crate::report::Report;
use crate::signals::Supply;
use crate::target::Target;

/// Fifteen times as often as Prometheus usually does.
const EVERY: Duration = Duration::from_secs(1);

/// Both ways, as often as is asked.
pub(crate) async fn run(
    place: &Place,
    partners: &[PartnerEntry],
    arguments: &Arguments,
    supply: &mut Supply,
    report: &mut Report,
) -> anyhow::Result<()> {
    let (window, sink) = (free_port()?, OtlpSink::start()?);
    let listen = [
        ("SEINHUIS_TELEMETRY__LISTEN", format!("127.0.0.1:{window}")),
        ("SEINHUIS_TELEMETRY__OTLP", sink.endpoint()),
    ];
    let unwatched = Target::started(place, place.door(arguments), partners, arguments, &[]).await?;
    let watched = Target::started(place, place.door(arguments), partners, arguments, &listen).await?;
    let looking = look(window);
    for turn in 0..arguments.runs {
        let mut rates = [0.0; 2];
        // Whoever goes first finds a machine that has rested.
        for which in if turn % 2 == 0 { [0, 1] } else { [1, 0] } {
            let (target, name, remark) = match which {
                0 => (&unwatched, "unwatched", "streams, nothing told"),
                _ => (&watched, "watched", "the same streams, traced, measured, and looked at every second"),
            };
            let run = drive::stream(target, supply.take(arguments.signals)).await?;
            rates[which] = run.rate;
            report.add(name, target.backend, target.lines.len(), run, remark);
        }
        report.shared(place.name(), rates[1] / rates[0]);
    }
    looking.abort();
    report.fact(place.name(), "spans received", sink.so_far().0.len() as f64, "spans");
    Ok(())
}

fn look(window: u16) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            // What it says is not what is measured here; whether it can be had is.
            match tokio::task::spawn_blocking(move || http::get(window, "/metrics")).await {
                Ok(Ok((200, _))) => {}
                other => eprintln!("nobody could look in: {other:?}"),
            }
            tokio::time::sleep(EVERY).await;
        }
    })
}
