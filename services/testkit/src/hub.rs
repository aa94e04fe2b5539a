//! The real binary: a data folder of its own, commands on it, and the serving process.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use anyhow::{Context, ensure};

use crate::engines::Engines;
use crate::placed::{Placed, named};
use crate::process::{HubProcess, Recipe};
use crate::served::Served;

/// A hub's data folder and the settings its processes run with. The folder goes when this is dropped.
#[derive(Debug)]
pub struct Hub {
    folder: tempfile::TempDir,
    settings: Vec<(String, String)>,
    /// What it runs on besides the folder, which stays as long as it does.
    engines: Option<Arc<Engines>>,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    /// Its exit code.
    pub code: i32,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl Said {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Its standard output as JSON, if it ended well.
    pub fn json(&self) -> anyhow::Result<serde_json::Value> {
        ensure!(self.code == 0, "exit code {}: {}", self.code, self.err);
        serde_json::from_str(&self.out).with_context(|| format!("no JSON: {}", self.out))
    }
}

impl Hub {
    /// An empty folder for a hub of this profile: a built-in name, or a folder.
    pub fn new(profile: &str) -> anyhow::Result<Self> {
        let hub = Self {
            folder: tempfile::Builder::new().prefix("seinhuis-test-").tempdir()?,
            settings: Vec::new(),
            engines: None,
        };
        Ok(hub.with("SEINHUIS_PROFILE__NAME", profile))
    }

    /// The same on databases of its own in these engines, and on their bus.
    pub fn on(mut self, engines: &Arc<Engines>) -> anyhow::Result<Self> {
        self.engines = Some(Arc::clone(engines));
        Ok(engines.settings()?.into_iter().fold(self, |hub, (name, value)| hub.with(name, &value)))
    }

    /// The same with one more setting, as a variable of the environment.
    #[must_use]
    pub fn with(mut self, variable: &str, value: &str) -> Self {
        self.settings.push((variable.to_owned(), value.to_owned()));
        self
    }

    /// The same without a setting again.
    #[must_use]
    pub fn without(mut self, variable: &str) -> Self {
        self.settings.retain(|(set, _)| set != variable);
        self
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The address of its log: a database, or the file in the data folder.
    pub fn log_url(&self) -> String {
        self.place("SEINHUIS_DATA__LOG_URL", "log.sqlite")
    }

    /// The address of the read models that people ask: a database, or the file in the data folder.
    pub fn views_url(&self) -> String {
        self.place("SEINHUIS_DATA__VIEWS_URL", "views.sqlite")
    }

    /// What the variable says, or the file in the data folder.
    fn place(&self, variable: &str, file: &str) -> String {
        let set = self.settings.iter().rev().find(|(name, _)| name == variable);
        let file = || format!("sqlite:{}", self.data().join(file).display());
        set.map_or_else(file, |(_, url)| url.clone())
    }

    /// Its databases, each once, with a variable that names it.
    pub(crate) fn databases(&self) -> impl Iterator<Item = (&str, &str)> {
        let named = |name: &str| name == "SEINHUIS_DATA__LOG_URL" || name == "SEINHUIS_KEYS__URL";
        let set = self.settings.iter().filter(move |(name, _)| named(name));
        set.map(|(name, url)| (name.as_str(), url.as_str()))
    }

    /// A command of the binary on this folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(&binary(), arguments)
    }

    fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).envs(self.settings.iter().map(|(k, v)| (k, v)));
        command.env("SEINHUIS_DATA__FOLDER", self.data()).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<Said> {
        Ok(Said::of(self.command(arguments).output()?))
    }

    /// Runs a command of another program on this folder to its end, as of another version.
    pub fn run_of(&self, program: &Path, arguments: &[&str]) -> anyhow::Result<Said> {
        Ok(Said::of(self.command_of(program, arguments).output()?))
    }

    /// Runs a command that calls a serving hub with a token.
    pub fn ask(&self, url: &str, token: &str, arguments: &[&str]) -> anyhow::Result<Said> {
        let mut command = self.command(arguments);
        Ok(Said::of(command.env("SEINHUIS_ADDRESS", url).env("SEINHUIS_TOKEN", token).output()?))
    }

    /// Admits a partner of the profile and gives its token.
    pub fn partner(&self, id: &str) -> anyhow::Result<String> {
        token(&self.run(&["partner", "add", id, "--json"])?)
    }

    /// Admits a person of the profile and gives his token.
    pub fn person(&self, id: &str) -> anyhow::Result<String> {
        token(&self.run(&["person", "add", id, "--json"])?)
    }

    /// Serves on a free loopback port, all roles in one process; returns once it listens.
    pub fn serve(&self) -> anyhow::Result<HubProcess> {
        self.serve_as(&[Placed::all()])?.only()
    }

    /// Serves from one process for each of `plan`, each on a free loopback port; returns once all of them listen.
    pub fn serve_as(&self, plan: &[Placed]) -> anyhow::Result<Served> {
        let mut started = Vec::new();
        for (name, placed) in named(plan) {
            let recipe = self.recipe(name, placed);
            let running = recipe.start("127.0.0.1:0")?;
            started.push((placed.roles.clone(), recipe, running));
        }
        let processes = started.into_iter().map(|(roles, recipe, running)| {
            HubProcess::serving(recipe, running).map(|process| (roles, process))
        });
        Ok(Served::new(processes.collect::<anyhow::Result<_>>()?))
    }

    fn recipe(&self, name: String, placed: &Placed) -> Recipe {
        let mut arguments = vec!["serve".to_owned()];
        if let Some(roles) = &placed.roles {
            arguments.extend(["--role".to_owned(), roles.clone()]);
        }
        let mut settings = self.settings.clone();
        settings.push(("SEINHUIS_DATA__FOLDER".to_owned(), self.data().display().to_string()));
        settings.extend(placed.settings.iter().cloned());
        let log = self.folder.path().join(format!("{name}.log"));
        let program = Mutex::new(placed.program.clone().unwrap_or_else(binary));
        Recipe { name, program, arguments, settings, log }
    }

    /// What the hub's processes wrote for operators.
    pub fn log(&self) -> String {
        let entries = std::fs::read_dir(self.folder.path()).into_iter().flatten().flatten();
        let logs =
            entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "log"));
        logs.map(|path| std::fs::read_to_string(path).unwrap_or_default()).collect()
    }
}

fn token(said: &Said) -> anyhow::Result<String> {
    Ok(said.json()?["token"].as_str().context("no token")?.to_owned())
}

/// The binary: the one the test command names, or the one beside the test itself.
#[expect(clippy::disallowed_methods, reason = "tests are told where the binary is")]
fn binary() -> PathBuf {
    if let Ok(named) = std::env::var("SEINHUIS_BIN") {
        return named.into();
    }
    let beside = std::env::current_exe().ok();
    let target = beside.as_deref().and_then(Path::parent).and_then(Path::parent);
    target.map_or_else(|| "seinhuis".into(), |folder| folder.join("seinhuis"))
}
