//! Whole lives of cases, decided by the rules themselves and written straight as batches of the log: signals come in, open a case
//! or join one, which is picked up, handed over, refused, climbs when nobody acts, and is done. Some five events a signal.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use cqrs_es::{Aggregate, event_sink::EventSink};
use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::{Act, Case, CaseCommand, CaseEvent, CaseState, RungReached, SignalToFollow};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::example;
use seinhuis_domain::fact::Fact;
use seinhuis_domain::ids::{CaseId, NoticeId, PartnerId, SignalId, SubjectId};
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::matching::Match;
use seinhuis_domain::notice::{Channel, NoticeEvent, NoticeFacts};
use seinhuis_domain::profile::ProfileEvent;
use seinhuis_domain::signal::{SignalEvent, SignalFacts};
use seinhuis_eventstore::{Append, Context, Log, NewEvent, StreamId};
use tokio::sync::mpsc;

use crate::town::Size;

/// Events that go to the log together, about.
const BATCH: usize = 4_000;
/// Lots that may wait for the log.
const AHEAD: usize = 3;
/// One signal in so many joins a case that is open.
const JOINS: u32 = 3;
const DAY: f64 = 86_400.0;
const KINDS: [(&str, &str); 5] = [
    ("wonion", "housing.soc.gel"),
    ("wonion", "housing.fin.hua"),
    ("politie", "police.e33"),
    ("sensire", "care.loneliness"),
    ("gemeente", "municipal.waste"),
];

/// Everything that happens. The same seed makes the same.
pub(crate) struct Life {
    random: fastrand::Rng,
    size: Size,
    who: Directory,
    areas: Vec<AreaCode>,
    now: Timestamp,
    next_signal: Timestamp,
    /// Signals so far.
    pub(crate) reported: u64,
    /// When somebody does something about which case next.
    due: BinaryHeap<Reverse<(Timestamp, CaseId)>>,
    open: HashMap<CaseId, Open>,
    /// Cases that were open lately, which signals join.
    recent: Vec<CaseId>,
    lot: Vec<Append>,
    touched: HashSet<StreamId>,
}

struct Open {
    case: Case,
    version: u64,
}

impl Life {
    pub(crate) fn new(size: Size, seed: u64) -> Self {
        let start: Timestamp = "2024-01-01T07:00:00Z".parse().unwrap();
        let (profile, areas) = size.profile();
        let adopted = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(profile) };
        let mut who = Directory::default();
        who.apply("bench", &Event::Profile(adopted.clone())).unwrap();
        let mut life = Self {
            random: fastrand::Rng::with_seed(seed),
            size,
            who,
            areas,
            now: start,
            next_signal: start,
            reported: 0,
            due: BinaryHeap::new(),
            open: HashMap::new(),
            recent: vec![],
            lot: vec![],
            touched: HashSet::new(),
        };
        life.append(StreamId::new("profile", "bench"), 0, "person:beheerder", &[adopted]);
        life
    }

    /// Who is who.
    pub(crate) fn who(&self) -> &Directory {
        &self.who
    }

    /// The neighbourhoods.
    pub(crate) fn areas(&self) -> &[AreaCode] {
        &self.areas
    }

    /// Lets things happen until `log` holds `events`, or a few more. What is to come next is made while the log writes.
    pub(crate) async fn go_on(mut self, log: &Log, events: u64) -> Self {
        let (lots, mut made) = mpsc::channel(AHEAD);
        let wanted = events.saturating_sub(log.head().0);
        let living = tokio::spawn(async move {
            let mut count = 0;
            while count < wanted {
                let lot = self.lot().await;
                count += lot.iter().map(|append| append.events.len() as u64).sum::<u64>();
                lots.send(lot).await.unwrap();
            }
            self
        });
        while let Some(lot) = made.recv().await {
            log.append_all(lot)
                .await
                .into_iter()
                .for_each(|appended| assert!(appended.is_ok(), "{appended:?}"));
        }
        living.await.unwrap()
    }

    /// What happens next, enough for one batch.
    pub(crate) async fn lot(&mut self) -> Vec<Append> {
        let mut events = 0;
        while events < BATCH {
            let before = self.lot.len();
            self.happens().await;
            events += self.lot[before..].iter().map(|append| append.events.len()).sum::<usize>();
            // A stream comes once in a lot: its batches stand or fall each for itself.
            let next = self.due.peek().map(|Reverse((_, case))| stream(*case));
            if next.is_some_and(|next| self.touched.contains(&next)) && self.is_due() {
                break;
            }
        }
        self.touched.clear();
        std::mem::take(&mut self.lot)
    }

    fn is_due(&self) -> bool {
        self.due.peek().is_some_and(|Reverse((at, _))| *at <= self.next_signal)
    }

    async fn happens(&mut self) {
        if self.is_due() {
            if let Some(Reverse((at, case))) = self.due.pop() {
                self.now = at;
                self.act_on(case).await;
            }
            return;
        }
        self.now = self.next_signal;
        self.next_signal = self.after(DAY / self.size.signals());
        let case = self.joined();
        let facts = self.signal(case);
        let id = SignalId::of(&facts.partner, &facts.reference);
        let SignalFacts { kind, urgency, area, subjects, partner, .. } = facts.clone();
        let reported = SignalEvent::SignalReported(Box::new(facts));
        self.append(StreamId::new("signal", &id.to_string()), 0, &format!("partner:{partner}"), &[reported]);
        let signal = SignalToFollow { id, kind, urgency, area, subjects };
        let (case, command) = match case {
            Some((case, because)) => (case, CaseCommand::AttachSignal { signal, because, at: self.now }),
            None => {
                let id = CaseId::opened_by(id);
                self.open.insert(id, Open { case: Case::default(), version: 0 });
                self.remember(id);
                (id, CaseCommand::OpenCase { id, signal, at: self.now })
            }
        };
        let is_new = matches!(command, CaseCommand::OpenCase { .. });
        self.command(case, command, "role:casework").await;
        if is_new {
            self.plan(case);
        }
    }

    /// An open case that the next signal joins, if it does, and why.
    fn joined(&mut self) -> Option<(CaseId, Match)> {
        if self.random.u32(..JOINS) > 0 {
            return None;
        }
        let case = *self.random.choice(&self.recent)?;
        let state = self.open.get(&case)?.case.state()?;
        let free = !self.touched.contains(&stream(case));
        let subject = *state.subjects.first().filter(|_| free)?;
        Some((case, Match::SameSubject { subject }))
    }

    fn remember(&mut self, case: CaseId) {
        if self.recent.len() < 2_000 {
            self.recent.push(case);
        } else {
            let place = self.random.usize(..self.recent.len());
            self.recent[place] = case;
        }
    }

    fn signal(&mut self, joins: Option<(CaseId, Match)>) -> SignalFacts {
        let (partner, kind) = *self.random.choice(&KINDS).unwrap();
        self.reported += 1;
        let mut facts = example::signal(partner, &format!("2024-{:08}", self.reported), kind);
        let state = joins.and_then(|(case, _)| self.open[&case].case.state());
        facts.occurred_at = self.now - SignedDuration::from_mins(self.random.i64(5..600));
        facts.area = match state {
            Some(state) => state.area.clone(),
            None => self.random.choice(&self.areas).unwrap().clone(),
        };
        facts.subjects = match state {
            Some(state) => state.subjects.iter().copied().collect(),
            None => vec![subject(self.random.u128(..self.size.people()))],
        };
        facts.household = Some(subject((1 << 40) + self.random.u128(..self.size.people())));
        facts
    }

    /// Somebody acts: what is planned climbs, what was picked up is mostly done next.
    async fn act_on(&mut self, id: CaseId) {
        let Some(state) = self.open.get(&id).and_then(|open| open.case.state()).cloned() else { return };
        let (by, command) = self.drawn(&state);
        self.command(id, command, &by).await;
        match self.open.get(&id).and_then(|open| open.case.state()) {
            Some(state) if state.resolved && self.random.u32(..50) > 0 => drop(self.open.remove(&id)),
            _ => self.plan(id),
        }
    }

    fn drawn(&mut self, state: &CaseState) -> (String, CaseCommand) {
        let person = "person:coordinator-ulft".to_owned();
        let act = Act { by: person.clone(), at: self.now, note: None };
        let partner = PartnerId::new(self.random.choice(&KINDS).unwrap().0).unwrap();
        if let Some(step) = state.planned.clone().filter(|step| step.due_at <= self.now) {
            return ("role:escalation".to_owned(), CaseCommand::RaiseByTimer { step, at: self.now });
        }
        let command = match (state.resolved, state.lead.clone(), state.picked_up, self.random.u32(..20)) {
            (true, ..) => CaseCommand::Reopen { act },
            (_, None, ..) => CaseCommand::AssignLead { lead: partner, act },
            (_, _, _, 0) => CaseCommand::HandOver { to: partner, act },
            (_, Some(lead), None, 1) => CaseCommand::Refuse { partner: lead, act },
            (_, _, _, 2) if state.rung > Rung::Workfloor => {
                CaseCommand::LowerRung { to: Rung::Workfloor, act }
            }
            (_, _, _, 3) if state.rung >= Rung::Regisseur => CaseCommand::Decide { lead: partner, act },
            (_, _, None, _) => CaseCommand::Acknowledge { act },
            _ => CaseCommand::Resolve { act },
        };
        (person, command)
    }

    /// Has somebody act about a case in some days, or lets it climb before.
    fn plan(&mut self, id: CaseId) {
        let acts = self.after(4.0 * DAY);
        let planned = self.open[&id].case.state().and_then(|state| state.planned.as_ref());
        let at = planned.map_or(acts, |step| acts.min(step.due_at.max(self.now)));
        self.due.push(Reverse((at, id)));
    }

    /// What the rules make of a command. What they refuse doesn't happen.
    async fn command(&mut self, id: CaseId, command: CaseCommand, by: &str) {
        let open = self.open.get_mut(&id).unwrap();
        let sink = EventSink::default();
        if open.case.handle(command, &self.who, &sink).await.is_err() {
            return;
        }
        let events = sink.collect().await;
        let before = open.version;
        open.version += events.len() as u64;
        self.append(stream(id), before, by, &events);
        for event in events {
            if let CaseEvent::RungReached(reached) = event {
                self.told(id, &reached);
            }
        }
    }

    /// Everybody who is told of a climb gets his mail.
    fn told(&mut self, case: CaseId, reached: &RungReached) {
        let RungReached { area, rung, cycle, policy_version, .. } = reached;
        for person in reached.tell.clone() {
            let notice = NoticeId::of(&format!("{case}:{policy_version}:{rung}:{cycle}"), &person);
            let facts = NoticeFacts { notice, case, area: area.clone(), rung: *rung, person, reminder: None };
            let delivered = NoticeEvent::NoticeDelivered { facts, channel: Channel::Mail, attempts: 1 };
            self.append(StreamId::new("notice", &notice.to_string()), 0, "role:notify", &[delivered]);
        }
    }

    fn append<E: Fact>(&mut self, stream: StreamId, expected_version: u64, by: &str, events: &[E]) {
        if !events.is_empty() {
            let context = Context { actor: by.to_owned(), at: self.now, trace: None };
            let events = events.iter().map(|event| NewEvent::of(event, &context).unwrap()).collect();
            self.touched.insert(stream.clone());
            self.lot.push(Append { stream, expected_version, events });
        }
    }

    /// An instant `mean` seconds from now on average, as of what happens by chance.
    fn after(&mut self, mean: f64) -> Timestamp {
        let seconds = -(1.0 - self.random.f64()).ln() * mean;
        self.now + SignedDuration::from_micros((seconds * 1e6) as i64)
    }
}

fn stream(case: CaseId) -> StreamId {
    StreamId::new("case", &case.to_string())
}

fn subject(number: u128) -> SubjectId {
    format!("{:032x}", 0x6f3b_7a0e_8f0b_4b52_9d5e_0000_0000_0000_u128 + number).parse().unwrap()
}
