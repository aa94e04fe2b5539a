//! The officials at work: most cases are picked up and done after as many days as measured, some are left lying, and
//! the family's case is left to fall silent until the regisseur is told.

use std::collections::{HashMap, HashSet};

use anyhow::{Context as _, bail};
use jiff::{SignedDuration, Timestamp};
use seinhuis_contract::proto::case::v1::act_request::Action;
use seinhuis_contract::proto::case::v1::case_service_client::CaseServiceClient;
use seinhuis_contract::proto::case::v1::{
    Acknowledge, ActRequest, Decide, GetCaseRequest, NoticeState, Resolve, WhyRequest,
};
use seinhuis_contract::proto::common::v1::Rung;
use seinhuis_contract::proto::monitor::v1::GetBoardRequest;
use seinhuis_contract::proto::monitor::v1::board_service_client::BoardServiceClient;
use seinhuis_domain::ids::CaseId;
use seinhuis_domain::sector::Sector;
use seinhuis_runtime::Clock;
use tonic::Code;

use super::calibration::days_until_closed;
use super::cast::{Cast, connect};
use super::draw::Draw;
use super::story::Story;
use crate::hub::Hub;
use crate::profile::Loaded;

/// Cases the officials look at in one round.
const ROWS: u32 = 1_000;
/// How often the officials look at the board.
const ROUND: SignedDuration = SignedDuration::from_hours(6);
/// So many cases in a hundred are left lying, so that ladders are climbed.
const LEFT_LYING: usize = 12;
/// The story must have reached the regisseur within so many days.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24 * 60);

/// What an official means to do with a case.
#[derive(Debug, Clone, Copy)]
struct Intent {
    done_at: Option<Timestamp>,
    picked_up: bool,
}

/// Works on the board until `until`. Answers how many acts it took.
pub(super) async fn work(
    hub: &Hub,
    cast: &Cast,
    clock: &Clock,
    until: Timestamp,
    story: &Story,
    mut draw: Draw,
) -> anyhow::Result<usize> {
    let channel = connect(hub, &cast.college).await?;
    let (mut boards, mut cases) = (BoardServiceClient::new(channel.clone()), CaseServiceClient::new(channel));
    let left_alone: HashSet<String> =
        story.signals.iter().map(|signal| CaseId::opened_by(*signal).to_string()).collect();
    let mut intents: HashMap<String, Intent> = HashMap::new();
    let mut acts = 0;
    while clock.now() < until {
        clock.sleep(ROUND).await;
        let board = boards
            .get_board(GetBoardRequest { area_code: cast.municipality.to_string(), max_rows: ROWS })
            .await?
            .into_inner();
        for row in board.rows.into_iter().filter(|row| !left_alone.contains(&row.case_id)) {
            let now = clock.now();
            let intent = intents.entry(row.case_id.clone()).or_insert_with(|| {
                #[expect(clippy::cast_possible_truncation, reason = "at most 118 days of minutes")]
                let minutes = (days_until_closed(draw.unit()) * 1440.0) as i64;
                let done = now.saturating_add(SignedDuration::from_mins(minutes)).ok();
                Intent { done_at: done.filter(|_| draw.below(100) >= LEFT_LYING), picked_up: false }
            });
            let Some(done_at) = intent.done_at else { continue };
            let action = if done_at <= now {
                Action::Resolve(Resolve {})
            } else if !intent.picked_up {
                intent.picked_up = true;
                Action::Acknowledge(Acknowledge {})
            } else {
                continue;
            };
            acts += usize::from(act(&mut cases, &row.case_id, action, "").await?);
        }
    }
    Ok(acts)
}

type Cases = CaseServiceClient<crate::client::Authed>;

/// Acts; a case that somebody else closed in the meantime is no failure.
async fn act(cases: &mut Cases, case: &str, action: Action, note: &str) -> anyhow::Result<bool> {
    let request =
        ActRequest { case: case.to_owned(), note: note.to_owned(), action: Some(action), seen_position: 0 };
    match cases.act(request).await {
        Ok(done) => Ok(done.into_inner().changed),
        Err(status) if status.code() == Code::FailedPrecondition => Ok(false),
        Err(status) => Err(crate::client::said(&status)),
    }
}

/// Resolves with the number of the family's case once a notice has reached the regisseur.
pub(super) async fn until_the_regisseur_is_told(
    hub: &Hub,
    cast: &Cast,
    clock: &Clock,
    story: &Story,
) -> anyhow::Result<String> {
    let mut cases = CaseServiceClient::new(connect(hub, &cast.college).await?);
    let first = story.signals.first().context("a story has a beginning")?;
    let request = GetCaseRequest { case: CaseId::opened_by(*first).to_string() };
    let deadline = clock.now().saturating_add(PATIENCE)?;
    while clock.now() < deadline {
        clock.sleep(ROUND).await;
        let answer = match cases.get_case(request.clone()).await {
            Ok(answer) => answer.into_inner(),
            Err(status) if status.code() == Code::NotFound => continue,
            Err(status) => return Err(crate::client::said(&status)),
        };
        let told = answer
            .notices
            .iter()
            .any(|notice| notice.rung() == Rung::Regisseur && notice.state() == NoticeState::Delivered);
        if let Some(case) = answer.case.filter(|_| told) {
            return Ok(case.number);
        }
    }
    bail!("the regisseur was not told of the family within {} days", PATIENCE.as_hours() / 24);
}

/// The regisseur decides who leads, and asks why it all went as it did.
pub(super) async fn decide_and_explain(
    hub: &Hub,
    cast: &Cast,
    profile: &Loaded,
    number: &str,
) -> anyhow::Result<Vec<String>> {
    let mut cases = CaseServiceClient::new(connect(hub, &cast.college).await?);
    let care = profile.profile.partners.iter().find(|partner| partner.sector == Sector::Care);
    let lead = care.context("a partner in care")?.id.to_string();
    act(&mut cases, number, Action::Decide(Decide { lead }), "Eén plan voor het hele gezin.").await?;
    let why = cases.why(WhyRequest { case: number.to_owned() }).await?.into_inner();
    Ok(why.steps.into_iter().map(|step| format!("#{:<6} {}", step.position, step.dutch)).collect())
}
