//! What read models reach: made anew, seen as they stood, followed. The benchmark itself is
//! `services/projections/benches/projections`.

use super::Options;
use crate::workspace::Workspace;
use crate::{command, need};

/// Builds it for release and runs it.
pub(super) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    need::postgres::ready()?;
    let mut bench = workspace.cargo();
    bench.args(["bench", "--locked", "--workspace", "--bench", "projections", "--"]);
    bench.args(["--seed", &options.seed.to_string()]).args(&options.more);
    if let Some(backend) = &options.backend {
        bench.args(["--backend", backend]);
    }
    if let Some(events) = &options.events {
        bench.args(["--events", events]);
    }
    command::run(&mut bench)
}
