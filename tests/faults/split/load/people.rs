//! People at work: cases are picked up, handed over, refused, raised, brought down and closed.

use std::sync::Arc;
use std::time::Duration;

use seinhuis::send::may_retry;
use seinhuis_contract::proto::case::v1::act_request::Action;
use seinhuis_contract::proto::case::v1::case_service_client::CaseServiceClient;
use seinhuis_contract::proto::case::v1::{
    Acknowledge, ActRequest, HandOver, LowerRung, RaiseRung, Refuse, Resolve,
};
use seinhuis_contract::proto::common::v1::Rung;
use seinhuis_domain::ids::CaseId;
use tokio::sync::watch;
use tokio::time::interval;
use tonic::Code;

use super::PERSON;
use super::books::Shared;
use super::channels::{Channels, heard};
use super::known::Known;
use crate::history::Acted;

const PARTNERS: [&str; 5] = ["gemeente", "politie", "wonion", "fidessa", "sensire"];

pub(super) struct People {
    pub(super) channels: Channels,
    pub(super) books: Shared,
    pub(super) rate: f64,
    pub(super) known: watch::Receiver<Arc<Known>>,
    pub(super) random: fastrand::Rng,
    pub(super) stopped: watch::Receiver<bool>,
}

impl People {
    pub(super) async fn run(mut self) {
        let mut tick = interval(Duration::from_secs_f64(1.0 / self.rate));
        while !*self.stopped.borrow() {
            tokio::select! {
                _ = tick.tick() => {}
                _ = self.stopped.changed() => return,
            }
            let known = Arc::clone(&self.known.borrow_and_update());
            let cases = &known.cases;
            // Mostly one of the last: what is far up the ladder or closed has little left to do.
            let recent = &cases[cases.len().saturating_sub(100)..];
            if let Some(case) = self.random.choice(recent).copied() {
                self.act(case).await;
            }
        }
    }

    /// Once: an act whose answer was lost may have been done, and nobody was told of it.
    async fn act(&mut self, case: CaseId) {
        let request = ActRequest {
            case: case.to_string(),
            note: self.note(),
            action: Some(self.action()),
            seen_position: 0,
        };
        let mut client = CaseServiceClient::new(self.channels.current());
        match heard(client.act(request)).await {
            Ok(done) => {
                let done = done.into_inner();
                let acted = Acted { case, by: format!("person:{PERSON}"), position: done.position };
                self.books.with(|books| books.acts.extend(done.changed.then_some(acted)));
            }
            // The rules say no, or the read models do not know the case yet: both are part of the day.
            Err(status) if matches!(status.code(), Code::FailedPrecondition | Code::NotFound) => {}
            Err(status) if may_retry(status.code()) => {
                self.books.retried();
                self.channels.turn().await;
            }
            Err(status) => self.books.refused(format!("{case}: {status}")),
        }
    }

    fn note(&mut self) -> String {
        if self.random.bool() { "Besproken aan de keukentafel.".to_owned() } else { String::new() }
    }

    fn action(&mut self) -> Action {
        let partner = || PARTNERS.map(str::to_owned);
        let partner = self.random.choice(partner()).unwrap_or_default();
        match self.random.u8(..12) {
            0..4 => Action::Acknowledge(Acknowledge {}),
            4..6 => Action::HandOver(HandOver { to: partner }),
            6 => Action::Refuse(Refuse { partner }),
            7 => Action::RaiseRung(RaiseRung { to: Rung::Team.into() }),
            8 => Action::LowerRung(LowerRung { to: Rung::Workfloor.into() }),
            _ => Action::Resolve(Resolve {}),
        }
    }
}
