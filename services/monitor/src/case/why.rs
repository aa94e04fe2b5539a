//! Why a case went as it did: every step in words, with its place in the log and the places of what it follows from
//! (INV-12).

use std::collections::BTreeSet;

use cqrs_es::Aggregate;
use seinhuis_contract::proto::case::v1::{WhyResponse, WhyStep};
use seinhuis_contract::time;
use seinhuis_domain::event::Event;
use seinhuis_domain::explain::explain;
use seinhuis_domain::notice::Notice;
use seinhuis_domain::signal::SignalEvent;
use seinhuis_domain::subject::Subject;
use seinhuis_eventstore::{Fault, Log, Recorded, StreamId};
use seinhuis_projections::NoticeRow;

use super::cause::Causes;
use super::rows::CaseRows;
use super::{NOTICES_MAX, find, signals};
use crate::asker::Asker;
use crate::failure::Failure;
use crate::hub::Hub;

/// Explains the case called `name`: its own steps, its signals', what became of its notices, and
/// of those it is about.
pub(super) async fn why(hub: &Hub, asker: &Asker, name: &str) -> Result<WhyResponse, Failure> {
    let case = find::case(hub, asker, name).await?;
    // Who records an outcome has found the notice in this very read model, so none can be missing here.
    let notices = hub.parts.views.notices.notices_of(case.id, NOTICES_MAX).await?;
    let mut causes = Causes::new(notices.iter().map(|notice| (notice.id, notice.position)).collect());
    let mut steps = Vec::new();
    for (row, event) in everything(&hub.parts.log, &case, &notices).await? {
        let because_of = causes.of(row.position, &event);
        let Some(told) = explain(&event, asker.directory()) else { continue };
        steps.push(WhyStep {
            position: row.position.0,
            at: Some(time::to_wire(row.recorded_at)),
            dutch: told.dutch,
            english: told.english,
            because_of: because_of.into_iter().map(|position| position.0).collect(),
        });
    }
    Ok(WhyResponse { number: case.id.number(), steps })
}

/// All that belongs to the case, in order of position. From the log itself: what explains must not lag behind.
async fn everything(
    log: &Log,
    case: &CaseRows,
    notices: &[NoticeRow],
) -> Result<Vec<(Recorded, Event)>, Fault> {
    let mut all: Vec<(Recorded, Event)> = Vec::new();
    let mut subjects = BTreeSet::new();
    for signal in signals::of(log, case).await? {
        let facts = &signal.facts;
        subjects.extend(facts.subjects.iter().chain(&facts.household).chain(&facts.place).copied());
        all.push((signal.row, Event::Signal(SignalEvent::SignalReported(Box::new(signal.facts)))));
    }
    all.extend(case.rows().map(|(row, event)| (row.clone(), Event::Case(event.clone()))));
    for notice in notices {
        for row in log.read_stream(&StreamId::new(Notice::TYPE, &notice.id.to_string())).await? {
            let event = Event::Notice(row.decode()?);
            all.push((row, event));
        }
    }
    for subject in subjects {
        for row in log.read_stream(&StreamId::new(Subject::TYPE, &subject.to_string())).await? {
            let event = Event::Subject(row.decode()?);
            all.push((row, event));
        }
    }
    all.sort_by_key(|(row, _)| row.position);
    Ok(all)
}
