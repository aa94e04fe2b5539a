//! `seinhuis doctor`: what is wrong with the hub, and what to do about it.

use super::print;
use crate::cli::Surroundings;
use crate::doctor::{self, Check, Found, Verdict};
use crate::say;

/// Looks at everything around the hub and says what is wrong and what to do about it, also while the hub serves. Changes
/// nothing and sends nothing. The exit code is 0 when all is well, 1 with a warning, 2 with a failure.
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// Only these groups or checks, as in postgres or postgres/fsync.
    #[arg(long, value_name = "GROUP_OR_CHECK")]
    only: Vec<String>,
    /// Only lists the checks.
    #[arg(long)]
    list: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub async fn run(
    args: DoctorArgs,
    around: impl FnOnce() -> anyhow::Result<Surroundings>,
) -> anyhow::Result<u8> {
    let checks = chosen(&args.only)?;
    if args.list {
        list(&checks, args.json);
        return Ok(0);
    }
    let found = doctor::examine(around(), &checks).await;
    if args.json {
        print::json(&serde_json::json!({
            "verdict": doctor::worst(&found).word(),
            "checks": found.iter().map(one).collect::<Vec<_>>(),
        }));
    } else {
        show(&found);
    }
    Ok(doctor::worst(&found).code())
}

fn chosen(only: &[String]) -> anyhow::Result<Vec<&'static Check>> {
    let meant = |asked: &String| doctor::all().any(|check| check.is_meant_by(asked));
    if let Some(unknown) = only.iter().find(|asked| !meant(asked)) {
        anyhow::bail!("there is no group and no check {unknown:?}: `seinhuis doctor --list`");
    }
    Ok(doctor::all()
        .filter(|check| only.is_empty() || only.iter().any(|asked| check.is_meant_by(asked)))
        .collect())
}

fn list(checks: &[&Check], json: bool) {
    if json {
        let one = |check: &&Check| serde_json::json!({ "check": check.name(), "looks_at": check.looks_at });
        print::json(&serde_json::Value::Array(checks.iter().map(one).collect()));
        return;
    }
    let row = |check: &&Check| vec![check.name(), check.looks_at.to_owned()];
    print::table(&["check", "looks at"], &checks.iter().map(row).collect::<Vec<_>>());
}

fn one(Found { check, judged }: &Found) -> serde_json::Value {
    serde_json::json!({
        "check": check.name(),
        "looks_at": check.looks_at,
        "verdict": judged.verdict.word(),
        "said": judged.said,
        "remedy": judged.remedy,
    })
}

fn show(found: &[Found]) {
    for Found { check, judged } in found {
        say!("{:<8} {:<28} {}", judged.verdict.word(), check.name(), judged.said);
        if let Some(remedy) = judged.remedy {
            say!("{:37} do: {remedy}", "");
        }
    }
    let count = |verdict| found.iter().filter(|found| found.judged.verdict == verdict).count();
    let told = [Verdict::Failure, Verdict::Warning, Verdict::Advice, Verdict::Ok, Verdict::Skipped];
    let told: Vec<_> = told.iter().map(|verdict| format!("{} {}", count(*verdict), verdict.word())).collect();
    say!("\n{} checks: {}", found.len(), told.join(", "));
}
