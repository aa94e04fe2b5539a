//! The events of areas, as far as analysts read along: what happened and where, and nobody who reported, acted or was told.

use std::sync::Arc;
use std::time::Duration;

use seinhuis_contract::gate::Admission;
use seinhuis_contract::proto::history::v1::export_events_response::Part;
use seinhuis_contract::proto::history::v1::{
    ExportEnd, ExportEventsRequest, ExportEventsResponse, ExportProgress,
};
use seinhuis_contract::status::Problem;
use seinhuis_domain::access::Ask;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{CaseId, PartnerId};
use seinhuis_domain::kind::Kind as SignalKind;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::signal::SignalEvent;
use seinhuis_eventstore::{Fault, Position, Recorded};
use tokio::sync::mpsc;
use tonic::Status;

use super::table::{Column, Kind, Row, Value, column};
use super::writer::{self, Writer};
use crate::asker::Asker;
use crate::failure::Failure;
use crate::hub::Hub;

/// Events read at a time.
const PAGE: usize = 2_000;
/// How long a reader may take nothing.
const PATIENCE: Duration = Duration::from_secs(30);

const COLUMNS: &[Column] = &[
    column("position", Kind::Count),
    column("recorded_at", Kind::Instant),
    column("type", Kind::Text),
    column("area_code", Kind::Text),
    column("case_number", Kind::Text),
    column("kind", Kind::Text),
    column("sector", Kind::Text),
    column("urgency", Kind::Text),
    column("channel", Kind::Text),
    column("occurred_at", Kind::Instant),
    column("rung", Kind::Text),
    column("cause", Kind::Text),
    column("lead", Kind::Text),
    column("due_at", Kind::Instant),
];

/// Answers for one reader.
pub(super) type Answers = mpsc::Sender<Result<ExportEventsResponse, Status>>;

/// One export under way.
pub(super) struct Events {
    hub: Arc<Hub>,
    asker: Asker,
    admission: Admission,
    areas: Vec<AreaCode>,
    after: Position,
    until: Position,
    writer: Writer,
}

impl Events {
    /// Checks what is asked before anything is sent.
    pub(super) async fn asked(
        hub: Arc<Hub>,
        (asker, admission): (Asker, Admission),
        request: &ExportEventsRequest,
    ) -> Result<Self, Failure> {
        let areas = asker.area_or_own(&request.area_code, |area| Ask::Facts(area))?;
        let format = writer::format(request.format())?;
        let head = hub.parts.log.look().await?;
        let until = if request.until_position == 0 { head } else { Position(request.until_position) };
        let after = Position(request.after_position);
        if until > head || after > head {
            return Err(Problem::BeyondTheLog { head: head.0 }.into());
        }
        if after > until {
            let rule = format!("not after until_position, {until}");
            return Err(Problem::field("after_position", &after.to_string(), &rule).into());
        }
        let notes = [
            ("seinhuis.model", "events".to_owned()),
            ("seinhuis.after_position", after.to_string()),
            ("seinhuis.until_position", until.to_string()),
        ];
        let writer = Writer::begin(format, COLUMNS, &notes).map_err(Failure::from)?;
        Ok(Self { hub, asker, admission, areas, after, until, writer })
    }

    /// Sends the file. Whoever leaves is let go.
    pub(super) async fn send(mut self, ready: &Answers) -> Result<(), Failure> {
        let mut rows = 0;
        while self.after < self.until {
            let room = (self.until.0 - self.after.0).min(PAGE as u64) as usize;
            let page = self.hub.parts.log.read(self.after, room).await?.events;
            let directory = self.hub.directory();
            self.admission.still_counts(&directory, self.hub.parts.clock.now())?;
            self.asker = self.asker.with(directory);
            let Some(last) = page.last() else { break };
            self.after = last.position;
            let mut seen = Vec::new();
            for recorded in &page {
                seen.extend(self.row(recorded)?);
            }
            rows += seen.len() as u64;
            let bytes = self.writer.write(seen).map_err(Failure::from)?;
            if !bytes.is_empty() && !tell(ready, Part::Content(bytes)).await? {
                return Ok(());
            }
            if !tell(ready, self.progress()).await? {
                return Ok(());
            }
        }
        let position = self.after.0;
        let last = self.writer.finish().map_err(Failure::from)?;
        if tell(ready, Part::Content(last)).await? {
            tell(ready, Part::End(ExportEnd { position, rows })).await?;
        }
        Ok(())
    }

    fn progress(&self) -> Part {
        Part::Progress(ExportProgress { position: self.after.0, until_position: self.until.0 })
    }

    /// The row of an event of these areas.
    fn row(&self, recorded: &Recorded) -> Result<Option<Row>, Fault> {
        let Some(area) = &recorded.area else { return Ok(None) };
        let map = self.asker.map();
        let mine = self.areas.iter().any(|own| map.lies_in(area, own)) && self.asker.can(Ask::Facts(area));
        if !mine {
            return Ok(None);
        }
        let told = Told::of(&recorded.event()?, recorded.stream.id());
        let mut row: Row = vec![
            recorded.position.0.into(),
            recorded.recorded_at.into(),
            recorded.name.as_str().into(),
            area.as_str().into(),
        ];
        row.extend(told.values());
        Ok(Some(row))
    }
}

/// Sends a part; tells whether there is anybody left.
async fn tell(ready: &Answers, part: Part) -> Result<bool, Failure> {
    let answer = ExportEventsResponse { part: Some(part) };
    match tokio::time::timeout(PATIENCE, ready.send(Ok(answer))).await {
        Ok(sent) => Ok(sent.is_ok()),
        Err(_) => Err(Problem::TooSlow.into()),
    }
}

/// What an event says of a case or signal.
#[derive(Default)]
struct Told {
    case: Option<String>,
    kind: Option<SignalKind>,
    urgency: Option<&'static str>,
    channel: Option<String>,
    occurred_at: Option<jiff::Timestamp>,
    rung: Option<Rung>,
    cause: Option<String>,
    lead: Option<PartnerId>,
    due_at: Option<jiff::Timestamp>,
}

impl Told {
    fn of(event: &Event, stream: &str) -> Self {
        match event {
            Event::Signal(SignalEvent::SignalReported(facts)) => Self {
                kind: Some(facts.kind),
                urgency: Some(facts.urgency.as_str()),
                channel: facts.channel.clone(),
                occurred_at: Some(facts.occurred_at),
                ..Self::default()
            },
            Event::Case(event) => {
                let case = stream.parse().ok().map(|id: CaseId| id.number());
                Self { case, ..Self::of_case(event) }
            }
            Event::Notice(event) => {
                let facts = event.facts();
                Self { case: Some(facts.case.number()), rung: Some(facts.rung), ..Self::default() }
            }
            Event::Subject(_)
            | Event::Profile(_)
            | Event::Areas(_)
            | Event::Partner(_)
            | Event::Person(_) => Self::default(),
        }
    }

    fn of_case(event: &CaseEvent) -> Self {
        let none = Self::default;
        match event {
            CaseEvent::CaseOpened(opened) => Self {
                kind: Some(opened.kind),
                urgency: Some(opened.urgency.as_str()),
                lead: opened.route.lead.clone(),
                ..none()
            },
            CaseEvent::SignalAttached { kind, urgency, .. } => {
                Self { kind: Some(*kind), urgency: Some(urgency.as_str()), ..none() }
            }
            CaseEvent::LeadAssigned { lead, .. } | CaseEvent::CaseDecided { lead, .. } => {
                Self { lead: Some(lead.clone()), ..none() }
            }
            CaseEvent::CaseHandedOver { to, .. } => Self { lead: Some(to.clone()), ..none() },
            CaseEvent::CaseAcknowledged { rung, .. } | CaseEvent::RungLowered { rung, .. } => {
                Self { rung: Some(*rung), ..none() }
            }
            CaseEvent::StepPlanned { step, .. } => {
                Self { rung: Some(step.to), due_at: Some(step.due_at), ..none() }
            }
            CaseEvent::CaseReminded(reminded) => {
                Self { rung: Some(reminded.rung), due_at: Some(reminded.step.due_at), ..none() }
            }
            CaseEvent::RungReached(reached) => Self {
                rung: Some(reached.rung),
                cause: Some(reached.cause.english().to_owned()),
                due_at: reached.next.as_ref().map(|step| step.due_at),
                ..none()
            },
            CaseEvent::CaseMadeIntegral { .. }
            | CaseEvent::LeadRefused { .. }
            | CaseEvent::PolicyMigrated { .. }
            | CaseEvent::CasePaused { .. }
            | CaseEvent::CaseResumed { .. }
            | CaseEvent::CaseSnoozed { .. }
            | CaseEvent::FeedbackGiven { .. }
            | CaseEvent::CaseResolved { .. }
            | CaseEvent::CaseReopened { .. } => none(),
        }
    }

    fn values(self) -> [Value; 10] {
        [
            self.case.into(),
            self.kind.map(SignalKind::code).into(),
            self.kind.map(|kind| kind.sector().as_str()).into(),
            self.urgency.into(),
            self.channel.into(),
            self.occurred_at.into(),
            self.rung.map(Rung::as_str).into(),
            self.cause.into(),
            self.lead.as_ref().map(PartnerId::as_str).into(),
            self.due_at.into(),
        ]
    }
}
