//! A pgbouncer in transaction mode before a PostgreSQL: nothing of a session outlives a transaction.

use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::postgres::Postgres;
use crate::server::{Server, as_user, free_port};

/// How long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A pooler, gone when this is dropped.
#[derive(Debug)]
pub struct PgBouncer {
    _server: Server,
    port: u16,
    _folder: tempfile::TempDir,
}

impl PgBouncer {
    /// Starts one before `postgres` that serves all callers of a database with `connections` of its own.
    pub fn start(postgres: &Postgres, connections: u32) -> anyhow::Result<Self> {
        let to = postgres.port().context("a pooler is put before a private server only")?;
        let folder = tempfile::Builder::new().prefix("seinhuis-pgbouncer-").tempdir()?;
        let port = free_port()?;
        let settings = folder.path().join("pgbouncer.ini");
        std::fs::write(
            &settings,
            format!(
                "[databases]\n* = host=127.0.0.1 port={to} user=seinhuis\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
                 listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n\
                 default_pool_size = {connections}\nmax_client_conn = 200\nignore_startup_parameters = extra_float_digits\n"
            ),
        )?;
        as_user(Command::new("true"), folder.path())?;
        // Debian puts it where a user's PATH does not lead.
        let debians = Path::new("/usr/sbin/pgbouncer");
        let mut pgbouncer = Command::new(if debians.is_file() { debians } else { Path::new("pgbouncer") });
        pgbouncer.arg(&settings);
        let log = folder.path().join("pgbouncer.log");
        let mut server = Server::start(pgbouncer, &log).context("install pgbouncer")?;
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if server.ended()?.is_some() || Instant::now() > until {
                bail!("pgbouncer doesn't listen: {}", std::fs::read_to_string(&log)?);
            }
        }
        Ok(Self { _server: server, port, _folder: folder })
    }

    /// The address of `database`, an address on the server itself, by way of the pooler.
    pub fn address(&self, database: &str) -> String {
        let name = database.rsplit('/').next().unwrap_or_default();
        format!("postgres://seinhuis@127.0.0.1:{}/{name}", self.port)
    }
}
