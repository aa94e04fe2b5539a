//! A small run in which all is well, made by the rules themselves: two signals of one household, one of another, a case that
//! is picked up and one that climbs, and who is told of it.

use std::collections::BTreeMap;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::case::{Act, Case, CaseCommand, CaseEvent, SignalToFollow};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::example;
use seinhuis_domain::ids::{CaseId, NoticeId, SubjectId};
use seinhuis_domain::ladder::PlannedStep;
use seinhuis_domain::matching::Match;
use seinhuis_domain::notice::{Channel, NoticeEvent, NoticeFacts};
use seinhuis_domain::profile::ProfileEvent;
use seinhuis_domain::signal::{SignalEvent, SignalFacts};

use crate::history::{
    Acted, Entry, History, LeaseSeen, Mail, Moment, Pace, Published, Receipt, Sent, Takeover,
};

/// A Monday.
pub(super) const MONDAY: &str = "2026-03-09T09:30:00Z";
/// An hour of the hub in a millisecond.
const SPEED: f64 = 3_600_000.0;

/// The run so far.
pub(super) struct World {
    pub(super) history: History,
    who: Directory,
    now: Timestamp,
    cases: BTreeMap<CaseId, Case>,
}

impl World {
    pub(super) fn new() -> Self {
        let adopted = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(example::profile()) };
        let mut who = Directory::default();
        who.apply("profile", &Event::Profile(adopted.clone())).unwrap();
        let now = MONDAY.parse().unwrap();
        let pace = Some(Pace { start: now, speed: SPEED, ahead: SignedDuration::ZERO });
        let history = History { pace, ..History::default() };
        let mut world = Self { history, who, now, cases: BTreeMap::new() };
        world.append("profile-1", "role:hub", Event::Profile(adopted));
        world
    }

    /// All that a run has, in order; the first case is picked up, the second climbs once and its notice is sent.
    pub(super) fn of_a_good_run() -> Self {
        let mut world = Self::new();
        let first = world.report("a-1", Some(1));
        let second = world.report("a-2", Some(1));
        let third = world.report("b-1", Some(2));
        let picked_up = world.open(&first);
        world.attach(picked_up, &second, 1);
        let left_lying = world.open(&third);
        world.act(picked_up);
        world.climb(left_lying);
        world.tell_all();
        world.history.leases =
            vec![seen("casework", "a", 1), seen("casework", "a", 1), seen("casework", "b", 2)];
        let took = Some(Duration::from_secs(4));
        world.history.takeovers = vec![Takeover { role: "casework".into(), took }];
        world.history.horizon = Some(world.now);
        world
    }

    pub(super) fn append(&mut self, stream: &str, actor: &str, event: Event) -> u64 {
        let log = &mut self.history.log;
        let version = 1 + log.iter().filter(|entry| entry.stream == stream).count() as u64;
        let position = 1 + log.len() as u64;
        let (stream, actor) = (stream.to_owned(), actor.to_owned());
        log.push(Entry { position, stream, version, actor, event, later: false });
        self.history.heads.push((self.moment(), position));
        position
    }

    /// So many hours of the hub, in time of the run.
    pub(super) fn span(&self, hours: u32) -> Moment {
        Duration::from_secs(3_600).mul_f64(f64::from(hours)).div_f64(SPEED)
    }

    /// A signal of the good run, as it was sent.
    pub(super) fn sent(&self, reference: &str) -> Sent {
        self.history.sent.values().find(|sent| sent.reference == reference).unwrap().clone()
    }

    /// One like it that never arrived.
    pub(super) fn unsent(&self, reference: &str) -> Sent {
        Sent { reference: reference.to_owned(), household: None, ..self.sent("a-1") }
    }

    /// A signal as the log has it.
    pub(super) fn facts(&mut self, reference: &str) -> &mut SignalFacts {
        let facts = self.history.log.iter_mut().filter_map(|entry| match &mut entry.event {
            Event::Signal(SignalEvent::SignalReported(facts)) => Some(&mut **facts),
            _ => None,
        });
        facts.into_iter().find(|facts| facts.reference == reference).unwrap()
    }

    fn moment(&self) -> Moment {
        let passed = self.now.duration_since(MONDAY.parse().unwrap());
        Duration::try_from(passed).unwrap().div_f64(SPEED)
    }

    pub(super) fn wait(&mut self, span: SignedDuration) {
        self.now += span;
    }

    /// A signal is sent, taken in and acknowledged.
    pub(super) fn report(&mut self, reference: &str, household: Option<u128>) -> Sent {
        let mut facts = example::signal("wonion", reference, "housing.fin.hua");
        facts.household = household.map(pseudonym);
        let sent = Sent {
            partner: facts.partner.clone(),
            reference: reference.to_owned(),
            kind: facts.kind,
            area: facts.area.clone(),
            urgency: facts.urgency,
            occurred_at: facts.occurred_at,
            household: household.map(|number| format!("7071AB {number}")),
        };
        let event = Event::Signal(SignalEvent::SignalReported(Box::new(facts)));
        let position = self.append(&format!("signal-{}", sent.id()), "partner:wonion", event);
        self.history.sent.insert(sent.id(), sent.clone());
        self.history.receipts.push(Receipt { signal: sent.id(), position });
        sent
    }

    pub(super) fn open(&mut self, sent: &Sent) -> CaseId {
        let id = CaseId::opened_by(sent.id());
        self.give(id, CaseCommand::OpenCase { id, signal: to_follow(sent), at: self.now }, "role:casework");
        id
    }

    pub(super) fn attach(&mut self, case: CaseId, sent: &Sent, household: u128) {
        let because = Match::SameHousehold { household: pseudonym(household) };
        let command = CaseCommand::AttachSignal { signal: to_follow(sent), because, at: self.now };
        self.give(case, command, "role:casework");
    }

    /// The regisseur picks it up, and is told so.
    fn act(&mut self, case: CaseId) {
        let by = "person:regisseur-ulft";
        let act = Act { by: by.to_owned(), at: self.now, note: None };
        let position = self.give(case, CaseCommand::Acknowledge { act }, by);
        self.history.acts.push(Acted { case, by: by.to_owned(), position });
    }

    pub(super) fn resolve(&mut self, case: CaseId) {
        let by = "person:regisseur-ulft";
        let act = Act { by: by.to_owned(), at: self.now, note: None };
        self.give(case, CaseCommand::Resolve { act }, by);
    }

    /// Its timer fires, an hour late.
    pub(super) fn climb(&mut self, case: CaseId) -> PlannedStep {
        let step = self.cases[&case].state().unwrap().planned.clone().unwrap();
        self.now = step.due_at + SignedDuration::from_hours(1);
        self.give(case, CaseCommand::RaiseByTimer { step: step.clone(), at: self.now }, "role:escalation");
        step
    }

    fn give(&mut self, case: CaseId, command: CaseCommand, actor: &str) -> u64 {
        let sink = EventSink::default();
        settled(self.cases.entry(case).or_default().handle(command, &self.who, &sink)).unwrap();
        let events = settled(sink.collect());
        let places =
            events.into_iter().map(|event| self.append(&format!("case-{case}"), actor, Event::Case(event)));
        places.last().unwrap()
    }

    /// Everybody whom a climb names gets one mail, and it is recorded.
    pub(super) fn tell_all(&mut self) {
        for facts in self.untold() {
            self.wait(SignedDuration::from_hours(1));
            self.history.mails.push(Mail { notice: facts.notice, at: self.moment() });
            self.wait(SignedDuration::from_hours(1));
            self.settle(facts);
        }
    }

    pub(super) fn settle(&mut self, facts: NoticeFacts) -> u64 {
        let stream = format!("notice-{}", facts.notice);
        let event = NoticeEvent::NoticeDelivered { facts, channel: Channel::Mail, attempts: 1 };
        self.append(&stream, "role:notify", Event::Notice(event))
    }

    /// All that is public of it stands in the feed, and has to.
    pub(super) fn publish_all(&mut self) {
        self.history.feed = Some(self.history.log.iter().filter_map(Published::of).collect());
        self.history.feed_due_up_to = self.history.log.last().map(|last| last.position);
    }

    fn untold(&self) -> Vec<NoticeFacts> {
        let mut facts = Vec::new();
        for entry in &self.history.log {
            let Event::Case(CaseEvent::RungReached(reached)) = &entry.event else { continue };
            let case: CaseId = entry.stream.strip_prefix("case-").unwrap().parse().unwrap();
            let what = format!("{case}:{}:{}:{}", reached.policy_version, reached.rung, reached.cycle);
            facts.extend(reached.tell.iter().map(|person| NoticeFacts {
                notice: NoticeId::of(&what, person),
                case,
                area: reached.area.clone(),
                rung: reached.rung,
                person: person.clone(),
                reminder: None,
            }));
        }
        facts
    }
}

pub(super) fn seen(lease: &str, holder: &str, epoch: u64) -> LeaseSeen {
    LeaseSeen { lease: lease.into(), holder: holder.into(), epoch }
}

pub(super) fn pseudonym(number: u128) -> SubjectId {
    format!("6f3b7a0e-8f0b-4b52-9d5e-{number:012}").parse().unwrap()
}

fn to_follow(sent: &Sent) -> SignalToFollow {
    let Sent { kind, urgency, area, .. } = sent.clone();
    SignalToFollow { id: sent.id(), kind, urgency, area, subjects: vec![] }
}

/// The rules wait for nothing.
fn settled<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the rules waited for something"),
    }
}
