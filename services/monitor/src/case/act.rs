//! Doing something about a case: judge the right, decide, seal the note, append; once more when somebody was first.
//!
//! This is the executor of the log with one step in between. An envelope belongs to one event at one version of its
//! stream, and which event that is only the rules can say. So the rules decide with a stand-in for the note; then the
//! note is sealed for the place its event will have; then all is appended at the version that was read. Who loses the
//! race reads, judges, decides and seals anew: neither right nor envelope is ever carried over to another state.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use jiff::Timestamp;
use seinhuis_contract::act::{self, NOTE_MAX};
use seinhuis_contract::proto::case::v1::act_request::Action;
use seinhuis_contract::proto::case::v1::{ActRequest, ActResponse};
use seinhuis_contract::status::{Problem, Violation};
use seinhuis_contract::time;
use seinhuis_domain::case::{Act, CaseEvent};
use seinhuis_domain::fact::Fact;
use seinhuis_eventstore::keyring::Place;
use seinhuis_eventstore::{Append, AppendError, Appended, Context, NewEvent, Position};

use super::rows::CaseRows;
use super::{find, note, right, stale};
use crate::asker::Asker;
use crate::failure::Failure;
use crate::hub::Hub;

/// How often an act is decided anew before it gives way.
const ATTEMPTS: u32 = 8;

/// What somebody wants to do, found well-formed.
struct Wish {
    case: String,
    /// What he writes beside it, to be sealed.
    written: Vec<note::Written>,
    action: Action,
    /// Up to where he has seen the case; the start of the log when he doesn't say.
    seen: Position,
}

/// Does it. Returns once it is on disk and the read models show it, or have had their time to.
pub(super) async fn act(
    hub: &Hub,
    asker: &Asker,
    asked: ActRequest,
    trace: Option<String>,
) -> Result<ActResponse, Failure> {
    let wish = read(asked)?;
    for _ in 0..ATTEMPTS {
        let asker = asker.with(hub.directory());
        let case = find::case(hub, &asker, &wish.case).await?;
        asker.may(right::needed(&wish.action, case.state().rung, case.area()))?;
        let context = Context { actor: asker.actor(), at: hub.parts.clock.now(), trace: trace.clone() };
        let events = decide(hub, &asker, &case, &wish, context.at).await?;
        if events.is_empty() {
            return Ok(answer(case.position(), case.recorded_at(), false));
        }
        if let Some(done) = append(hub, &case, &events, &context).await? {
            hub.parts.views.reached(done.last).await;
            return Ok(answer(done.last, context.at, true));
        }
    }
    Err(Problem::Conflict.into())
}

/// Finds every field that breaks a rule before anything is looked up.
fn read(asked: ActRequest) -> Result<Wish, Problem> {
    let ActRequest { case, note, action, seen_position } = asked;
    let mut violations = Vec::new();
    if note.len() > NOTE_MAX {
        violations.push(Violation::withheld("note", act::too_long()));
    }
    let stand_in = Act { by: String::new(), at: Timestamp::UNIX_EPOCH, note: None };
    match &action {
        None => violations.push(Violation::absent("action", "one of the actions")),
        Some(action) => violations.extend(act::command(action, stand_in).err()),
    }
    match action {
        Some(action) if violations.is_empty() => {
            let written = written(note, &action);
            Ok(Wish { case, written, action, seen: Position(seen_position) })
        }
        _ => Err(Problem::Invalid(violations)),
    }
}

/// The note for those who work on the case, and what is for the partners that reported. Blanks say nothing.
fn written(note: String, action: &Action) -> Vec<note::Written> {
    let feedback = match action {
        Action::GiveFeedback(feedback) => feedback.text.clone(),
        _ => String::new(),
    };
    let both = [(note::NOTE, note), (note::FEEDBACK, feedback)];
    both.into_iter().filter(|(_, text)| !text.trim().is_empty()).collect()
}

/// What the rules make of it, each note sealed for the place it will have.
async fn decide(
    hub: &Hub,
    asker: &Asker,
    case: &CaseRows,
    wish: &Wish,
    at: Timestamp,
) -> Result<Vec<CaseEvent>, Failure> {
    let act = Act { by: asker.actor(), at, note: (!wish.written.is_empty()).then(note::to_come) };
    let command = act::command(&wish.action, act).map_err(|violation| Problem::Invalid(vec![violation]))?;
    let sink = EventSink::default();
    let decided = case.case().handle(command, asker.directory(), &sink).await.map_err(Problem::from);
    let mut events = sink.collect().await;
    // What was done already when its answer got lost is done, and no reason to look again. Everything else is.
    if decided.is_err() || !events.is_empty() {
        stale::refuse(case, wish.seen, asker.directory())?;
    }
    decided?;
    for (event, version) in events.iter_mut().zip(case.version() + 1..) {
        if event.sealed().is_some() {
            let name = event.event_type();
            let place = Place { event: &name, stream: case.stream.as_str(), version };
            let sealed =
                note::seal(&hub.parts.keyring, &place, case.id, &case.state().subjects, &wish.written)
                    .await?;
            event.attach_sealed(sealed);
        }
    }
    Ok(events)
}

/// Appends at the version that was read; `None` when somebody was first.
async fn append(
    hub: &Hub,
    case: &CaseRows,
    events: &[CaseEvent],
    context: &Context,
) -> Result<Option<Appended>, Failure> {
    let events = events.iter().map(|event| NewEvent::of(event, context)).collect::<Result<_, _>>()?;
    let batch = Append { stream: case.stream.clone(), expected_version: case.version(), events };
    match hub.parts.log.append(batch).await {
        Ok(done) => Ok(Some(done)),
        Err(AppendError::Conflict { .. }) => Ok(None),
        Err(AppendError::Overloaded) => Err(Problem::Overloaded.into()),
        // A note of 4 KiB and a handful of events: only a limit set absurdly low can be met here.
        Err(AppendError::Size { .. }) => Err(Problem::Internal.into()),
        Err(AppendError::Fault(fault)) => Err(fault.into()),
    }
}

fn answer(position: Position, recorded_at: Timestamp, changed: bool) -> ActResponse {
    ActResponse { position: position.0, recorded_at: Some(time::to_wire(recorded_at)), changed }
}
