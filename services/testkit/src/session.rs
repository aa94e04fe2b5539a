//! A psql that stays: for transactions that are held open, and for statements too many to start a program for each.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, bail};

/// What psql prints when it has done what was asked.
const DONE: &str = "-- done";

/// A connection that goes around the hub. It breaks off when this is dropped.
#[derive(Debug)]
pub struct Session {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Session {
    /// Connects to the database at `url`.
    pub fn start(url: &str) -> anyhow::Result<Self> {
        let mut psql = Command::new("psql");
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url]);
        let mut child = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("psql")?;
        let input = child.stdin.take().context("psql's input")?;
        let output = BufReader::new(child.stdout.take().context("psql's output")?);
        Ok(Self { child, input, output })
    }

    /// Runs statements and gives what psql prints of their rows: unaligned, `|` between columns.
    pub fn run(&mut self, statements: &str) -> anyhow::Result<String> {
        writeln!(self.input, "{statements};\n\\echo {DONE}")?;
        let mut said = String::new();
        loop {
            let from = said.len();
            if self.output.read_line(&mut said)? == 0 {
                bail!("psql ended with {} over {statements:?}", self.child.wait()?);
            }
            if said[from..].trim_end() == DONE {
                said.truncate(from);
                return Ok(said.trim().to_owned());
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::Postgres;

    #[test]
    fn a_transaction_stays_open_between_statements_and_goes_with_its_session() {
        let server = Postgres::start().unwrap();
        let url = server.database().unwrap();
        let mut one = Session::start(&url).unwrap();
        one.run("CREATE TABLE kept (x int); BEGIN; INSERT INTO kept VALUES (7)").unwrap();
        let mut other = Session::start(&url).unwrap();
        assert_eq!(other.run("SELECT count(*) FROM kept").unwrap(), "0");
        assert_eq!(one.run("SELECT x, x + 1 FROM kept").unwrap(), "7|8");
        drop(one);
        assert!(other.run("SELECT nothing").is_err());
    }
}
