//! What became of a partner's own signals. `OwnSignalsService` of the contract.

use std::sync::Arc;

use seinhuis_contract::proto::common::v1 as words;
use seinhuis_contract::proto::monitor::v1 as wire;
use seinhuis_contract::proto::monitor::v1::own_signals_service_server::OwnSignalsService;
use seinhuis_contract::proto::monitor::v1::{
    ListOwnSignalsRequest, ListOwnSignalsResponse, OwnSignalState, ReadFeedbackRequest, ReadFeedbackResponse,
};
use seinhuis_contract::status::Problem;
use seinhuis_contract::time;
use seinhuis_domain::access::Ask;
use seinhuis_domain::ids::{PartnerId, SignalId};
use seinhuis_eventstore::Position;
use seinhuis_projections::{OwnSignal, OwnState};
use tonic::{Request, Response, Status};

use crate::asker::Asker;
use crate::case::feedback;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::limit::Limit;

/// How many signals a page holds.
const PAGE: Limit = Limit { field: "page_size", usual: 100, most: 1_000 };

/// The service.
#[derive(Debug)]
pub(crate) struct OwnSignals {
    hub: Arc<Hub>,
}

impl OwnSignals {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    async fn list(
        &self,
        asker: &Asker,
        asked: &ListOwnSignalsRequest,
    ) -> Result<ListOwnSignalsResponse, Failure> {
        asker.may(Ask::OwnSignals)?;
        // The rules let partners only through; this is where the partner comes from.
        let partner = asker.partner().ok_or(Problem::NotOpen)?;
        let limit = PAGE.of(asked.page_size)?;
        let after = read_token(&asked.page_token)?;
        if !asked.reference.is_empty() {
            return self.one(partner, &asked.reference).await;
        }
        let mut signals = self.hub.parts.views.main.own_signals(partner, after, limit + 1).await?;
        let more = signals.len() > limit;
        signals.truncate(limit);
        let next = signals.last().filter(|_| more).map(|last| token(last.position));
        Ok(ListOwnSignalsResponse {
            signals: signals.into_iter().map(to_wire).collect(),
            next_page_token: next.unwrap_or_default(),
        })
    }

    async fn one(&self, partner: &PartnerId, reference: &str) -> Result<ListOwnSignalsResponse, Failure> {
        let id = SignalId::of(partner, reference);
        let found = self.hub.parts.views.main.own_signal(partner, id).await?;
        Ok(ListOwnSignalsResponse {
            signals: found.into_iter().map(to_wire).collect(),
            next_page_token: String::new(),
        })
    }

    /// What the partner was told of one of its signals.
    async fn feedback(&self, asker: &Asker, reference: &str) -> Result<ReadFeedbackResponse, Failure> {
        asker.may(Ask::OwnSignals)?;
        let partner = asker.partner().ok_or(Problem::NotOpen)?;
        let id = SignalId::of(partner, reference);
        let Some(signal) = self.hub.parts.views.main.own_signal(partner, id).await? else {
            return Err(Problem::NotFound { what: "signal", name: reference.to_owned() }.into());
        };
        let feedback = match signal.taken_in {
            Some((case, taken_in)) => feedback::since(&self.hub, asker, case, taken_in).await?,
            None => vec![],
        };
        Ok(ReadFeedbackResponse { feedback })
    }
}

/// Names the page after `last`. Opaque to partners; it holds nothing but a position they were told already.
fn token(last: Position) -> String {
    format!("after-{last}")
}

fn read_token(text: &str) -> Result<Position, Problem> {
    if text.is_empty() {
        return Ok(Position::START);
    }
    let position = text.strip_prefix("after-").and_then(|digits| digits.parse().ok());
    // What lies beyond is no position any log has.
    let position = position.filter(|position| i64::try_from(*position).is_ok());
    position
        .map(Position)
        .ok_or_else(|| Problem::field("page_token", text, "what the page before named as next"))
}

fn to_wire(signal: OwnSignal) -> wire::OwnSignal {
    let state = match signal.state {
        OwnState::Received => OwnSignalState::Received,
        OwnState::InCase => OwnSignalState::InCase,
        OwnState::PickedUp => OwnSignalState::PickedUp,
        OwnState::Resolved => OwnSignalState::Resolved,
    };
    let told = signal.feedback;
    wire::OwnSignal {
        reference: signal.reference,
        signal_id: signal.id.to_string(),
        position: signal.position.0,
        recorded_at: Some(time::to_wire(signal.recorded_at)),
        kind: signal.kind.code().to_owned(),
        area_code: signal.area.to_string(),
        state: state.into(),
        case_number: signal.case_number.unwrap_or_default(),
        rung: signal.rung.map(words::Rung::from).unwrap_or_default().into(),
        changed_at_position: signal.changed.0,
        feedback: told.map(|told| words::FeedbackOutcome::from(told.outcome)).unwrap_or_default().into(),
        feedback_at: told.map(|told| time::to_wire(told.at)),
        feedback_due_at: signal.feedback_due.map(time::to_wire),
    }
}

#[tonic::async_trait]
impl OwnSignalsService for OwnSignals {
    async fn list_own_signals(
        &self,
        request: Request<ListOwnSignalsRequest>,
    ) -> Result<Response<ListOwnSignalsResponse>, Status> {
        let asker = Asker::of(&request, self.hub.directory())?;
        Ok(Response::new(self.list(&asker, request.get_ref()).await?))
    }

    async fn read_feedback(
        &self,
        request: Request<ReadFeedbackRequest>,
    ) -> Result<Response<ReadFeedbackResponse>, Status> {
        let asker = Asker::of(&request, self.hub.directory())?;
        Ok(Response::new(self.feedback(&asker, &request.get_ref().reference).await?))
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_token_leads_to_the_page_after_it() {
        assert_eq!(read_token(&token(Position(17))), Ok(Position(17)));
        assert_eq!(read_token(""), Ok(Position::START));
    }

    #[test]
    fn a_token_that_no_page_named_is_refused() {
        for bad in ["17", "after-", "after--1", "after-x", "after-18446744073709551615"] {
            assert!(matches!(read_token(bad), Err(Problem::Invalid(_))), "{bad}");
        }
    }
}
