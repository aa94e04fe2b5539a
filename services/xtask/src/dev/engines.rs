//! What a split hub stands on: PostgreSQL and NATS, as servers of our own on free ports of this machine.

use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::Child;
use super::place::{Place, as_server};
use crate::{command, need};

/// How long a server may take to come up or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// The superuser of the database server, who is also the hub.
const USER: &str = "seinhuis";

/// The organisation that the feed says it is of: the number of none.
const OIN: &str = "00000001823288444000";

/// The running servers.
#[derive(Debug, Default)]
pub(super) struct Engines {
    servers: Vec<Child>,
}

impl Engines {
    /// Starts both and makes what is missing in them: the settings of a hub that stands on them.
    pub(super) fn start(&mut self, place: &Place) -> anyhow::Result<String> {
        let (sql, nats) = (free_port()?, free_port()?);
        self.postgres(place, sql)?;
        self.nats(place, nats)?;
        for database in ["seinhuis", "seinhuis_keys"] {
            if psql(sql, &format!("SELECT 1 FROM pg_database WHERE datname = '{database}'"))?.is_empty() {
                psql(sql, &format!("CREATE DATABASE {database}"))?;
            }
        }
        let at = format!("postgres://{USER}@127.0.0.1:{sql}");
        Ok(format!(
            "[data]\nlog_url = \"{at}/seinhuis\"\nviews_url = \"{at}/seinhuis\"\n\
             [keys]\nurl = \"{at}/seinhuis_keys\"\n[bus]\nurl = \"nats://127.0.0.1:{nats}\"\n\
             [feed]\noin = \"{OIN}\"\n"
        ))
    }

    fn postgres(&mut self, place: &Place, port: u16) -> anyhow::Result<()> {
        let programs = need::postgres::programs()?;
        let data = place.of_server("postgres")?;
        if !data.join("PG_VERSION").is_file() {
            let mut initdb = as_server(&programs.join("initdb"))?;
            initdb.args(["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", USER, "-D"]);
            command::capture(initdb.arg(&data))?;
        }
        let mut postgres = as_server(&programs.join("postgres"))?;
        postgres.arg("-D").arg(&data).args(["-p", &port.to_string(), "-k", ""]);
        for setting in ["listen_addresses=127.0.0.1", "max_connections=300", "log_min_messages=error"] {
            postgres.args(["-c", setting]);
        }
        self.servers.push(Child::start("postgres", &postgres)?);
        self.until("PostgreSQL takes connections", || psql(port, "SELECT 1").is_ok())
    }

    fn nats(&mut self, place: &Place, port: u16) -> anyhow::Result<()> {
        let mut nats = as_server(&need::nats::program())?;
        nats.args(["--jetstream", "--addr", "127.0.0.1", "--port", &port.to_string(), "--store_dir"]);
        nats.arg(place.of_server("nats")?);
        self.servers.push(Child::start("nats", &nats)?);
        self.until("NATS takes connections", || TcpStream::connect(("127.0.0.1", port)).is_ok())
    }

    fn until(&self, what: &str, holds: impl Fn() -> bool) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        while !holds() {
            if let Some(server) = self.servers.iter().find(|server| server.has_ended()) {
                bail!("{} has ended", server.name);
            }
            if Instant::now() > until {
                bail!("{what}: not in {PATIENCE:?}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Stops them, the last one first.
    pub(super) fn stop(&mut self) {
        for server in self.servers.drain(..).rev() {
            // PostgreSQL's fast shutdown.
            server.signal("INT");
            server.until_ended(PATIENCE);
        }
    }
}

impl Drop for Engines {
    fn drop(&mut self) {
        self.stop();
    }
}

fn psql(port: u16, statement: &str) -> anyhow::Result<String> {
    let mut psql = Command::new("psql");
    psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", USER]);
    let said = command::capture(psql.args(["-p", &port.to_string(), "-d", "postgres", "-c", statement]))?;
    Ok(said.trim().to_owned())
}

/// A port nobody listens on just now.
fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port")?;
    Ok(listener.local_addr()?.port())
}
