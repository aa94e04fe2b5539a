//! `seinhuis subject erase|hold|release|show`: forgetting a person, household or place, and what keeps one from it. What
//! was sealed under its key is gone then from log, read models and backups; the log still verifies.

use cqrs_es::Aggregate;
use jiff::civil::Date;
use seinhuis_domain::calendar::local_date;
use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::subject::{ErasureReason, HoldReason, Subject, SubjectCommand as Act, SubjectEvent};
use seinhuis_eventstore::keyring::{Keyring, Known};
use seinhuis_eventstore::{Position, Recorded, StreamId};

use super::print;
use crate::cli::Surroundings;
use crate::erasure::carry_out;
use crate::say;
use crate::store::Store;

/// Erases, keeps and shows subjects.
#[derive(Debug, clap::Subcommand)]
pub enum SubjectCommand {
    /// Destroys the key of a subject. This can't be undone. Cut short, it is ended by the hub or by running it again.
    Erase {
        /// The pseudonym, as `seinhuis case` shows it.
        id: SubjectId,
        /// Why: request, retention, unlawful, mistake or ordered.
        #[arg(long)]
        reason: ErasureReason,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Keeps a subject from being erased.
    Hold {
        /// The pseudonym.
        id: SubjectId,
        /// Why: proceedings, objection, investigation, claim or archive.
        #[arg(long)]
        reason: HoldReason,
        /// The last day it counts, as in 2026-12-31. Without it, until it is released.
        #[arg(long)]
        until: Option<Date>,
    },
    /// Ends what keeps a subject from being erased.
    Release {
        /// The pseudonym.
        id: SubjectId,
        /// Only the hold for this reason.
        #[arg(long)]
        reason: Option<HoldReason>,
    },
    /// Shows what is known of a subject: whether it has a key, and what happened to it.
    Show {
        /// The pseudonym.
        id: SubjectId,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub async fn run(command: SubjectCommand, around: &Surroundings) -> anyhow::Result<()> {
    let store = around.store().await?;
    let keyring = store.keyring(&around.config.keys).await?;
    let today = local_date(store.clock.now());
    let done = match command {
        SubjectCommand::Erase { id, reason, json } => erase(&store, &keyring, id, reason, today, json).await,
        SubjectCommand::Hold { id, reason, until } => {
            let position = act(&store, &keyring, id, Act::Hold { subject: id, reason, until, today }).await;
            position
                .map(|position| say!("{id} is held for {reason}; the fact stands at log position {position}"))
        }
        SubjectCommand::Release { id, reason } => {
            let position = act(&store, &keyring, id, Act::LiftHold { subject: id, reason }).await;
            position.map(|position| say!("{id} is released; the fact stands at log position {position}"))
        }
        SubjectCommand::Show { id, json } => show(&store, &keyring, id, today, json).await,
    };
    keyring.close().await;
    store.close().await;
    done
}

async fn act(store: &Store, keyring: &Keyring, id: SubjectId, command: Act) -> anyhow::Result<Position> {
    if keyring.known(id).await? == Known::Unknown {
        anyhow::bail!("no subject {id} is known");
    }
    let done = store.log.execute::<Subject>(&(), &id.to_string(), command, &store.by_admin()).await?;
    Ok(done.position)
}

async fn erase(
    store: &Store,
    keyring: &Keyring,
    id: SubjectId,
    reason: ErasureReason,
    today: Date,
    json: bool,
) -> anyhow::Result<()> {
    act(store, keyring, id, Act::OrderErasure { subject: id, reason, today }).await?;
    let position = carry_out(&store.log, keyring, id, &store.by_admin()).await?;
    if json {
        print::json(&serde_json::json!({ "subject": id, "erased": true, "position": position.0 }));
    } else {
        say!("{id} is erased; the fact stands at log position {position}");
    }
    Ok(())
}

async fn show(
    store: &Store,
    keyring: &Keyring,
    id: SubjectId,
    today: Date,
    json: bool,
) -> anyhow::Result<()> {
    let key = match keyring.known(id).await? {
        Known::Active => "active",
        Known::Erased => "erased",
        Known::Unknown => "unknown",
    };
    let rows = store.log.read_stream(&StreamId::new(Subject::TYPE, &id.to_string())).await?;
    let mut subject = Subject::default();
    let mut events = Vec::new();
    for row in &rows {
        let event: SubjectEvent = row.decode()?;
        events.push((row, said(&event)));
        subject.apply(event);
    }
    let holds: Vec<_> = subject.holds_on(today).collect();
    if json {
        let holds =
            holds.iter().map(|(reason, until)| serde_json::json!({ "reason": reason, "until": until }));
        let events = events.iter().map(|(row, said)| {
            serde_json::json!({
                "position": row.position.0, "type": row.name, "at": row.recorded_at, "actor": row.actor, "said": said,
            })
        });
        print::json(&serde_json::json!({
            "subject": id,
            "key": key,
            "ordered": subject.ordered(),
            "erased": subject.is_erased(),
            "holds": holds.collect::<Vec<_>>(),
            "events": events.collect::<Vec<_>>(),
        }));
        return Ok(());
    }
    say!("{id}: key {key}");
    holds.iter().for_each(|(reason, until)| say!("held: {reason}{}", last_day(*until)));
    let line = |(row, said): &(&Recorded, String)| {
        vec![row.position.to_string(), row.recorded_at.to_string(), row.actor.clone(), said.clone()]
    };
    print::table(&["position", "at", "by", "what"], &events.iter().map(line).collect::<Vec<_>>());
    Ok(())
}

fn said(event: &SubjectEvent) -> String {
    match event {
        SubjectEvent::SubjectHeld { reason, until, .. } => format!("held: {reason}{}", last_day(*until)),
        SubjectEvent::HoldLifted { reason, .. } => format!("released: {reason}"),
        SubjectEvent::ErasureOrdered { reason, .. } => format!("erasure ordered: {reason}"),
        SubjectEvent::SubjectErased { reason, .. } => format!("erased: {reason}"),
    }
}

fn last_day(until: Option<Date>) -> String {
    until.map_or_else(String::new, |until| format!(" until {until}"))
}
