//! `seinhuis policy check`: what is odd about a profile, beside what is refused.

use jiff::Timestamp;
use seinhuis_domain::calendar::local_date;
use seinhuis_domain::profile::advise;

use crate::profile;
use crate::say;

/// What `policy check` takes.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// The profile: oude-ijsselstreek, lelystad, or a folder.
    profile: String,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command. A profile that doesn't hold together is refused, as it is when the hub starts.
pub(super) fn run(args: &CheckArgs, now: Timestamp) -> anyhow::Result<()> {
    let advice = advise(&profile::named(&args.profile)?.profile, local_date(now));
    if args.json {
        let item = |advice: &seinhuis_domain::profile::Advice| serde_json::json!({ "finding": advice.to_string(), "remedy": advice.remedy() });
        crate::commands::print::json(&serde_json::Value::Array(advice.iter().map(item).collect()));
        return Ok(());
    }
    for one in &advice {
        say!("{one}");
        say!("    {}", one.remedy());
    }
    match advice.len() {
        0 => say!("{} holds together, and there is nothing odd about it", args.profile),
        many => say!("{} holds together; {many} to look at", args.profile),
    }
    Ok(())
}
