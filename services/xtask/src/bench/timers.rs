//! How late timers fire, and how many at a time. The benchmark itself is `services/escalation/benches/timers`.

use super::Options;
use crate::workspace::Workspace;
use crate::{command, need};

/// Builds it for release and runs it.
pub(super) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    need::postgres::ready()?;
    let mut bench = workspace.cargo();
    bench.args(["bench", "--locked", "--workspace", "--bench", "timers", "--"]);
    bench.args(["--seed", &options.seed.to_string()]).args(&options.more);
    if let Some(backend) = &options.backend {
        bench.args(["--backend", backend]);
    }
    command::run(&mut bench)
}
