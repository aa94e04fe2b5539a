//! The command line: what every command shares, and which commands there are.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use seinhuis_runtime::{Clock, Entropy};

use crate::commands::{
    act, areas, audit, backup, board, calendar, case, config, demo, doctor, export, health, history, inbox,
    keys, notices, partner, person, pipeline, policy, projections, proof, send, serve, signals, subject,
    verify, watch, why, wijkanalyse,
};
use crate::config::{Effective, Flag, Sources, environment};
use crate::profile::{self, Loaded};
use crate::store::Store;

/// Seinhuis: partners send signals, the regisseur is told in time.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    settings: SettingArgs,
    #[command(subcommand)]
    command: Command,
}

/// Settings that outrank file and environment.
#[derive(Debug, clap::Args)]
struct SettingArgs {
    /// The configuration file. Without it, seinhuis.toml in the data folder is read, where there is one.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// The data folder.
    #[arg(long, global = true)]
    data: Option<String>,
    /// The profile: oude-ijsselstreek, lelystad, or a folder.
    #[arg(long, global = true)]
    profile: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows the whole hub at work on an empty folder, on a fast clock.
    Demo(demo::DemoArgs),
    /// Serves the hub.
    Serve(serve::ServeArgs),
    /// The organisations that report.
    #[command(subcommand)]
    Partner(partner::PartnerCommand),
    /// The officials who may ask.
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// Notices that failed for good, and trying them again.
    #[command(subcommand)]
    Notices(notices::NoticesCommand),
    /// The map.
    #[command(subcommand)]
    Areas(areas::AreasCommand),
    /// The Dutch calendar.
    #[command(subcommand)]
    Calendar(calendar::CalendarCommand),
    /// Checks a policy, or tries it on what happened, before it is adopted.
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Sends the rows of a file as signals.
    Send(send::SendCommand),
    /// Lists a partner's own signals.
    Signals(signals::SignalsArgs),
    /// Lists the notices to the one who asks.
    Inbox(inbox::InboxArgs),
    /// Shows what is open in an area.
    Board(board::BoardArgs),
    /// Shows the past: an area as it stood at any moment.
    #[command(subcommand)]
    History(history::HistoryCommand),
    /// Writes a wijkanalyse: a report of an area over a period, in Dutch.
    Wijkanalyse(wijkanalyse::WijkanalyseArgs),
    /// Shows a case.
    Case(case::CaseArgs),
    /// Explains a case step by step.
    Why(why::WhyArgs),
    /// Acts on a case.
    Act(act::ActArgs),
    /// Follows the log.
    Watch(watch::WatchArgs),
    /// Shows how far every follower is, and what was counted.
    Pipeline(pipeline::PipelineArgs),
    /// Shows how each read model stands, or rebuilds read models while the hub serves.
    Projections(projections::ProjectionsArgs),
    /// Asks a process of the hub how it is.
    Health(health::HealthArgs),
    /// Says what is wrong with the hub and what to do about it, from beside it.
    Doctor(doctor::DoctorArgs),
    /// The persons, households and places behind the pseudonyms.
    #[command(subcommand)]
    Subject(subject::SubjectCommand),
    /// The keys of persons, households and places, and their master key.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Checks the log, and the read models against a rebuild.
    Verify(verify::VerifyArgs),
    /// Checks every case's climbs and its next step against the log.
    Audit(audit::AuditArgs),
    /// What others check the log with: key, checkpoints and proofs.
    #[command(subcommand)]
    Proof(proof::ProofCommand),
    /// Writes the log and its checkpoints to a file, to be checked elsewhere.
    Export(export::ExportArgs),
    /// Copies the log and its keys, also while the hub serves.
    Backup(backup::BackupArgs),
    /// Puts a backup into an empty data folder.
    Restore(backup::RestoreArgs),
    /// Prints the settings in force and where each comes from.
    Config(config::ConfigArgs),
}

/// What a command on the data folder finds around it.
#[derive(Debug)]
pub struct Surroundings {
    /// The settings in force.
    pub config: crate::config::Config,
    /// Where each comes from.
    pub effective: Effective,
}

impl Surroundings {
    fn read(args: SettingArgs, mut more: Vec<Flag>) -> anyhow::Result<Self> {
        let mut flags = Vec::new();
        flags.extend(args.data.map(|value| Flag { name: "--data", key: "data.folder", value }));
        flags.extend(args.profile.map(|value| Flag { name: "--profile", key: "profile.name", value }));
        flags.append(&mut more);
        let sources = Sources { file: args.config.as_deref(), environment: environment(), flags };
        let effective = crate::config::load(&sources)?;
        Ok(Self { config: effective.config.clone(), effective })
    }

    /// The profile named in the settings.
    pub fn profile(&self) -> anyhow::Result<Loaded> {
        Ok(profile::named(&self.config.profile.name)?)
    }

    /// Opens the data folder on the machine's own clock.
    pub async fn store(&self) -> anyhow::Result<Store> {
        self.store_on(Clock::system()).await
    }

    /// Opens the data folder on a clock of one's own.
    pub async fn store_on(&self, clock: Clock) -> anyhow::Result<Store> {
        let data = &self.config.data;
        Store::open(&data.folder, data.log_url.as_deref(), clock, Entropy::os()).await
    }

    /// Opens the data folder for a process that serves, and waits for what isn't up yet.
    pub async fn store_awaited(&self) -> anyhow::Result<Store> {
        let data = &self.config.data;
        Store::awaited(&data.folder, data.log_url.as_deref(), Clock::system(), Entropy::os()).await
    }
}

impl Cli {
    /// Runs the command. The exit code is 0 when all went well.
    pub async fn run(self) -> anyhow::Result<u8> {
        let flags = match &self.command {
            Command::Serve(args) => args.flags(),
            _ => vec![],
        };
        let settings = self.settings;
        let around = || Surroundings::read(settings, flags);
        match self.command {
            Command::Demo(args) => return demo::run(args, around()?).await,
            Command::Send(args) => return send::run(args).await,
            Command::Health(args) => return health::run(args).await,
            Command::Keys(command) => return keys::run(command, &around()?).await,
            Command::Projections(args) => return projections::run(args, &around()?).await,
            Command::Doctor(args) => return doctor::run(args, around).await,
            Command::Policy(command) => return policy::run(command, around).await,
            Command::Audit(args) => return audit::run(args, &around()?).await,
            Command::Verify(args) => return verify::run(args, &around()?).await,
            Command::Serve(args) => serve::run(args, &around()?).await?,
            Command::Partner(command) => partner::run(command, &around()?).await?,
            Command::Person(command) => person::run(command, &around()?).await?,
            Command::Notices(command) => notices::run(command, &around()?).await?,
            Command::Areas(command) => areas::run(command, &around()?).await?,
            Command::Calendar(command) => calendar::run(command)?,
            Command::Signals(args) => signals::run(args).await?,
            Command::Inbox(args) => inbox::run(args).await?,
            Command::Board(args) => board::run(args).await?,
            Command::History(command) => history::run(command).await?,
            Command::Wijkanalyse(args) => wijkanalyse::run(args).await?,
            Command::Case(args) => case::run(args).await?,
            Command::Why(args) => why::run(args).await?,
            Command::Act(args) => act::run(args).await?,
            Command::Watch(args) => watch::run(args).await?,
            Command::Pipeline(args) => pipeline::run(args).await?,
            Command::Subject(command) => subject::run(command, &around()?).await?,
            Command::Proof(command) => proof::run(command, &around()?).await?,
            Command::Export(args) => export::run(args, &around()?).await?,
            Command::Backup(args) => backup::run(args, &around()?).await?,
            Command::Restore(args) => backup::run_restore(args, &around()?).await?,
            Command::Config(args) => config::run(&args, &around()?)?,
        }
        Ok(0)
    }
}
