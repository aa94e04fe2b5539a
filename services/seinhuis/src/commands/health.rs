//! `seinhuis health`: how a process of the hub is, for people and for what restarts containers.

use std::time::Duration;

use anyhow::Context as _;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::print;
use crate::client::{self, HubArgs};

/// Whoever takes longer isn't well either.
const PATIENCE: Duration = Duration::from_secs(4);

/// Asks a process how it is (grpc.health.v1). The exit code is 0 only when all that was asked about serves.
#[derive(Debug, clap::Args)]
pub struct HealthArgs {
    /// Roles, as in role/ingest, or services by their full name. Without any: the process as a whole.
    names: Vec<String>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// What it said of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Serving,
    NotServing,
    /// It runs no such role and has no such service.
    NotHere,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Serving => "serving",
            Self::NotServing => "not serving",
            Self::NotHere => "not here",
        }
    }
}

/// Runs the command.
pub async fn run(args: HealthArgs) -> anyhow::Result<u8> {
    let names = if args.names.is_empty() { vec![String::new()] } else { args.names };
    let asked = tokio::time::timeout(PATIENCE, ask(&args.hub, names)).await;
    let states = asked.with_context(|| format!("no answer in {PATIENCE:?}"))??;
    if args.json {
        let of = |(name, state): &(String, State)| (name.clone(), state.word().into());
        print::json(&serde_json::Value::Object(states.iter().map(of).collect()));
    } else {
        let whole = |name: &str| if name.is_empty() { "all of it".to_owned() } else { name.to_owned() };
        let row = |(name, state): &(String, State)| vec![whole(name), state.word().to_owned()];
        print::table(&["of", "is"], &states.iter().map(row).collect::<Vec<_>>());
    }
    Ok(u8::from(states.iter().any(|(_, state)| *state != State::Serving)))
}

async fn ask(hub: &HubArgs, names: Vec<String>) -> anyhow::Result<Vec<(String, State)>> {
    let mut health = HealthClient::new(hub.channel().await?);
    let mut states = Vec::new();
    for name in names {
        let state = match health.check(HealthCheckRequest { service: name.clone() }).await {
            Ok(answer) if answer.get_ref().status() == ServingStatus::Serving => State::Serving,
            Ok(_) => State::NotServing,
            Err(status) if status.code() == Code::NotFound => State::NotHere,
            Err(status) => return Err(client::said(&status)),
        };
        states.push((name, state));
    }
    Ok(states)
}
