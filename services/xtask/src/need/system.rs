//! Packages of the operating system, where it is one with apt.

use std::process::Command;

use anyhow::bail;

use crate::command;

/// Installs packages with apt.
///
/// # Errors
/// When there is no apt, no right to use it, or a package cannot be had; the text says what to install.
pub(super) fn install(packages: &[&str]) -> anyhow::Result<()> {
    let wish = packages.join(" ");
    if command::on_path("apt-get").is_none() {
        bail!("there is no apt-get here: install {wish} by hand");
    }
    if apt(&["install", "-y"], packages).is_ok() {
        return Ok(());
    }
    // A fresh machine often has no package lists yet.
    if apt(&["update"], &[]).and_then(|()| apt(&["install", "-y"], packages)).is_err() {
        bail!("apt-get could not: install {wish} by hand");
    }
    Ok(())
}

fn apt(verb: &[&str], packages: &[&str]) -> anyhow::Result<()> {
    let root = command::capture(Command::new("id").arg("-u"))?.trim() == "0";
    let mut apt = if root { Command::new("env") } else { Command::new("sudo") };
    // Through sudo a variable survives only as an argument; `env` takes it the same way.
    apt.arg("DEBIAN_FRONTEND=noninteractive").arg("apt-get").args(verb).args(packages);
    command::run(&mut apt)
}
