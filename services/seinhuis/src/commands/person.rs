//! `seinhuis person add`: the officials who may ask, and their tokens.

use anyhow::Context as _;
use seinhuis_domain::access::Role;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::PersonId;

use super::print;
use crate::cli::Surroundings;
use crate::say;

/// Admits people and ends their tokens.
#[derive(Debug, clap::Subcommand)]
pub enum PersonCommand {
    /// Admits a person by function and shows a new token, once.
    Add(AddArgs),
    /// Ends all tokens of a person. A serving hub heeds it within a second or so.
    Revoke {
        /// The short name of the function.
        id: PersonId,
    },
}

/// What `person add` takes.
#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// The short name of the function, as in regisseur-ulft. One of the profile needs no more.
    id: PersonId,
    /// What he may do: regisseur, team_member, college, analyst or operator.
    #[arg(long)]
    role: Option<Role>,
    /// Where, by area code; may be given more than once.
    #[arg(long = "area")]
    areas: Vec<String>,
    /// How many days the token counts.
    #[arg(long)]
    days: Option<u16>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub async fn run(command: PersonCommand, around: &Surroundings) -> anyhow::Result<()> {
    match command {
        PersonCommand::Add(args) => add(args, around).await,
        PersonCommand::Revoke { id } => revoke(&id, around).await,
    }
}

async fn revoke(id: &PersonId, around: &Surroundings) -> anyhow::Result<()> {
    let store = around.store().await?;
    let any = store.revoke_person(id).await?;
    store.close().await;
    say!("{}", if any { format!("all tokens of {id} are revoked") } else { format!("{id} had no token") });
    Ok(())
}

async fn add(args: AddArgs, around: &Surroundings) -> anyhow::Result<()> {
    let profile = around.profile()?.profile;
    let entry = profile.people.iter().find(|person| person.id == args.id);
    let stranger = || format!("{} is not in profile {}: give --role and --area", args.id, profile.name);
    let role = args.role.or_else(|| entry.map(|e| e.role)).with_context(stranger)?;
    let mut areas = args.areas.into_iter().map(AreaCode::new).collect::<Result<Vec<_>, _>>()?;
    if areas.is_empty() {
        areas = entry.map(|e| e.areas.clone()).with_context(stranger)?;
    }
    let store = around.store().await?;
    let days = args.days.unwrap_or(around.config.tokens.days);
    let token = store.admit_person(&args.id, role, areas.clone(), days).await?;
    store.close().await;
    if args.json {
        print::json(
            &serde_json::json!({ "person": args.id, "role": role, "areas": areas, "token": token.reveal() }),
        );
    } else {
        let areas = areas.iter().map(AreaCode::as_str).collect::<Vec<_>>().join(", ");
        say!("{} is admitted as {role} in {areas}. The token, shown only now:\n{}", args.id, token.reveal());
    }
    Ok(())
}
