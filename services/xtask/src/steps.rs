//! The steps of the gate that are one program run with the right arguments.

use crate::command;
use crate::gate::Outcome;
use crate::need;
use crate::workspace::Workspace;

/// The code looks as rustfmt writes it.
pub(crate) fn fmt(workspace: &Workspace) -> anyhow::Result<Outcome> {
    command::run(workspace.cargo().args(["fmt", "--all", "--check"]))?;
    passed("as rustfmt writes it")
}

/// No lint of the workspace speaks, in tests and benchmarks neither.
pub(crate) fn clippy(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let arguments =
        ["clippy", "--workspace", "--all-targets", "--keep-going", "--locked", "--", "-D", "warnings"];
    command::run(workspace.cargo().args(arguments))?;
    passed("no warning")
}

/// The documentation builds and every link in it leads somewhere.
pub(crate) fn docs(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let mut doc = workspace.cargo();
    doc.args(["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings");
    command::run(&mut doc)?;
    passed("no warning")
}

/// The binary builds as it is shipped: the optimiser asks of the compiler what a build for debugging does not.
pub(crate) fn release(workspace: &Workspace) -> anyhow::Result<Outcome> {
    command::run(workspace.cargo().args(["build", "--release", "--bin", "seinhuis", "--locked"]))?;
    passed("the binary as it is shipped")
}

/// Everything linked in has a licence on the list, a known origin, and is there once where that counts.
pub(crate) fn deny(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let mut deny = std::process::Command::new(need::compiled::CARGO_DENY.ready()?);
    deny.current_dir(&workspace.root);
    deny.args(["--locked", "--config", ".deny.toml", "check", "--hide-inclusion-graph"]);
    deny.args(["bans", "licenses", "sources"]);
    command::run(&mut deny)?;
    passed("bans, licences, sources")
}

/// The contract follows buf's standard rules and has a comment on everything a partner sees.
pub(crate) fn proto(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let buf = match need::buf::ready()? {
        need::Found::At(buf) => buf,
        need::Found::Missing(why) => {
            return Ok(Outcome::Skipped(format!("the proto lint did not run: {why}")));
        }
    };
    command::run(std::process::Command::new(buf).current_dir(workspace.root.join("proto")).arg("lint"))?;
    passed("buf lint")
}

fn passed(figure: &str) -> anyhow::Result<Outcome> {
    Ok(Outcome::Passed(figure.to_owned()))
}
