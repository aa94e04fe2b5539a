//! A process of the hub: killed, stopped in its tracks, asked to stop, and started again where it was.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{ChildStdout, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use crate::server::{Server, signal};

/// How long it may take until it serves, on a machine that compiles beside it.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a process is started, each time anew.
#[derive(Debug)]
pub(crate) struct Recipe {
    /// What it is called, and its log.
    pub(crate) name: String,
    /// Another one after it was renewed.
    pub(crate) program: Mutex<PathBuf>,
    pub(crate) arguments: Vec<String>,
    pub(crate) settings: Vec<(String, String)>,
    /// What it writes for operators is appended to this.
    pub(crate) log: PathBuf,
}

/// A process of a serving hub. It is killed when this is dropped.
#[derive(Debug)]
pub struct HubProcess {
    recipe: Recipe,
    /// Where it listens, also after it was started again.
    pub url: String,
    life: Mutex<Life>,
}

#[derive(Debug)]
struct Life {
    pid: u32,
    running: Option<Running>,
}

/// A process that was started, and may not serve yet.
#[derive(Debug)]
pub(crate) struct Running {
    server: Server,
    /// The lines of its standard output.
    lines: Receiver<String>,
}

impl Recipe {
    pub(crate) fn start(&self, listen: &str) -> anyhow::Result<Running> {
        let mut command = Command::new(&*self.program());
        command.args(&self.arguments).args(["--listen", listen]);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        let (server, out) = Server::start_heard(&command, &self.log)?;
        Ok(Running { server, lines: lines(out) })
    }

    fn program(&self) -> MutexGuard<'_, PathBuf> {
        self.program.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn written(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

fn lines(out: ChildStdout) -> Receiver<String> {
    let (tell, lines) = channel();
    std::thread::spawn(move || {
        // Who started it may have gone; it is read to its end all the same, so that it can go on writing.
        BufReader::new(out).lines().map_while(Result::ok).for_each(|line| drop(tell.send(line)));
    });
    lines
}

impl Running {
    /// Waits until it serves: where.
    fn url(&mut self, recipe: &Recipe, patience: Duration) -> anyhow::Result<String> {
        match self.lines.recv_timeout(patience) {
            Ok(line) => {
                let (_, url) = line.rsplit_once(" at ").with_context(|| format!("it says {line:?}"))?;
                Ok(url.to_owned())
            }
            Err(RecvTimeoutError::Timeout) => {
                bail!("{} doesn't serve after {patience:?}: {}", recipe.name, recipe.written())
            }
            Err(RecvTimeoutError::Disconnected) => {
                let ended = self.server.ended()?.map_or_else(String::new, |status| format!(" ({status})"));
                bail!("{} did not start{ended}: {}", recipe.name, recipe.written())
            }
        }
    }
}

impl HubProcess {
    /// The process of `recipe`, once it serves.
    pub(crate) fn serving(recipe: Recipe, mut running: Running) -> anyhow::Result<Self> {
        let url = running.url(&recipe, PATIENCE)?;
        let life = Life { pid: running.server.pid(), running: Some(running) };
        Ok(Self { recipe, url, life: Mutex::new(life) })
    }

    /// What it is called: its role and a number.
    pub fn name(&self) -> &str {
        &self.recipe.name
    }

    /// Its process id; once it has ended, the one it had.
    pub fn pid(&self) -> u32 {
        self.life().pid
    }

    /// Whether it was started and not waited for since.
    pub fn is_running(&self) -> bool {
        self.life().running.is_some()
    }

    /// What it wrote for operators, in all its lives.
    pub fn log(&self) -> String {
        self.recipe.written()
    }

    /// Ends it at once: nothing is finished (SIGKILL).
    pub fn kill(&self) -> anyhow::Result<()> {
        self.take().map_or(Ok(()), |running| running.server.kill_group())
    }

    /// Stops it in its tracks (SIGSTOP).
    pub fn pause(&self) -> anyhow::Result<()> {
        self.signal("STOP")
    }

    /// Lets it go on after a pause (SIGCONT).
    pub fn resume(&self) -> anyhow::Result<()> {
        self.signal("CONT")
    }

    /// Asks it to stop (SIGTERM) and doesn't wait.
    pub fn ask_to_stop(&self) -> anyhow::Result<()> {
        self.signal("TERM")
    }

    /// Asks it to stop (SIGTERM), waits, and gives the exit code.
    pub fn stop(&self) -> anyhow::Result<i32> {
        self.ask_to_stop()?;
        self.ended()
    }

    /// Waits until it ends, and gives the exit code; -1 when a signal ended it.
    pub fn ended(&self) -> anyhow::Result<i32> {
        let running = self.take().context("it doesn't run")?;
        Ok(running.server.wait()?.code().unwrap_or(-1))
    }

    /// Has it start from another program from now on, as of another version.
    pub fn renew(&self, program: impl Into<PathBuf>) {
        *self.recipe.program() = program.into();
    }

    /// Starts it again where it was, after it ended; returns when it serves.
    pub fn start(&self) -> anyhow::Result<()> {
        self.launch()?;
        self.until_serving()
    }

    /// Starts it again where it was, after it ended, and doesn't wait: what it needs may be missing.
    pub fn launch(&self) -> anyhow::Result<()> {
        let mut life = self.life();
        ensure!(life.running.is_none(), "{} runs", self.name());
        let (_, listen) = self.url.split_once("://").context("an address without a scheme")?;
        let running = self.recipe.start(listen)?;
        *life = Life { pid: running.server.pid(), running: Some(running) };
        Ok(())
    }

    /// Waits until it serves, after it was launched.
    pub fn until_serving(&self) -> anyhow::Result<()> {
        let mut life = self.life();
        let url = life.running.as_mut().context("it doesn't run")?.url(&self.recipe, PATIENCE)?;
        ensure!(url == self.url, "it serves at {url} and not at {}", self.url);
        Ok(())
    }

    fn signal(&self, name: &str) -> anyhow::Result<()> {
        let life = self.life();
        ensure!(life.running.is_some(), "{} doesn't run", self.name());
        signal(name, life.pid)
    }

    fn take(&self) -> Option<Running> {
        self.life().running.take()
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.kill();
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    /// A process that runs `script`, with the address to listen on as its first argument.
    fn shell(script: &str, folder: &tempfile::TempDir) -> anyhow::Result<HubProcess> {
        let recipe = Recipe {
            name: "shell-1".into(),
            program: Mutex::new("sh".into()),
            arguments: vec!["-c".into(), script.into()],
            settings: vec![("WORD".into(), "kept".into())],
            log: folder.path().join("shell-1.log"),
        };
        let running = recipe.start("127.0.0.1:7")?;
        HubProcess::serving(recipe, running)
    }

    /// What the kernel says it is doing: S sleeping, T stopped.
    fn state(pid: u32) -> String {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        stat.rsplit_once(") ").unwrap().1[..1].to_owned()
    }

    #[test]
    fn a_process_is_paused_stopped_and_started_again_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let served =
            "trap 'exit 3' TERM; echo $WORD >&2; echo one serves at http://$1; while :; do sleep 0.01; done";
        let process = shell(served, &folder).unwrap();
        assert_eq!((process.name(), process.url.as_str()), ("shell-1", "http://127.0.0.1:7"));
        let first = process.pid();
        process.pause().unwrap();
        while state(first) != "T" {}
        process.resume().unwrap();
        assert!(process.start().is_err(), "it runs");
        assert_eq!((process.stop().unwrap(), process.is_running(), process.pid()), (3, false, first));
        assert!(process.pause().is_err() && process.stop().is_err(), "it doesn't run");
        process.start().unwrap();
        assert_ne!(process.pid(), first);
        process.kill().unwrap();
        process.launch().unwrap();
        process.until_serving().unwrap();
        assert_eq!(process.log(), "kept\n".repeat(3));
        let last = process.pid();
        drop(process);
        assert!(!std::path::Path::new(&format!("/proc/{last}")).exists());
    }

    #[test]
    fn one_that_is_renewed_is_started_from_another_program_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let later = folder.path().join("later");
        std::fs::write(
            &later,
            "#!/bin/sh\necho later >&2; echo it serves at http://127.0.0.1:7; exec sleep 600\n",
        )
        .unwrap();
        std::fs::set_permissions(&later, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let process = shell("echo now >&2; echo it serves at http://$1; exec sleep 600", &folder).unwrap();
        process.renew(&later);
        assert_eq!(process.log(), "now\n", "the one that runs stays what it is");
        process.kill().unwrap();
        process.start().unwrap();
        assert_eq!(process.log(), "now\nlater\n");
    }

    #[test]
    fn one_that_ends_before_it_serves_is_told_with_what_it_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let said = shell("echo no settings >&2; exit 2", &folder).unwrap_err().to_string();
        assert!(said.starts_with("shell-1 did not start") && said.contains("no settings"), "{said}");
        let said = shell("echo something else; exec sleep 600", &folder).unwrap_err().to_string();
        assert_eq!(said, "it says \"something else\"");
    }
}
