//! A notice that is held goes out when its time comes, with others where its person has them collected, unless nothing is left to
//! tell by then.

#![allow(clippy::unwrap_used, reason = "a test that meets what it did not expect must fail")]

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::time;
use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::calendar::QuietHours;
use seinhuis_domain::case::{Act, Case, CaseCommand, SignalToFollow};
use seinhuis_domain::event::Event;
use seinhuis_domain::example;
use seinhuis_domain::ids::{CaseId, PartnerId, PersonId, SignalId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::notice::{Moot, NoticeEvent};
use seinhuis_domain::profile::{AdoptProfile, AdoptedProfile};
use seinhuis_domain::sector::Urgency;
use seinhuis_eventstore::{Context, Log, Position};
use seinhuis_notify::{
    Contact, Contacts, Delivery, Gone, Language, Notify, NotifyParts, Outcomes, OverDays, Retry, Way,
    Webhooks,
};
use seinhuis_projections::{DirectoryView, Follower, Model, Views, work};
use seinhuis_runtime::Clock;
use seinhuis_testkit::Place;
use tokio_util::sync::CancellationToken;

/// At night, when the regisseur is not to be told, and the morning after.
const NIGHT: &str = "2026-03-10T22:00:00Z";
const MORNING: &str = "2026-03-11T07:00:00Z";
/// How long anything may take, on a machine that compiles beside it.
const PATIENCE: Duration = Duration::from_secs(60);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A case that somebody raised to the regisseur at night, and the role at work since.
struct Scene {
    log: Log,
    directory: DirectoryView,
    case: CaseId,
    clock: Clock,
    drain: CancellationToken,
    place: Place,
}

impl Scene {
    async fn raised_at_night() -> Self {
        let place = Place::sqlite(None).unwrap();
        let log = Log::open(&place.address("log.sqlite").unwrap()).await.unwrap();
        let mut profile = example::profile();
        let nights = QuietHours { days: vec![], from: time(18, 0, 0, 0), until: time(8, 0, 0, 0) };
        profile.people.iter_mut().for_each(|person| person.quiet.push(nights.clone()));
        let clock = Clock::manual(at(NIGHT));
        let context = Context { actor: "role:test".into(), at: clock.now(), trace: None };
        let adopt = AdoptProfile(Box::new(profile));
        log.execute::<AdoptedProfile>(&(), "voorbeeld", adopt, &context).await.unwrap();
        let directory = DirectoryView::load(log.clone()).await.unwrap();
        let case = CaseId::opened_by(signal("1").id);
        let scene = Self { log, directory, case, clock, drain: CancellationToken::new(), place };
        scene.raise("1").await;
        scene
    }

    /// Opens the case of a signal, and raises it to the team.
    async fn raise(&self, reference: &str) {
        let signal = signal(reference);
        let case = CaseId::opened_by(signal.id);
        self.tell(case, CaseCommand::OpenCase { id: case, signal, at: at(NIGHT) }).await;
        self.tell(case, CaseCommand::RaiseRung { to: Rung::Team, act: self.act() }).await;
    }

    fn act(&self) -> Act {
        Act { by: "person:wijkagent".into(), at: self.clock.now(), note: None }
    }

    async fn give(&self, command: CaseCommand) {
        self.tell(self.case, command).await;
    }

    async fn tell(&self, case: CaseId, command: CaseCommand) {
        let context = Context { actor: "role:test".into(), at: self.clock.now(), trace: None };
        let who = self.directory.current();
        self.log.execute::<Case>(&who, &case.to_string(), command, &context).await.unwrap();
    }

    /// Sets the role to work in the morning, and tells what it records of the one notice, and how many mails went out.
    async fn in_the_morning(self) -> (NoticeEvent, usize) {
        let (mut events, letters) = self.in_the_morning_with(contacts(None)).await;
        assert_eq!(events.len(), 1, "{events:?}");
        (events.remove(0), letters)
    }

    async fn in_the_morning_with(self, contacts: Contacts) -> (Vec<NoticeEvent>, usize) {
        let letters = tempfile::tempdir().unwrap();
        let views = Views::open(&self.place.address("notices").unwrap(), &[Model::Notices]).await.unwrap();
        let webhooks = Webhooks::new(false, Clock::system(), Gone::default()).unwrap();
        let from = "Seinhuis <seinhuis@example.org>".parse().unwrap();
        let notify = Notify::new(NotifyParts {
            log: self.log.clone(),
            follower: Follower::new(self.log.clone(), views.clone()),
            views,
            directory: self.directory.clone(),
            clock: self.clock.clone(),
            delivery: Delivery::files(
                letters.path().into(),
                from,
                "https://seinhuis.example".into(),
                webhooks,
            ),
            contacts,
            retry: Retry { attempts_max: 1, first_pause: SignedDuration::from_secs(1) },
            webhook_retry: OverDays { attempts_max: 1 },
            may_send: Arc::new(|| true),
            outcomes: Outcomes::default(),
        });
        let role = tokio::spawn(work(notify, self.drain.clone()));
        let head = self.log.head();
        self.clock.set(at(MORNING));
        let mut news = self.log.watch();
        tokio::time::timeout(PATIENCE, news.past(head)).await.unwrap();
        self.drain.cancel();
        role.await.unwrap().unwrap();
        (self.outcomes(head).await, letters.path().read_dir().unwrap().count())
    }

    async fn outcomes(&self, after: Position) -> Vec<NoticeEvent> {
        let events = self.log.read(after, 10).await.unwrap().events;
        let outcome = |event| match event {
            Event::Notice(event) => event,
            other => panic!("{other:?}"),
        };
        events.iter().map(|recorded| outcome(recorded.event().unwrap())).collect()
    }
}

fn signal(reference: &str) -> SignalToFollow {
    SignalToFollow {
        id: SignalId::of(&PartnerId::new("wonion").unwrap(), reference),
        kind: Kind::from_code("housing.fin.hua").unwrap(),
        urgency: Urgency::Normal,
        area: AreaCode::new("WK150900").unwrap(),
        subjects: vec![],
    }
}

fn contacts(digest_every: Option<SignedDuration>) -> Contacts {
    let contact = Contact {
        name: "Coördinator Ulft".into(),
        mail: "coordinator@example.org".into(),
        language: Language::Dutch,
        ways: vec![Way::Mail],
        webhook: None,
        digest_every,
    };
    Contacts::from([(PersonId::new("coordinator-ulft").unwrap(), contact)])
}

#[tokio::test]
async fn a_notice_that_was_held_over_night_goes_out_in_the_morning() {
    let (event, letters) = Scene::raised_at_night().await.in_the_morning().await;
    assert!(matches!(event, NoticeEvent::NoticeDelivered { .. }), "{event:?}");
    assert_eq!(letters, 1);
}

#[tokio::test]
async fn of_a_case_that_was_resolved_over_night_nobody_is_told_and_the_log_says_why() {
    let scene = Scene::raised_at_night().await;
    scene.give(CaseCommand::Resolve { act: scene.act() }).await;
    let (event, letters) = scene.in_the_morning().await;
    assert!(matches!(event, NoticeEvent::NoticeWithdrawn { because: Moot::CaseResolved, .. }), "{event:?}");
    assert_eq!(letters, 0);
}

#[tokio::test]
async fn of_a_case_that_was_lowered_over_night_the_rung_it_left_is_not_told() {
    let scene = Scene::raised_at_night().await;
    scene.give(CaseCommand::LowerRung { to: Rung::Workfloor, act: scene.act() }).await;
    let (event, letters) = scene.in_the_morning().await;
    assert!(matches!(event, NoticeEvent::NoticeWithdrawn { because: Moot::CaseMoved, .. }), "{event:?}");
    assert_eq!(letters, 0);
}

#[tokio::test]
async fn who_has_his_notices_collected_gets_one_mail_and_each_notice_has_its_outcome() {
    let scene = Scene::raised_at_night().await;
    scene.raise("2").await;
    scene.raise("3").await;
    let (events, letters) = scene.in_the_morning_with(contacts(Some(SignedDuration::from_hours(1)))).await;
    assert!(events.iter().all(|event| matches!(event, NoticeEvent::NoticeDelivered { .. })), "{events:?}");
    assert_eq!((events.len(), letters), (3, 1));
}
