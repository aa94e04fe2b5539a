//! The processes of the hub, and who may use it.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;

use super::Child;
use super::place::Place;
use super::plan;
use crate::command;

/// A drain takes 20 seconds at the most.
const PATIENCE: Duration = Duration::from_secs(30);

/// The hub of this folder.
#[derive(Debug)]
pub(super) struct Hub<'p> {
    pub(super) program: PathBuf,
    place: &'p Place,
    pub(super) processes: Vec<Process>,
}

/// One of its processes.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) child: Child,
    pub(super) role: &'static str,
    /// Where it listens, once it serves.
    pub(super) url: String,
}

impl<'p> Hub<'p> {
    pub(super) fn new(program: PathBuf, place: &'p Place) -> Self {
        Self { program, place, processes: Vec::new() }
    }

    /// The file of its settings.
    pub(super) fn settings(&self) -> PathBuf {
        self.place.at("seinhuis.toml")
    }

    /// Starts its processes with `settings`, and lets in a partner and a regisseur; returns once all serve.
    pub(super) fn start(&mut self, settings: &str, split: bool) -> anyhow::Result<()> {
        std::fs::write(self.settings(), settings)?;
        // Before many processes do so at once, one makes the keys, and what is missing in the databases.
        self.admit("partner", "wonion")?;
        self.admit("person", "gebiedsregisseur-ulft")?;
        if split {
            for (name, role) in plan::split() {
                let child = Child::start(&name, self.command(&["serve", "--role", role]).args(LISTEN))?;
                self.processes.push(Process { child, role, url: String::new() });
            }
        } else {
            let child = Child::start("hub", self.command(&["serve"]).args(LISTEN))?;
            self.processes.push(Process { child, role: "all", url: String::new() });
        }
        for process in &mut self.processes {
            let url = process.child.line(|line| Some(line.rsplit_once(" at ")?.1.to_owned()));
            process.url = url.with_context(|| format!("{} doesn't serve", process.child.name))?;
        }
        Ok(())
    }

    /// The file with the token of somebody.
    pub(super) fn token(&self, id: &str) -> PathBuf {
        self.place.at(&format!("{id}.token"))
    }

    fn admit(&self, what: &str, id: &str) -> anyhow::Result<()> {
        if self.token(id).is_file() {
            return Ok(());
        }
        let said = command::capture(&mut self.command(&[what, "add", id, "--json"]))?;
        let said: serde_json::Value = serde_json::from_str(&said)?;
        // Others come through the folder.
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(self.token(id))?;
        Ok(file.write_all(said["token"].as_str().context("no token")?.as_bytes())?)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).arg("--config").arg(self.settings());
        command.arg("--data").arg(self.place.at("data"));
        command
    }

    /// Stops all, the one that signs the log last, so that what the others still write is signed too.
    pub(super) fn stop(&mut self) {
        let (last, first): (Vec<_>, Vec<_>) =
            self.processes.drain(..).partition(|process| process.role == "proof");
        for together in [first, last] {
            together.iter().for_each(|process| process.child.signal("TERM"));
            together.iter().for_each(|process| process.child.until_ended(PATIENCE));
        }
    }
}

/// Any free port of this machine.
const LISTEN: [&str; 2] = ["--listen", "127.0.0.1:0"];

impl Drop for Hub<'_> {
    fn drop(&mut self) {
        self.stop();
    }
}
