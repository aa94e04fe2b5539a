//! `seinhuis partner add|list`: the organisations that report, and their tokens.

use anyhow::Context as _;
use seinhuis_domain::ids::PartnerId;
use seinhuis_domain::partner::DatedOin;
use seinhuis_domain::sector::Sector;
use seinhuis_projections::DirectoryView;

use super::print;
use crate::cli::Surroundings;
use crate::say;

/// Admits and lists partners.
#[derive(Debug, clap::Subcommand)]
pub enum PartnerCommand {
    /// Admits a partner and shows a new token, once.
    Add(AddArgs),
    /// Ends all tokens of a partner. A serving hub heeds it within a second or so.
    Revoke {
        /// The short name.
        id: PartnerId,
    },
    /// Lists the partners admitted.
    List {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What `partner add` takes.
#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// The short name, as in wonion. One of the profile needs no more.
    id: PartnerId,
    /// What people call it.
    #[arg(long)]
    name: Option<String>,
    /// Its sector: police, housing, care or municipal.
    #[arg(long)]
    sector: Option<Sector>,
    /// Its organisation number (OIN), 20 digits.
    #[arg(long, requires = "oin_since")]
    oin: Option<String>,
    /// From when the number stands for it, as in 2026-01-01.
    #[arg(long)]
    oin_since: Option<jiff::civil::Date>,
    /// How many days the token counts.
    #[arg(long)]
    days: Option<u16>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub async fn run(command: PartnerCommand, around: &Surroundings) -> anyhow::Result<()> {
    match command {
        PartnerCommand::Add(args) => add(args, around).await,
        PartnerCommand::Revoke { id } => revoke(&id, around).await,
        PartnerCommand::List { json } => list(json, around).await,
    }
}

async fn add(args: AddArgs, around: &Surroundings) -> anyhow::Result<()> {
    let profile = around.profile()?.profile;
    let entry = profile.partners.iter().find(|partner| partner.id == args.id);
    let stranger = || format!("{} is not in profile {}: give --name and --sector", args.id, profile.name);
    let name = args.name.or_else(|| entry.map(|e| e.name.clone())).with_context(stranger)?;
    let sector = args.sector.or_else(|| entry.map(|e| e.sector)).with_context(stranger)?;
    let oin = args.oin.zip(args.oin_since).map(|(oin, since)| DatedOin { oin, since });
    let store = around.store().await?;
    let days = args.days.unwrap_or(around.config.tokens.days);
    let token = store.admit_partner(&args.id, name, sector, oin, days).await?;
    store.close().await;
    if args.json {
        print::json(&serde_json::json!({ "partner": args.id, "sector": sector, "token": token.reveal() }));
    } else {
        say!("{} may report {sector} signals. Its token, shown only now:\n{}", args.id, token.reveal());
    }
    Ok(())
}

async fn revoke(id: &PartnerId, around: &Surroundings) -> anyhow::Result<()> {
    let store = around.store().await?;
    let any = store.revoke_partner(id).await?;
    store.close().await;
    say!("{}", if any { format!("all tokens of {id} are revoked") } else { format!("{id} had no token") });
    Ok(())
}

async fn list(json: bool, around: &Surroundings) -> anyhow::Result<()> {
    let store = around.store().await?;
    let directory = DirectoryView::load(store.log.clone()).await?.current();
    store.close().await;
    if json {
        let list = directory.partners().map(
            |(id, record)| serde_json::json!({ "partner": id, "name": record.name, "sector": record.sector }),
        );
        print::json(&list.collect());
    } else {
        let row = |(id, record): (&PartnerId, &seinhuis_domain::directory::PartnerRecord)| {
            vec![id.to_string(), record.sector.to_string(), record.name.clone()]
        };
        print::table(&["partner", "sector", "name"], &directory.partners().map(row).collect::<Vec<_>>());
    }
    Ok(())
}
