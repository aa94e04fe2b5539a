//! A PostgreSQL server of one's own: on a free loopback port, with full durability, gone when it is dropped.
//!
//! With `DATABASE_URL` set, databases are made on that server instead, and it is never stopped.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use crate::server::{Server, as_user, free_port, unprivileged};

/// How long a server may take to come up, on a machine that compiles beside it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who the superuser is.
const USER: &str = "seinhuis";

/// Settings for benchmarks: the room of a machine, not of a laptop; durability is as the log demands it.
pub const ROOMY: &[&str] =
    &["shared_buffers=512MB", "max_wal_size=4GB", "checkpoint_timeout=15min", "wal_buffers=16MB"];

/// A server, and how many databases were made on it.
#[derive(Debug)]
pub struct Postgres {
    at: String,
    made: AtomicU32,
    own: Option<Own>,
}

/// A server that is ours to stop.
#[derive(Debug)]
struct Own {
    server: Option<Server>,
    port: u16,
    settings: Vec<String>,
    /// Last, so that the server is gone before its files are.
    folder: tempfile::TempDir,
}

impl Postgres {
    /// Starts one with PostgreSQL's own settings, or takes the one that `DATABASE_URL` names.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_with(&[])
    }

    /// Starts one with more settings (`name=value`), or takes the one that `DATABASE_URL` names as it is.
    pub fn start_with(settings: &[&str]) -> anyhow::Result<Self> {
        match named() {
            Some(url) => {
                let at = url.trim_end_matches('/').to_owned();
                Ok(Self { at: server_part(&at).to_owned(), made: AtomicU32::new(0), own: None })
            }
            None => Self::start_private(settings),
        }
    }

    /// Starts one whatever `DATABASE_URL` says, with more settings (`name=value`): for tests that stop, starve or
    /// tune it.
    pub fn start_private(settings: &[&str]) -> anyhow::Result<Self> {
        Self::start_private_in(&std::env::temp_dir(), settings)
    }

    /// The same, with its files below `parent`.
    pub fn start_private_in(parent: &Path, settings: &[&str]) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("seinhuis-postgres-").tempdir_in(parent)?;
        let data = folder.path().join("data");
        copy(&template()?, &data)?;
        as_user(Command::new("true"), folder.path())?;
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let port = free_port()?;
        let mut own = Own { server: None, port, settings, folder };
        own.boot()?;
        let at = format!("postgres://{USER}@127.0.0.1:{port}");
        Ok(Self { at, made: AtomicU32::new(0), own: Some(own) })
    }

    /// A new, empty database: its address.
    pub fn database(&self) -> anyhow::Result<String> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let name = format!("seinhuis_{}_{number}", std::process::id());
        if self.own.is_none() {
            self.psql("postgres", &format!("DROP DATABASE IF EXISTS {name}"))?;
        }
        self.psql("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(format!("{}/{name}", self.at))
    }

    /// A new, empty database with its files below `folder`, which becomes the server's: its address.
    pub fn database_on(&self, folder: &Path) -> anyhow::Result<String> {
        as_user(Command::new("true"), folder)?;
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let name = format!("seinhuis_{}_{number}", std::process::id());
        self.psql("postgres", &format!("CREATE TABLESPACE {name} LOCATION '{}'", folder.display()))?;
        self.psql("postgres", &format!("CREATE DATABASE {name} TABLESPACE {name}"))?;
        Ok(format!("{}/{name}", self.at))
    }

    /// Runs statements in a database and gives what psql prints of their rows: unaligned, `|` between columns.
    pub fn psql(&self, database: &str, statements: &str) -> anyhow::Result<String> {
        let mut psql = Command::new("psql");
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d"]);
        let output = psql.arg(format!("{}/{database}", self.at)).args(["-c", statements]).output();
        let output = output.context("psql can't be started: install postgresql-client")?;
        ensure!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// The port of a server of our own.
    pub fn port(&self) -> Option<u16> {
        self.own.as_ref().map(|own| own.port)
    }

    /// The process id of a server of our own, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.own.as_ref()?.server.as_ref().map(Server::pid)
    }

    /// Ends a server of our own at once, as a crash would (SIGKILL to all of its processes).
    pub fn kill(&mut self) -> anyhow::Result<()> {
        let own = self.own.as_mut().context("this server isn't ours to stop")?;
        own.server.take().map_or(Ok(()), Server::kill_group)
    }

    /// Ends a server of our own by its own immediate shutdown: nothing is finished or tidied, as after a crash.
    pub fn shut_down_immediately(&mut self) -> anyhow::Result<()> {
        let own = self.own.as_mut().context("this server isn't ours to stop")?;
        own.server.take().map_or(Ok(()), |server| server.end("QUIT"))
    }

    /// Starts a server of our own again after it was ended; returns when it takes connections.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        let own = self.own.as_mut().context("this server isn't ours to start")?;
        ensure!(own.server.is_none(), "it runs");
        own.boot()
    }
}

impl Own {
    fn boot(&mut self) -> anyhow::Result<()> {
        let mut postgres = Command::new(programs()?.join("postgres"));
        postgres.arg("-D").arg(self.folder.path().join("data"));
        postgres.args(["-p", &self.port.to_string(), "-k", ""]);
        let fixed =
            ["listen_addresses=127.0.0.1", "fsync=on", "synchronous_commit=on", "full_page_writes=on"];
        for setting in fixed.into_iter().chain(self.settings.iter().map(String::as_str)) {
            postgres.args(["-c", setting]);
        }
        let log = self.folder.path().join("postgres.log");
        let mut server = Server::start(postgres, &log)?;
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(status) = server.ended()? {
                bail!("PostgreSQL ended with {status}: {}", std::fs::read_to_string(&log)?);
            }
            let mut ready = Command::new(programs()?.join("pg_isready"));
            ready.args(["-q", "-h", "127.0.0.1", "-t", "1", "-p", &self.port.to_string()]);
            if ready.status()?.success() {
                self.server = Some(server);
                return Ok(());
            }
        }
        bail!("PostgreSQL isn't ready after {PATIENCE:?}: {}", std::fs::read_to_string(&log)?)
    }
}

#[expect(clippy::disallowed_methods, reason = "tests are told which server to use")]
fn named() -> Option<String> {
    std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty())
}

/// The address up to the name of the database.
fn server_part(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |slash| &url[..host + slash])
}

/// Where the newest installed server's programs are.
pub fn programs() -> anyhow::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, programs)| programs.join("initdb").is_file())
        .max_by_key(|(version, _)| *version);
    newest.map(|(_, programs)| programs).context("no PostgreSQL server is installed: install postgresql")
}

/// An initialised data folder, made once per machine and version: `initdb` takes seconds, a copy does not.
fn template() -> anyhow::Result<PathBuf> {
    let programs = programs()?;
    let version =
        programs.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    let user = unprivileged().unwrap_or_default();
    let template = std::env::temp_dir().join(format!("seinhuis-initdb-{version}-{user}"));
    if template.join("PG_VERSION").is_file() {
        return Ok(template);
    }
    let making = tempfile::Builder::new().prefix("seinhuis-initdb-").tempdir()?;
    let mut initdb = Command::new(programs.join("initdb"));
    initdb.args(["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions", "-U", USER]);
    let data = making.path().join("data");
    let output = as_user(initdb, making.path())?.arg("-D").arg(&data).output()?;
    ensure!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));
    // Whoever is second finds the first one's folder in the way, which is as good.
    if let Err(error) = std::fs::rename(&data, &template) {
        ensure!(template.join("PG_VERSION").is_file(), "{} can't be made: {error}", template.display());
    }
    Ok(template)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let status = Command::new("cp").arg("-a").arg(from).arg(to).status()?;
    ensure!(status.success(), "{} can't be copied", from.display());
    Ok(())
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::PgBouncer;

    #[test]
    fn databases_are_apart_and_outlive_a_crash_of_the_server() {
        let mut server = Postgres::start_private(&[]).unwrap();
        let (one, other) = (server.database().unwrap(), server.database().unwrap());
        assert_ne!(one, other);
        let name = one.rsplit('/').next().unwrap();
        server.psql(name, "CREATE TABLE kept (x int); INSERT INTO kept VALUES (7)").unwrap();
        server.kill().unwrap();
        assert!(server.psql(name, "SELECT 1").is_err());
        server.restart().unwrap();
        assert_eq!(server.psql(name, "SELECT x FROM kept").unwrap(), "7");
    }

    #[test]
    fn a_pooler_leads_to_the_same_database() {
        let server = Postgres::start_private(&[]).unwrap();
        let database = server.database().unwrap();
        let pooler = PgBouncer::start(&server, 2).unwrap();
        let by_way_of_it = Command::new("psql")
            .args(["-XAtc", "SELECT current_database()", "-d", &pooler.address(&database)])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&by_way_of_it.stdout).into_owned();
        assert!(database.ends_with(said.trim()), "{said} {by_way_of_it:?}");
    }

    #[test]
    fn the_server_of_an_address_is_what_comes_before_the_database() {
        for url in ["postgres://me:secret@db:5432", "postgres://me:secret@db:5432/seinhuis"] {
            assert_eq!(server_part(url), "postgres://me:secret@db:5432");
        }
    }
}
