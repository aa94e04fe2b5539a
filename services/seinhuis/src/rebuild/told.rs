//! What a rebuild came to, as it is told at the terminal.

use std::time::Duration;

use seinhuis_contract::proto::history::v1::RebuiltModel;

use crate::commands::print;
use crate::say;

/// Tells it.
pub(crate) fn told(models: &[RebuiltModel], took: Duration, json: bool) {
    let seconds = took.as_secs_f64();
    if json {
        let one = |RebuiltModel { model, position, swap_ms }: &RebuiltModel| serde_json::json!({ "model": model, "position": position, "swap_ms": swap_ms });
        print::json(
            &serde_json::json!({ "seconds": seconds, "models": models.iter().map(one).collect::<Vec<_>>() }),
        );
        return;
    }
    if models.is_empty() {
        say!("the log is empty: there is nothing to rebuild");
    }
    for RebuiltModel { model, position, swap_ms } in models {
        say!("{model} is rebuilt up to {position}, in place after {swap_ms:.1} ms");
    }
    say!("{seconds:.1} s");
}
