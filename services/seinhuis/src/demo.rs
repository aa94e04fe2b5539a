//! The demo: four weeks of a municipality on a fast clock, with a story in it, over the same gRPC that partners use.
//! What it claims at the end it has checked against the log.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::profile::Profile;
use seinhuis_runtime::Clock;

use crate::cli::Surroundings;
use crate::commands::serve::{stop, until_stopped};
use crate::config::Origin;
use crate::hub::Hub;
use crate::profile::Loaded;
use crate::say;
use draw::Draw;

mod calibration;
mod cast;
mod claims;
mod crew;
pub mod draw;
pub mod generate;
pub mod person;
mod report;
mod story;
mod streams;

/// How long a drain may take.
const DRAIN: Duration = Duration::from_secs(20);
/// How many days ordinary signals come in.
const DAYS: u16 = 28;

/// What the person at the terminal asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wishes {
    /// Ends after the summary.
    pub exit: bool,
    /// How fast time runs.
    pub speed: f64,
    /// How many ordinary signals.
    pub signals: usize,
    /// The seed of everything drawn.
    pub seed: u64,
}

/// Runs the demo: 0 when all it claims is true.
pub async fn run(wishes: Wishes, mut around: Surroundings) -> anyhow::Result<u8> {
    let began = Instant::now();
    let folder = Place::choose(&around)?;
    around.config.data.folder = folder.path();
    let profile = around.profile()?;
    say!(
        "{}: {} signals over {DAYS} days, seed {}, time runs {} times as fast",
        profile.profile.title,
        wishes.signals,
        wishes.seed,
        wishes.speed
    );

    let monday = jiff::civil::date(2026, 3, 2);
    let start = jiff::tz::get!("Europe/Amsterdam").to_timestamp(monday.at(7, 0, 0, 0))?;
    let mut draw = Draw::seeded(wishes.seed);
    let area = home(&profile.profile).context("the profile has no area a regisseur directs")?;
    let (story, mut planned) = story::story(&profile.profile, area.as_str(), start);
    // A small town's worth of people.
    let people = person::town(wishes.signals.max(8) / 2, &mut draw);
    planned.extend(generate::weeks(&profile.profile, &people, monday, DAYS, 0..wishes.signals, &mut draw));
    planned.sort_by_key(|signal| signal.at);

    let clock = Clock::rehearsal(start, wishes.speed);
    let listen = around.config.listen.address;
    around.config.listen.address = std::net::SocketAddr::new(listen.ip(), 0);
    let hub = Hub::start(&around.config, profile.clone(), around.store_on(clock.clone()).await?).await?;
    let cast = cast::admit(&hub, &profile.profile, &area).await?;
    let outcome = play(&hub, &cast, &clock, &profile, planned, &story, draw).await;
    hub.drain(DRAIN).await?;
    let played = outcome?;

    let verdict = claims::check(&around, &played, &story).await?;
    report::print(&played, &verdict, began.elapsed());
    if !verdict.holds() {
        return Ok(1);
    }
    if !wishes.exit {
        around.config.listen.address = listen;
        serve_on(&around, profile, &played, &cast, verdict.until).await?;
    }
    Ok(0)
}

/// What happened, as the partners and the officials saw it.
#[derive(Debug)]
struct Played {
    receipts: Vec<streams::Report>,
    case_number: String,
    acts: usize,
    steps: Vec<String>,
}

async fn play(
    hub: &Hub,
    cast: &cast::Cast,
    clock: &Clock,
    profile: &Loaded,
    planned: Vec<generate::Planned>,
    story: &story::Story,
    draw: Draw,
) -> anyhow::Result<Played> {
    let until = planned.last().map_or(clock.now(), |signal| signal.at);
    let sending = streams::send_all(hub, cast, clock, &profile.profile, planned);
    let working = crew::work(hub, cast, clock, until, story, draw);
    let told = crew::until_the_regisseur_is_told(hub, cast, clock, story);
    let sent_and_worked = async { tokio::try_join!(sending, working, told) };
    let (receipts, acts, case_number) = tokio::select! {
        done = sent_and_worked => done?,
        failure = hub.failed() => bail!("{} failed: {}", failure.task, failure.reason),
    };
    let steps = crew::decide_and_explain(hub, cast, profile, &case_number).await?;
    Ok(Played { receipts, case_number, acts, steps })
}

/// The first area at the foot of the map that a regisseur directs himself.
fn home(profile: &Profile) -> Option<AreaCode> {
    let map = seinhuis_domain::area::AreaMap::new(profile.areas.clone()).ok()?;
    let directs = |area: &AreaCode| {
        profile.people.iter().any(|person| {
            person.role == seinhuis_domain::access::Role::Regisseur
                && person.areas.iter().any(|own| map.lies_in(area, own))
        })
    };
    let foot = profile.areas.iter().filter(|area| area.level <= seinhuis_domain::area::AreaLevel::District);
    foot.map(|area| area.code.clone()).find(directs)
}

/// Where the demo keeps its data: a folder that was named and is empty, or one that goes away afterwards.
enum Place {
    Named(PathBuf),
    Temporary(tempfile::TempDir),
}

impl Place {
    fn choose(around: &Surroundings) -> anyhow::Result<Self> {
        let setting = around.effective.settings.iter().find(|setting| setting.key == "data.folder");
        if setting.is_none_or(|setting| setting.origin == Origin::Default) {
            return Ok(Self::Temporary(tempfile::Builder::new().prefix("seinhuis-demo-").tempdir()?));
        }
        let folder = &around.config.data.folder;
        if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            bail!("the demo needs an empty data folder, and {} is not", folder.display());
        }
        Ok(Self::Named(folder.clone()))
    }

    fn path(&self) -> PathBuf {
        match self {
            Self::Named(path) => path.clone(),
            Self::Temporary(folder) => folder.path().to_owned(),
        }
    }
}

/// Serves on, at the pace of ordinary time, from where the story ended.
async fn serve_on(
    around: &Surroundings,
    profile: Loaded,
    played: &Played,
    cast: &cast::Cast,
    until: Timestamp,
) -> anyhow::Result<()> {
    let clock = Clock::rehearsal(until, 1.0);
    let hub = Hub::start(&around.config, profile, around.store_on(clock).await?).await?;
    let stop = stop()?;
    report::what_to_try(&hub.url(), played, cast);
    until_stopped(hub, stop).await
}
