//! A process in Python that the hub tells something, and that tells each of it in a line of JSON.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::scene::own;

/// The process, which goes when this is dropped.
pub(crate) struct Receiver {
    process: Child,
    lines: BufReader<ChildStdout>,
    /// Where it listens, on loopback.
    pub(crate) port: u16,
}

impl Receiver {
    pub(crate) fn start(python: &Path, script: &str, arguments: &[&str]) -> Self {
        let mut process = Command::new(python)
            .arg(own(script))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut port = String::new();
        lines.read_line(&mut port).unwrap();
        Self { port: port.trim().parse().expect("the receiver tells its port"), process, lines }
    }

    /// The next so many things it was told, once it was.
    pub(crate) fn next(&mut self, count: usize) -> Vec<Value> {
        let lines = self.lines.by_ref().lines().take(count);
        lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
    }

    /// All it was told beyond that, once it is told no more.
    pub(crate) fn told(mut self) -> Vec<Value> {
        self.process.kill().unwrap();
        self.next(usize::MAX)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
