//! What following the log into read models reaches. The benchmark itself is `services/projections/benches/follow`.

use super::Options;
use crate::workspace::Workspace;
use crate::{command, need};

/// Builds it for release and runs it.
pub(super) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    need::postgres::ready()?;
    let mut bench = workspace.cargo();
    bench.args(["bench", "--locked", "-p", "seinhuis-projections", "--bench", "follow", "--"]);
    bench.args(["--seed", &options.seed.to_string()]).args(&options.more);
    command::run(&mut bench)
}
