//! How soon those who watch are told. The benchmark itself is `services/seinhuis/benches/streams`.

use anyhow::ensure;

use super::Options;
use crate::workspace::Workspace;
use crate::{command, need};

/// Builds it for release and runs it.
pub(super) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    ensure!(options.backend.is_none(), "streams: each figure says itself what it is measured on");
    need::postgres::ready()?;
    let mut bench = workspace.cargo();
    bench.args(["bench", "--locked", "--workspace", "--bench", "streams", "--"]);
    bench.args(["--seed", &options.seed.to_string()]).args(&options.more);
    command::run(&mut bench)
}
