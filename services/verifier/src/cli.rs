//! The command line: what is verified, with which key, and what is said about it.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use data_encoding::HEXLOWER;
use seinhuis_verifier::{Finding, Key, Proven, Verdict, consistency, inclusion, verify};

/// Verifies exports and proofs of a Seinhuis log, without any code of Seinhuis.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Args)]
struct Signer {
    /// The log's verifier key: name+id+key.
    #[arg(long, value_name = "VKEY", value_parser = Key::parse)]
    key: Key,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The export of a whole log.
    Log {
        /// The file that `seinhuis export` wrote.
        export: PathBuf,
        #[command(flatten)]
        signer: Signer,
        /// A signed checkpoint that was kept elsewhere; may be given again.
        #[arg(long, value_name = "NOTE_FILE")]
        checkpoint: Vec<PathBuf>,
    },
    /// A proof that an event is in the log.
    Inclusion {
        /// The proof, a JSON file.
        proof: PathBuf,
        #[command(flatten)]
        signer: Signer,
    },
    /// A proof that the log is an earlier one with more after it.
    Consistency {
        /// The proof, a JSON file.
        proof: PathBuf,
        #[command(flatten)]
        signer: Signer,
    },
}

impl Cli {
    /// Verifies, and tells it.
    pub(crate) fn run(self) -> ExitCode {
        let told = match self.what {
            What::Log { export, signer, checkpoint } => log(&export, &signer.key, &checkpoint),
            What::Inclusion { proof, signer } => prove(&proof, |bytes| inclusion(bytes, &signer.key)),
            What::Consistency { proof, signer } => prove(&proof, |bytes| consistency(bytes, &signer.key)),
        };
        match told {
            Ok(told) => {
                // A reader that has gone away is no finding.
                let _ = write!(std::io::stdout().lock(), "{}", told.text);
                ExitCode::from(u8::from(!told.sound))
            }
            Err(why) => {
                let _ = writeln!(std::io::stderr().lock(), "error: {why}");
                ExitCode::from(2)
            }
        }
    }
}

struct Told {
    text: String,
    sound: bool,
}

impl Told {
    fn of(summary: &str, findings: &[Finding], sound: &str) -> Self {
        let found: String = findings.iter().map(|finding| format!("  FOUND {finding}\n")).collect();
        let is_sound = findings.is_empty();
        let end = if is_sound { sound } else { "NOT sound" };
        Self { text: format!("{summary}{found}{end}\n"), sound: is_sound }
    }
}

fn log(path: &Path, key: &Key, kept: &[PathBuf]) -> Result<Told, String> {
    let kept: Vec<Vec<u8>> = kept.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
    let export = BufReader::with_capacity(1 << 20, File::open(path).map_err(|why| failed(path, why))?);
    let verdict = verify(export, key, &kept).map_err(|why| {
        let source = std::error::Error::source(&why).map_or(String::new(), |source| format!(": {source}"));
        format!("{}: {why}{source}", path.display())
    })?;
    Ok(Told::of(&summary(&verdict), &verdict.findings, "sound"))
}

fn summary(verdict: &Verdict) -> String {
    let Verdict { events, root, checkpoints, signed, .. } = verdict;
    let root = HEXLOWER.encode(root);
    let open = match events.saturating_sub(*signed) {
        0 => String::new(),
        open => format!("; the last {open} aren't signed yet"),
    };
    format!(
        "log: {events} events, root {root}\n{checkpoints} checkpoints hold, signed up to {signed}{open}\n"
    )
}

fn prove<E: std::fmt::Display>(
    path: &Path,
    check: impl FnOnce(&[u8]) -> Result<Proven, E>,
) -> Result<Told, String> {
    let proven = check(&read(path)?).map_err(|why| failed(path, why))?;
    Ok(Told::of("", &proven.findings, &format!("sound: {}", proven.says)))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|why| failed(path, why))
}

fn failed(path: &Path, why: impl std::fmt::Display) -> String {
    format!("{}: {why}", path.display())
}
