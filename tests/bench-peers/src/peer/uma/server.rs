//! The server: on a free loopback port, with its own defaults, its file in a folder that goes with it.

use std::fs::File;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use seinhuis_testkit::{free_port, signal};

/// How long it may take to come up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server, ended when this is dropped. Its defaults are durable: it syncs the file before it answers.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Server {
    /// Starts `program` and waits until it takes connections.
    pub(crate) fn start(program: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("bench-umadb-").tempdir()?;
        let port = free_port()?;
        let log = folder.path().join("umadb.log");
        let out = File::create(&log)?;
        // Tied to our life, also when we are killed.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM"]).arg(program).env_clear();
        command
            .args(["--listen", &format!("127.0.0.1:{port}"), "--db-path"])
            .arg(folder.path().join("uma.db"));
        command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        let child = command.spawn().context("UmaDB can't be started (is setpriv of util-linux here?)")?;
        let mut server = Self { child, port, folder };
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("UmaDB ended with {status}: {}", std::fs::read_to_string(&log)?);
            }
            if Instant::now() > until {
                bail!("UmaDB isn't ready after {PATIENCE:?}: {}", std::fs::read_to_string(&log)?);
            }
            std::thread::yield_now();
        }
        Ok(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How large its file is.
    pub(crate) fn bytes(&self) -> anyhow::Result<u64> {
        Ok(std::fs::metadata(self.folder.path().join("uma.db"))?.len())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if signal("TERM", self.child.id()).is_err() {
            // It ended by itself.
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
