//! A program that runs beside us: what it writes is passed on under its name, and it is stopped by its process id.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anyhow::Context;

use crate::command;

/// Names are written this wide, so that lines begin in one column.
const WIDTH: usize = 13;

/// A running program. It is stopped when we end, however we do.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) name: String,
    pub(super) pid: u32,
    /// The lines of its standard output.
    lines: Receiver<String>,
    /// Hears, or breaks off, when it has ended.
    ended: Receiver<()>,
}

impl Child {
    /// Starts `command` in a process group of its own: Ctrl-C reaches us alone, and we stop it when its turn comes.
    pub(super) fn start(name: &str, command: &Command) -> anyhow::Result<Self> {
        let mut bound = Command::new("setpriv");
        // Should we be killed, it is asked to stop all the same (Linux ties that to the thread, which is the first one).
        bound.args(["--pdeathsig", "TERM"]).arg(command.get_program()).args(command.get_args());
        bound.envs(command.get_envs().filter_map(|(variable, value)| Some((variable, value?))));
        bound.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = bound.spawn().with_context(|| format!("{name} can't be started"))?;
        let pid = child.id();
        let (tell, lines) = channel();
        pass_on(name, child.stderr.take().context("its errors")?, None);
        pass_on(name, child.stdout.take().context("its output")?, Some(tell));
        let (end, ended) = channel();
        let named = name.to_owned();
        std::thread::spawn(move || {
            match child.wait() {
                Ok(status) if status.success() => eprintln!("{named:<WIDTH$} | ended"),
                Ok(status) => eprintln!("{named:<WIDTH$} | ended with {status}"),
                Err(error) => eprintln!("{named:<WIDTH$} | can't be waited for: {error}"),
            }
            drop(end);
        });
        Ok(Self { name: name.to_owned(), pid, lines, ended })
    }

    /// The first line it writes to standard output that `wanted` takes, or `None` when it ends without one.
    pub(super) fn line<T>(&self, wanted: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.lines.iter().find_map(|line| wanted(&line))
    }

    /// Whether it has ended.
    pub(super) fn has_ended(&self) -> bool {
        matches!(self.ended.try_recv(), Err(std::sync::mpsc::TryRecvError::Disconnected))
    }

    /// Sends it a signal, unless it has ended.
    pub(super) fn signal(&self, name: &str) {
        if !self.has_ended() {
            // Gone in this moment is as good.
            let _ = command::capture(Command::new("kill").args([&format!("-{name}"), &self.pid.to_string()]));
        }
    }

    /// Waits until it has ended; when it takes longer than `patience`, it is killed.
    pub(super) fn until_ended(&self, patience: Duration) {
        use std::sync::mpsc::RecvTimeoutError::Timeout;
        if self.ended.recv_timeout(patience) == Err(Timeout) {
            eprintln!("{} doesn't stop in {patience:?} and is killed", self.name);
            self.signal("KILL");
            let _ = self.ended.recv();
        }
    }
}

fn pass_on(name: &str, from: impl Read + Send + 'static, tell: Option<Sender<String>>) {
    let name = name.to_owned();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            eprintln!("{name:<WIDTH$} | {line}");
            if let Some(tell) = &tell {
                // Nobody may listen any more.
                let _ = tell.send(line);
            }
        }
    });
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_program_is_heard_stopped_by_its_id_and_killed_when_it_will_not() {
        let shell = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]).env("WORD", "ready");
            Child::start("shell", &command).unwrap()
        };
        let is = |wanted: &'static str| move |line: &str| (line == wanted).then_some(());
        let patient = Duration::from_secs(60);
        let child = shell("echo other; echo $WORD; exec sleep 600");
        assert_eq!(child.line(is("ready")), Some(()));
        assert!(!child.has_ended());
        child.signal("TERM");
        child.until_ended(patient);
        assert!(child.has_ended());

        let stubborn = shell("trap '' TERM; echo $WORD; while :; do sleep 600; done");
        assert_eq!(stubborn.line(is("ready")), Some(()));
        stubborn.signal("TERM");
        stubborn.until_ended(Duration::from_millis(1));
        assert!(stubborn.has_ended());
        assert_eq!(shell("echo only").line(is("ready")), None);
    }
}
