//! `seinhuis audit`: the ladder judged by the log alone, by other rules than those that climb it.

use jiff::Timestamp;
use seinhuis_auditor::{Audit, read};
use seinhuis_domain::calendar::{read_start, render};

use super::print;
use crate::cli::Surroundings;
use crate::say;

/// Checks every case's climbs and its next step against the log: withheld, early, doubled, told to the wrong people.
#[derive(Debug, clap::Args)]
pub struct AuditArgs {
    /// As of when, as in 2026-05-01: what was due by then must have happened. Otherwise at the last event of the log.
    #[arg(long, value_parser = read_start)]
    at: Option<Timestamp>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command: 0 when all is well, 1 when something was found.
pub async fn run(args: AuditArgs, around: &Surroundings) -> anyhow::Result<u8> {
    let store = around.store().await?;
    let mut audit = Audit::default();
    let done = read(&store.log, &mut audit).await;
    store.close().await;
    done?;
    let at = args.at.unwrap_or_else(|| audit.at());
    let findings = audit.findings(Timestamp::MIN, at);
    if args.json {
        let one = |finding: &seinhuis_auditor::Finding| {
            serde_json::json!({
                "case": finding.case.to_string(),
                "position": finding.position.0,
                "wrong": finding.wrong.as_str(),
                "said": finding.wrong.to_string(),
            })
        };
        print::json(&serde_json::json!({
            "position": audit.position().0,
            "at": render(at),
            "open": audit.open(),
            "findings": findings.iter().map(one).collect::<Vec<_>>(),
        }));
    } else {
        findings.iter().for_each(|finding| say!("FOUND {finding}"));
        let verdict = if findings.is_empty() { "all is well" } else { "NOT well" };
        say!("{verdict}: {} cases wait for a climb, up to position {}", audit.open(), audit.position());
    }
    Ok(u8::from(!findings.is_empty()))
}
