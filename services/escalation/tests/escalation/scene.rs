//! A log with one case.

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::{Case, CaseCommand, CaseEvent, SignalToFollow};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::example;
use seinhuis_domain::ids::{CaseId, PartnerId, SignalId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::PlannedStep;
use seinhuis_domain::policy::Reminders;
use seinhuis_domain::profile::{AdoptProfile, AdoptedProfile, Profile};
use seinhuis_domain::sector::Urgency;
use seinhuis_eventstore::{Append, Context, Log, NewEvent, Position, StreamId};
use seinhuis_testkit::Place;

pub(crate) const OPENED: &str = "2026-03-09T09:30:00Z";
const LATE: &str = "2026-03-17T05:00:00Z";

pub(crate) struct Scene {
    pub(crate) log: Log,
    who: Directory,
    pub(crate) case: CaseId,
    /// What happened to it when it was opened.
    opening: Vec<CaseEvent>,
    /// Last, so that what lies there goes after those who use it.
    place: Place,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The example with a reminder after four fifths of each term.
pub(crate) fn reminding() -> Profile {
    let mut profile = example::profile();
    profile.policy.ladder.reminders = Some(Reminders { at_percent: 80, again_every: None, at_most: 1 });
    profile
}

fn context(when: &str) -> Context {
    Context { actor: "role:test".into(), at: at(when), trace: None }
}

impl Scene {
    /// A case that was opened.
    pub(crate) async fn opened(place: Place) -> Self {
        Self::opened_under(place, example::profile()).await
    }

    /// A case that was opened while this profile was in force.
    pub(crate) async fn opened_under(place: Place, profile: Profile) -> Self {
        let log = Log::open(&place.address("log.sqlite").unwrap()).await.unwrap();
        let adopt = AdoptProfile(Box::new(profile));
        log.execute::<AdoptedProfile>(&(), "voorbeeld", adopt, &context("2026-01-05T09:00:00Z"))
            .await
            .unwrap();
        let mut who = Directory::default();
        for event in log.read(Position::START, 10).await.unwrap().events {
            who.apply("voorbeeld", &event.event().unwrap()).unwrap();
        }
        let signal = SignalToFollow {
            id: SignalId::of(&PartnerId::new("wonion").unwrap(), "1"),
            kind: Kind::from_code("housing.fin.hua").unwrap(),
            urgency: Urgency::Normal,
            area: AreaCode::new("WK150900").unwrap(),
            subjects: vec![],
        };
        let mut scene = Self { log, who, case: CaseId::opened_by(signal.id), opening: vec![], place };
        scene.give(CaseCommand::OpenCase { id: scene.case, signal, at: at(OPENED) }, OPENED).await;
        scene.opening = scene.stored().await;
        scene
    }

    /// A case that was opened and climbed to the team a few hours after its time.
    pub(crate) async fn climbed() -> Self {
        let scene = Self::opened(Place::sqlite(None).unwrap()).await;
        let step = scene.planned().await;
        scene.give(CaseCommand::RaiseByTimer { step, at: at(LATE) }, LATE).await;
        scene
    }

    /// Another case like it, pinned to a version of the policy.
    pub(crate) async fn opens_like_it(&self, reference: &str, policy_version: u32) -> CaseId {
        let signal = SignalId::of(&PartnerId::new("wonion").unwrap(), reference);
        let id = CaseId::opened_by(signal);
        let mut events = self.opening.clone();
        let Some(CaseEvent::CaseOpened(opened)) = events.first_mut() else { panic!("{events:?}") };
        (opened.id, opened.signal, opened.policy_version) = (id, signal, policy_version);
        let events = events.iter().map(|event| NewEvent::of(event, &context(OPENED)).unwrap()).collect();
        let stream = StreamId::new("case", &id.to_string());
        self.log.append(Append { stream, expected_version: 0, events }).await.unwrap();
        id
    }

    /// A profile is adopted after the first.
    pub(crate) async fn adopts(&self, profile: Profile) {
        let adopt = AdoptProfile(Box::new(profile));
        self.log.execute::<AdoptedProfile>(&(), "voorbeeld", adopt, &context(OPENED)).await.unwrap();
    }

    /// The address of something new beside the log.
    pub(crate) fn address(&self, name: &str) -> String {
        self.place.address(name).unwrap()
    }

    pub(crate) async fn give(&self, command: CaseCommand, when: &str) {
        self.log.execute::<Case>(&self.who, &self.case.to_string(), command, &context(when)).await.unwrap();
    }

    pub(crate) async fn stored(&self) -> Vec<CaseEvent> {
        self.stored_of(self.case).await
    }

    pub(crate) async fn stored_of(&self, case: CaseId) -> Vec<CaseEvent> {
        let all = self.stored_of_all(Position::START).await;
        all.into_iter().filter(|(id, _)| *id == case).map(|(_, event)| event).collect()
    }

    /// What happened to every case, from there on.
    pub(crate) async fn stored_of_all(&self, mut from: Position) -> Vec<(CaseId, CaseEvent)> {
        let mut all = Vec::new();
        loop {
            let page = self.log.read(from, 1_000).await.unwrap();
            let Some(last) = page.events.last() else { return all };
            from = last.position;
            all.extend(page.events.iter().filter_map(|recorded| match recorded.event().unwrap() {
                Event::Case(event) => Some((recorded.stream.id().parse().unwrap(), event)),
                _ => None,
            }));
        }
    }

    pub(crate) async fn planned(&self) -> PlannedStep {
        self.stored().await.iter().rev().find_map(|event| event.plan()?.cloned()).unwrap()
    }

    /// Puts an event into the log that no rule decided.
    pub(crate) async fn plant(&self, event: &CaseEvent, when: &str) {
        let expected_version = self.stored().await.len() as u64;
        let batch = Append {
            stream: StreamId::new("case", &self.case.to_string()),
            expected_version,
            events: vec![NewEvent::of(event, &context(when)).unwrap()],
        };
        self.log.append(batch).await.unwrap();
    }
}
