//! The real binary: a data folder of its own, commands on it, and the serving process.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, bail, ensure};

/// A hub's data folder and the settings its processes run with. The folder goes when this is dropped.
#[derive(Debug)]
pub struct Hub {
    folder: tempfile::TempDir,
    settings: Vec<(String, String)>,
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
        };
        Ok(hub.with("SEINHUIS_PROFILE__NAME", profile))
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

    /// A command of the binary on this folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).envs(self.settings.iter().map(|(k, v)| (k, v)));
        command.env("SEINHUIS_DATA__FOLDER", self.data()).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<Said> {
        Ok(Said::of(self.command(arguments).output()?))
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

    /// Serves on a free loopback port; returns once it listens.
    pub fn serve(&self) -> anyhow::Result<HubProcess> {
        self.serve_at("127.0.0.1:0")
    }

    /// Serves at this address; returns once it listens.
    pub fn serve_at(&self, listen: &str) -> anyhow::Result<HubProcess> {
        let log =
            std::fs::OpenOptions::new().create(true).append(true).open(self.folder.path().join("hub.log"))?;
        let mut child =
            self.command(&["serve", "--listen", listen]).stdout(Stdio::piped()).stderr(log).spawn()?;
        let out = child.stdout.take().context("the hub's standard output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let Some((_, url)) = line.trim().split_once(" at ") else {
            let code = child.wait()?;
            bail!("the hub did not start ({code}): {}", self.log());
        };
        Ok(HubProcess { child, url: url.to_owned() })
    }

    /// What the hub's processes wrote for operators.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("hub.log")).unwrap_or_default()
    }
}

fn token(said: &Said) -> anyhow::Result<String> {
    Ok(said.json()?["token"].as_str().context("no token")?.to_owned())
}

/// A serving process. It is killed when this is dropped.
#[derive(Debug)]
pub struct HubProcess {
    child: Child,
    /// Where it listens.
    pub url: String,
}

impl HubProcess {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once: nothing is finished (SIGKILL).
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop (SIGTERM), waits, and gives the exit code.
    pub fn stop(mut self) -> anyhow::Result<i32> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        ensure!(asked.success(), "kill -TERM");
        Ok(self.child.wait()?.code().unwrap_or(-1))
    }
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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
