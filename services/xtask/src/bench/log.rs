//! What the log reaches beside the bare database. The benchmark itself is `services/eventstore/benches/log`.

use super::{Options, peers};
use crate::workspace::Workspace;
use crate::{command, need};

/// Builds it for release and runs it.
pub(super) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    need::postgres::ready()?;
    let mut bench = workspace.cargo();
    bench.args(peers::LOG).args(["--", "--seed", &options.seed.to_string()]).args(&options.more);
    if let Some(backend) = &options.backend {
        bench.args(["--backend", backend]);
    }
    if options.json {
        bench.arg("--json");
    }
    command::run(&mut bench)
}
