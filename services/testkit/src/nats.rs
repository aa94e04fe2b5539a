//! A nats-server of one's own, with JetStream: on a free loopback port, its files in a folder that goes when it does.
//!
//! With `NATS_URL` set, that server is used instead, and it is never stopped.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use crate::server::{Server, as_user, free_port};

/// How long a server may take to come up, on a machine that compiles beside it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server.
#[derive(Debug)]
pub struct Nats {
    url: String,
    own: Option<Own>,
}

/// A server that is ours to stop.
#[derive(Debug)]
struct Own {
    server: Option<Server>,
    port: u16,
    /// Last, so that the server is gone before its files are.
    folder: tempfile::TempDir,
}

impl Nats {
    /// Starts one, or takes the one that `NATS_URL` names.
    pub fn start() -> anyhow::Result<Self> {
        match named() {
            Some(url) => Ok(Self { url, own: None }),
            None => Self::start_private(),
        }
    }

    /// Starts one whatever `NATS_URL` says: for tests that stop or empty it.
    pub fn start_private() -> anyhow::Result<Self> {
        Self::start_private_with("")
    }

    /// The same, with more settings in the words of its own configuration file: users, limits, TLS.
    pub fn start_private_with(settings: &str) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("seinhuis-nats-").tempdir()?;
        as_user(Command::new("true"), folder.path())?;
        let port = free_port()?;
        let store = folder.path().join("store");
        let fixed =
            format!("listen: \"127.0.0.1:{port}\"\njetstream {{ store_dir: \"{}\" }}\n", store.display());
        std::fs::write(folder.path().join("nats.conf"), fixed + settings)?;
        let mut own = Own { server: None, port, folder };
        own.boot()?;
        Ok(Self { url: format!("nats://127.0.0.1:{port}"), own: Some(own) })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The port of a server of our own.
    pub fn port(&self) -> Option<u16> {
        self.own.as_ref().map(|own| own.port)
    }

    /// The process id of a server of our own, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.own.as_ref()?.server.as_ref().map(Server::pid)
    }

    /// Ends a server of our own at once, as a crash would (SIGKILL).
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.ours()?.server.take().map_or(Ok(()), Server::kill_group)
    }

    /// Starts a server of our own again after it was ended; returns when it takes connections.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        let own = self.ours()?;
        ensure!(own.server.is_none(), "it runs");
        own.boot()
    }

    /// Stops a server of our own, throws away all that JetStream kept, and starts it again.
    pub fn wipe(&mut self) -> anyhow::Result<()> {
        let own = self.ours()?;
        own.server.take().map_or(Ok(()), |server| server.end("INT"))?;
        std::fs::remove_dir_all(own.folder.path().join("store"))?;
        own.boot()
    }

    fn ours(&mut self) -> anyhow::Result<&mut Own> {
        self.own.as_mut().context("this server isn't ours to stop and start")
    }
}

impl Own {
    fn boot(&mut self) -> anyhow::Result<()> {
        // Debian puts it where a user's PATH does not lead.
        let debians = Path::new("/usr/sbin/nats-server");
        let mut nats = Command::new(if debians.is_file() { debians } else { Path::new("nats-server") });
        nats.arg("-c").arg(self.folder.path().join("nats.conf"));
        let log = self.folder.path().join("nats.log");
        let mut server = Server::start(nats, &log).context("install nats-server")?;
        let until = Instant::now() + PATIENCE;
        while !greets(self.port) {
            if server.ended()?.is_some() || Instant::now() > until {
                bail!("nats-server isn't ready: {}", std::fs::read_to_string(&log)?);
            }
        }
        self.server = Some(server);
        Ok(())
    }
}

/// Whether a server says hello there. It does so once JetStream has read its files.
fn greets(port: u16) -> bool {
    let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let mut hello = String::new();
    let heard =
        stream.set_read_timeout(Some(PATIENCE)).and_then(|()| BufReader::new(stream).read_line(&mut hello));
    heard.is_ok() && hello.starts_with("INFO ")
}

#[expect(clippy::disallowed_methods, reason = "tests are told which server to use")]
fn named() -> Option<String> {
    std::env::var("NATS_URL").ok().filter(|url| !url.is_empty())
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_server_is_killed_and_started_again_on_its_port_and_loses_its_files_when_wiped() {
        let mut nats = Nats::start_private().unwrap();
        let (port, first) = (nats.port().unwrap(), nats.pid().unwrap());
        let kept = nats.own.as_ref().unwrap().folder.path().join("store/kept");
        std::fs::write(&kept, "").unwrap();
        nats.kill().unwrap();
        assert!(!greets(port) && nats.pid().is_none());
        nats.restart().unwrap();
        assert!(greets(port) && kept.exists());
        assert_ne!(nats.pid().unwrap(), first);
        nats.wipe().unwrap();
        assert!(greets(port) && !kept.exists());
    }
}
