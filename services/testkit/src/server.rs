//! A server process for the length of a test: it dies with whoever started it, also when that one is killed.

use std::fs::OpenOptions;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;

use anyhow::{Context, ensure};

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    pid: u32,
    child: Option<Child>,
    /// The thread that started it and waits until this is dropped: Linux ties the server's life to that very thread.
    keeper: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

impl Server {
    /// Starts `command` as an unprivileged user, what it writes going to `log`.
    pub(crate) fn start(command: Command, log: &Path) -> anyhow::Result<Self> {
        let log = OpenOptions::new().create(true).append(true).open(log)?;
        let mut command = bound_to_us(&command, "INT", unprivileged());
        command.stdout(log.try_clone()?).stderr(log);
        Self::spawn(command)
    }

    /// Starts `command` as who we are, its standard output for us and its standard error going to `log`. It dies with us
    /// at once, also where it was stopped in its tracks.
    pub(crate) fn start_heard(command: &Command, log: &Path) -> anyhow::Result<(Self, ChildStdout)> {
        let log = OpenOptions::new().create(true).append(true).open(log)?;
        let mut command = bound_to_us(command, "KILL", None);
        command.stdout(Stdio::piped()).stderr(log);
        let mut server = Self::spawn(command)?;
        let out =
            server.child.as_mut().and_then(|child| child.stdout.take()).context("its standard output")?;
        Ok((server, out))
    }

    fn spawn(mut command: Command) -> anyhow::Result<Self> {
        command.stdin(Stdio::null());
        let (started, child) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let keeper = std::thread::spawn(move || {
            if started.send(command.spawn()).is_ok() {
                // Answers when the other end is dropped.
                let _ = released.recv();
            }
        });
        let child = child.recv()?.context("the server can't be started (is setpriv of util-linux here?)")?;
        Ok(Self { pid: child.id(), child: Some(child), keeper: Some((release, keeper)) })
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        Ok(self.child.as_mut().map(Child::try_wait).transpose()?.flatten())
    }

    /// Asks it to end with a signal, and waits until it has.
    pub(crate) fn end(self, with: &str) -> anyhow::Result<()> {
        signal(with, self.pid)?;
        self.wait().map(|_| ())
    }

    /// Waits until it ends: how it did.
    pub(crate) fn wait(mut self) -> anyhow::Result<ExitStatus> {
        Ok(self.child.take().context("it was waited for")?.wait()?)
    }

    /// Ends it and its children at once (SIGKILL), and returns once they are gone.
    pub(crate) fn kill_group(mut self) -> anyhow::Result<()> {
        // Stopped first, it makes no more of them. One that ended by itself can't be.
        let _ = signal("STOP", self.pid);
        let children = children_of(self.pid);
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        for &child in &children {
            // One that saw its parent die may be gone already.
            let _ = signal("KILL", child);
        }
        // What they hold, as the memory they share, is free when they are gone, and not before.
        while children.iter().any(|child| is_alive(*child)) {
            std::thread::yield_now();
        }
        Ok(())
    }
}

/// Whether a process is there and isn't only waiting for its parent to see that it ended.
fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // Fast shutdown for PostgreSQL, an immediate one for pgbouncer, nats-server and others.
            if signal("INT", self.pid).is_err() {
                let _ = child.kill();
            }
            let _ = child.wait();
        }
        if let Some((release, keeper)) = self.keeper.take() {
            drop(release);
            let _ = keeper.join();
        }
    }
}

/// Sends a signal to one process.
pub fn signal(name: &str, pid: u32) -> anyhow::Result<()> {
    let sent =
        Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).stderr(Stdio::null()).status()?;
    ensure!(sent.success(), "kill -{name} {pid}");
    Ok(())
}

/// A port nobody listens on just now.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The user servers run as where we are root, which several of them refuse: `postgres`, who comes with the package.
pub(crate) fn unprivileged() -> Option<&'static str> {
    let root = std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    root.then_some("postgres")
}

/// `command`, run as the unprivileged user where we are root; `folder` becomes his.
pub(crate) fn as_user(command: Command, folder: &Path) -> anyhow::Result<Command> {
    let Some(user) = unprivileged() else { return Ok(command) };
    let given = Command::new("chown").arg(user).arg(folder).status()?;
    ensure!(given.success(), "{} can't be given to {user}", folder.display());
    let mut wrapped = Command::new("setpriv");
    wrapped.args([&format!("--reuid={user}"), &format!("--regid={user}"), "--clear-groups"]);
    wrapped.arg(command.get_program()).args(command.get_args());
    Ok(wrapped)
}

/// `command`, which gets a signal when we end, run as `user` where one is named.
fn bound_to_us(command: &Command, with: &str, user: Option<&str>) -> Command {
    let mut wrapped = Command::new("setpriv");
    if let Some(user) = user {
        wrapped.args([&format!("--reuid={user}"), &format!("--regid={user}"), "--clear-groups"]);
    }
    wrapped.args(["--pdeathsig", with]).arg(command.get_program()).args(command.get_args());
    wrapped.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    wrapped
}

fn children_of(pid: u32) -> Vec<u32> {
    let listed = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    listed.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}
