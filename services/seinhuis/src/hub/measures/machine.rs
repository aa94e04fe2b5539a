//! What the process takes from its machine.

use std::path::Path;

use seinhuis_runtime::Meter;
use seinhuis_runtime::process::{Disk, Usage};

use super::declared as d;

/// Looks at the process.
pub(super) fn observe(meter: &Meter) {
    meter.observe(&d::BUILD, |tell| tell(1.0, &[("version", env!("CARGO_PKG_VERSION"))]));
    let figure = |metric, figure: fn(&Usage) -> Option<f64>| {
        meter.observe(metric, move |tell| {
            if let Some(figure) = figure(&Usage::now()) {
                tell(figure, &[]);
            }
        });
    };
    figure(&d::UPTIME, |usage| usage.uptime.map(|uptime| uptime.as_secs_f64()));
    figure(&d::MEMORY, |usage| usage.memory.map(|bytes| bytes as f64));
    figure(&d::PROCESSOR, |usage| usage.processor.map(|time| time.as_secs_f64()));
    figure(&d::FILES, |usage| usage.files.map(|files| files as f64));
    figure(&d::FILES_LIMIT, |usage| usage.files_limit.map(|files| files as f64));
}

/// Looks at the disk that holds `folder`.
pub(super) fn observe_disk(meter: &Meter, folder: &Path) {
    let figure = |metric, figure: fn(Disk) -> u64| {
        let folder = folder.to_owned();
        meter.observe(metric, move |tell| {
            if let Some(disk) = Disk::of(&folder) {
                tell(figure(disk) as f64, &[]);
            }
        });
    };
    figure(&d::ROOM, |disk| disk.free);
    figure(&d::DISK, |disk| disk.size);
}
