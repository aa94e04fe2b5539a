//! Cases whose next climb falls due at an instant of our choice, decided by the rules and written straight as batches of the log.

use cqrs_es::{Aggregate, event_sink::EventSink};
use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::{Act, Case, CaseCommand, SignalToFollow};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::example;
use seinhuis_domain::ids::{CaseId, PartnerId, SignalId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::profile::{Profile, ProfileEvent};
use seinhuis_domain::sector::Urgency;
use seinhuis_eventstore::{Append, Context, Log, NewEvent, StreamId};
use tokio::sync::mpsc;

/// Cases that go to the log together, and lots that may wait for it.
const LOT: usize = 1_000;
const AHEAD: usize = 3;
/// Every term of the ladder, in hours by the clock: an instant of our choice lies so long after the case begins to wait.
const TERM: &str = "720h";

/// When a case is to climb, and where to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    pub(crate) due_at: Timestamp,
    pub(crate) to: Rung,
}

/// Makes cases. The same seed makes the same.
#[derive(Debug)]
pub(crate) struct Cases {
    who: Directory,
    seed: u64,
    made: u64,
}

impl Cases {
    /// With a profile of its own, put into `log`.
    pub(crate) async fn begin(log: &Log, seed: u64) -> Self {
        let adopted = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(profile()) };
        let context = context(Timestamp::UNIX_EPOCH);
        let events = vec![NewEvent::of(&adopted, &context).unwrap()];
        let stream = StreamId::new("profile", "bench");
        log.append(Append { stream, expected_version: 0, events }).await.unwrap();
        let mut who = Directory::default();
        who.apply("bench", &Event::Profile(adopted)).unwrap();
        Self { who, seed, made: 0 }
    }

    /// Puts a case into `log` for each wish. What is to come next is decided while the log writes.
    pub(crate) async fn make(
        mut self,
        log: &Log,
        wishes: impl Iterator<Item = Wish> + Send + 'static,
    ) -> Self {
        let (lots, mut made) = mpsc::channel(AHEAD);
        let making = tokio::spawn(async move {
            let mut lot = Vec::new();
            for wish in wishes {
                lot.push(self.case(wish).await);
                if lot.len() == LOT {
                    lots.send(std::mem::take(&mut lot)).await.unwrap();
                }
            }
            lots.send(lot).await.unwrap();
            self
        });
        while let Some(lot) = made.recv().await {
            for appended in log.append_all(lot).await {
                appended.unwrap();
            }
        }
        making.await.unwrap()
    }

    async fn case(&mut self, wish: Wish) -> Append {
        self.made += 1;
        let reference = format!("{}-{}", self.seed, self.made);
        let begins = wish.due_at - term();
        let signal = SignalToFollow {
            id: SignalId::of(&PartnerId::new("wonion").unwrap(), &reference),
            kind: Kind::from_code("housing.fin.hua").unwrap(),
            urgency: Urgency::Normal,
            area: AreaCode::new("WK150900").unwrap(),
            subjects: vec![],
        };
        let id = CaseId::opened_by(signal.id);
        let mut commands = vec![CaseCommand::OpenCase { id, signal, at: begins }];
        if wish.to == Rung::College {
            let note = Some(seinhuis_domain::sealed::Sealed { keys: vec![], bytes: vec![1] });
            let act = Act { by: "person:wijkagent".into(), at: begins, note };
            commands.push(CaseCommand::RaiseRung { to: Rung::Regisseur, act });
        }
        let (mut case, mut events) = (Case::default(), Vec::new());
        for command in commands {
            let sink = EventSink::default();
            case.handle(command, &self.who, &sink).await.unwrap();
            events.extend(sink.collect().await);
        }
        let plan = case.state().unwrap().planned.as_ref().unwrap();
        assert_eq!((plan.to, plan.due_at), (wish.to, wish.due_at));
        let context = context(begins);
        let events = events.iter().map(|event| NewEvent::of(event, &context).unwrap()).collect();
        Append { stream: StreamId::new("case", &id.to_string()), expected_version: 0, events }
    }
}

fn term() -> SignedDuration {
    SignedDuration::from_hours(720)
}

fn context(at: Timestamp) -> Context {
    Context { actor: "role:casework".into(), at, trace: None }
}

/// The example's, with a ladder that is counted in hours.
fn profile() -> Profile {
    let mut profile = example::profile();
    let ladder = &mut profile.policy.ladder;
    for terms in [&mut ladder.workfloor, &mut ladder.team, &mut ladder.regisseur] {
        terms.pick_up = TERM.parse().unwrap();
    }
    profile
}
