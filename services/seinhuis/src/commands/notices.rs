//! `seinhuis notices dead|replay`: what could not be delivered, and trying it again once the cause is gone. A notice keeps
//! its id, so whoever got it after all knows it again.

use std::collections::BTreeSet;

use seinhuis_domain::ids::NoticeId;
use seinhuis_domain::notice::{Notice, NoticeCommand, NoticeFacts};
use seinhuis_eventstore::{ExecuteError, Position};
use seinhuis_projections::{NoticeRow, Views};

use super::print;
use crate::cli::Surroundings;
use crate::hub::groups::NOTICES;
use crate::say;
use crate::store::Store;

/// Notices read at a time.
const PAGE: usize = 1_000;

/// Lists the notices that failed for good, and has them tried again.
#[derive(Debug, clap::Subcommand)]
pub enum NoticesCommand {
    /// Lists what failed for good, with the position of the event that says so.
    Dead {
        /// Which ones.
        #[command(flatten)]
        range: Range,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Has notices that failed for good tried again, from the first way on: those named, or those of a range.
    #[command(arg_required_else_help = true)]
    Replay {
        /// The notices.
        ids: Vec<NoticeId>,
        /// Which ones.
        #[command(flatten)]
        range: Range,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Where the log says that a notice failed.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Range {
    /// The first position.
    #[arg(long)]
    from: Option<u64>,
    /// The last position.
    #[arg(long)]
    to: Option<u64>,
}

/// Runs the command.
pub async fn run(command: NoticesCommand, around: &Surroundings) -> anyhow::Result<()> {
    let store = around.store().await?;
    let views =
        Views::look_in(&store.folder.views_url(NOTICES.name, &around.config.data), NOTICES.models).await?;
    let done = match command {
        NoticesCommand::Dead { range, json } => list(&dead(&store, &views, range).await?, json),
        NoticesCommand::Replay { ids, range, json } => {
            match named(dead(&store, &views, range).await?, &ids) {
                Ok(chosen) => replay(&store, chosen, json).await,
                Err(error) => Err(error),
            }
        }
    };
    views.close().await;
    store.close().await;
    done
}

/// All that failed in a range. Where nobody has made the read model yet, nothing did.
async fn dead(store: &Store, views: &Views, range: Range) -> anyhow::Result<Vec<NoticeRow>> {
    let until = range.to.map_or(store.log.head(), Position);
    let mut after = Position(range.from.unwrap_or(1).saturating_sub(1));
    let mut all = Vec::new();
    while views.are_made().await? {
        let page = views.dead_notices(after, until, PAGE).await?;
        let Some(last) = page.last().and_then(|notice| notice.outcome.as_ref()) else { break };
        after = last.position;
        all.extend(page);
    }
    Ok(all)
}

/// Those that are named, or all where none is.
fn named(mut dead: Vec<NoticeRow>, ids: &[NoticeId]) -> anyhow::Result<Vec<NoticeRow>> {
    let there: BTreeSet<_> = dead.iter().map(|notice| notice.id).collect();
    if let Some(id) = ids.iter().find(|id| !there.contains(id)) {
        anyhow::bail!("notice {id} isn't among those that failed for good: seinhuis notices dead lists them");
    }
    dead.retain(|notice| ids.is_empty() || ids.contains(&notice.id));
    Ok(dead)
}

fn list(dead: &[NoticeRow], json: bool) -> anyhow::Result<()> {
    if json {
        let one = |notice: &NoticeRow| {
            let outcome = notice.outcome.as_ref();
            serde_json::json!({
                "notice": notice.id, "number": notice.number, "person": notice.person, "rung": notice.rung,
                "position": outcome.map(|outcome| outcome.position.0),
                "channel": outcome.map(|outcome| outcome.channel),
                "attempts": outcome.map(|outcome| outcome.attempts),
                "reason": outcome.and_then(|outcome| outcome.reason.as_deref()),
            })
        };
        print::json(&serde_json::json!({ "dead": dead.iter().map(one).collect::<Vec<_>>() }));
        return Ok(());
    }
    for notice in dead {
        let NoticeRow { id, number, person, rung, outcome, .. } = notice;
        let Some(outcome) = outcome else { continue };
        let reason = outcome.reason.as_deref().unwrap_or_default();
        say!("{}  {id}  {number} {rung} {person}  {} tries: {reason}", outcome.position, outcome.attempts);
    }
    say!("{} failed for good", dead.len());
    Ok(())
}

async fn replay(store: &Store, chosen: Vec<NoticeRow>, json: bool) -> anyhow::Result<()> {
    let (mut again, mut not) = (0, 0);
    for NoticeRow { id, case, area, rung, person, reminder, .. } in chosen {
        let facts = NoticeFacts { notice: id, case, area, rung, person, reminder };
        let command = NoticeCommand::Replay { facts };
        match store.log.execute::<Notice>(&(), &id.to_string(), command, &store.by_admin()).await {
            Ok(_) => again += 1,
            // Somebody else did so before, and the read model doesn't know yet.
            Err(ExecuteError::Refused(_)) => not += 1,
            Err(error) => return Err(error.into()),
        }
    }
    if json {
        print::json(&serde_json::json!({ "replayed": again, "not_failed": not }));
    } else {
        say!("{again} go out again; {not} were being tried already");
    }
    Ok(())
}
