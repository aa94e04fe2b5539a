//! A Prometheus of one's own: on a free loopback port, with targets to look at, its files in a folder that goes when it does.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::http;
use crate::server::{Server, as_user, free_port};

/// How long a server may take to come up, on a machine that compiles beside it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server. It stops when this is dropped.
#[derive(Debug)]
pub struct Prometheus {
    port: u16,
    _server: Server,
    /// Last, so that the server is gone before its files are.
    _folder: tempfile::TempDir,
}

impl Prometheus {
    /// Starts one that looks at `127.0.0.1:target`, five times a second, as a job called `seinhuis`.
    pub fn start(target: u16) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("seinhuis-prometheus-").tempdir()?;
        as_user(Command::new("true"), folder.path())?;
        let settings = format!(
            "global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}\n\
             scrape_configs: [{{job_name: seinhuis, static_configs: [{{targets: [\"127.0.0.1:{target}\"]}}]}}]\n"
        );
        let (file, port) = (folder.path().join("prometheus.yml"), free_port()?);
        std::fs::write(&file, settings)?;
        let mut command = Command::new("prometheus");
        command.arg(format!("--config.file={}", file.display()));
        command.arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()));
        command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
        let log = folder.path().join("prometheus.log");
        let mut server = Server::start(command, &log).context("install prometheus")?;
        let until = Instant::now() + PATIENCE;
        while !matches!(http::get(port, "/-/ready"), Ok((200, _))) {
            if server.ended()?.is_some() || Instant::now() > until {
                bail!("prometheus isn't ready: {}", std::fs::read_to_string(&log)?);
            }
        }
        Ok(Self { port, _server: server, _folder: folder })
    }

    /// The names of all series of its target that have a value now.
    pub fn names(&self) -> anyhow::Result<Vec<String>> {
        let found = self.ask("/api/v1/query?query=group+by+(__name__)+({job%3D%22seinhuis%22})")?;
        let found = found["result"].as_array().context("no list")?;
        Ok(found.iter().filter_map(|one| one["metric"]["__name__"].as_str()).map(str::to_owned).collect())
    }

    /// The data of its answer to a GET of its API.
    pub fn ask(&self, path: &str) -> anyhow::Result<Value> {
        let (status, body) = http::get(self.port, path)?;
        ensure!(status == 200, "{status}: {body}");
        Ok(serde_json::from_str::<Value>(&body)?["data"].take())
    }
}
