//! A small municipality with a real log in a folder of its own, for making histories by command. Its read models lie in
//! files beside the log, or in databases.

#![allow(dead_code, reason = "specs and tests share it, and neither uses all of it")]

#[path = "home.rs"]
mod home;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::calendar::Calendar;
use seinhuis_domain::case::{Act, Case, CaseCommand, CaseRefusal, CaseState, SignalToFollow};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::example;
use seinhuis_domain::ids::{CaseId, NoticeId, PersonId, SignalId, SubjectId};
use seinhuis_domain::ladder::{PlannedStep, Rung};
use seinhuis_domain::matching::Match;
use seinhuis_domain::notice::{Channel, Notice, NoticeCommand, NoticeFacts};
use seinhuis_domain::profile::{AdoptProfile, AdoptedProfile, Profile, ProfileEvent};
use seinhuis_domain::signal::{ReportSignal, Signal, SignalFacts};
use seinhuis_domain::subject::{ErasureReason, Subject, SubjectCommand};
use seinhuis_eventstore::{Context, ExecuteError, Log, Position, StreamId};
use tempfile::TempDir;

use home::Server;
pub(crate) use home::{Place, on_each_backend};

/// The log, who is who, and the time.
pub(crate) struct Scene {
    pub(crate) folder: TempDir,
    pub(crate) place: Place,
    /// The databases that were named, and their addresses on the server itself.
    pub(crate) made: Mutex<HashMap<String, String>>,
    pub(crate) log: Log,
    pub(crate) who: Directory,
    pub(crate) now: Timestamp,
    /// The trace that everything is part of from here on.
    pub(crate) trace: Option<String>,
}

impl Scene {
    /// A log that holds the example's profile as its first event.
    pub(crate) async fn new() -> Self {
        Self::at(&Place::Files).await
    }

    /// The same, with its read models at `place`.
    pub(crate) async fn at(place: &Place) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open(&log_in(&folder)).await.unwrap();
        let mut who = Directory::default();
        let event = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(example::profile()) };
        who.apply("example", &Event::Profile(event)).unwrap();
        let scene = Self {
            folder,
            place: place.clone(),
            made: Mutex::default(),
            log,
            who,
            now: "2026-03-09T10:00:00Z".parse().unwrap(),
            trace: None,
        };
        let adopt = AdoptProfile(Box::new(example::profile()));
        scene.log.execute::<AdoptedProfile>(&(), "example", adopt, &scene.context()).await.unwrap();
        scene
    }

    /// The address of the log, for whoever opens it besides.
    pub(crate) fn log_url(&self) -> String {
        log_in(&self.folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.sqlite"))
    }

    /// The address of a place for read models.
    pub(crate) fn url(&self, name: &str) -> String {
        match &self.place {
            Place::Files => format!("sqlite:{}", self.path(name).display()),
            Place::Server(server) => server.url(&self.database(server, name)),
        }
    }

    fn database(&self, server: &Server, name: &str) -> String {
        let mut made = self.made.lock().unwrap();
        made.entry(name.to_owned()).or_insert_with(|| server.postgres.database().unwrap()).clone()
    }

    /// Goes around the hub, and gives the lines that a statement answers.
    pub(crate) async fn around(&self, name: &str, statement: &str) -> Vec<String> {
        use sqlx::Connection;
        match &self.place {
            Place::Files => {
                let file = format!("sqlite:{}", self.path(name).display());
                let mut around = sqlx::SqliteConnection::connect(&file).await.unwrap();
                let statement = sqlx::query_scalar(sqlx::AssertSqlSafe(statement.to_owned()));
                statement.fetch_all(&mut around).await.unwrap()
            }
            Place::Server(server) => {
                server.psql(&self.database(server, name), statement).lines().map(str::to_owned).collect()
            }
        }
    }

    /// The digits of a column's bytes, in the words of the place.
    pub(crate) fn hex(&self, column: &str) -> String {
        match &self.place {
            Place::Files => format!("lower(hex({column}))"),
            Place::Server(_) => format!("encode({column}, 'hex')"),
        }
    }

    pub(crate) fn context(&self) -> Context {
        Context { actor: "person:iemand".into(), at: self.now, trace: self.trace.clone() }
    }

    pub(crate) fn act(&self) -> Act {
        Act { by: "person:iemand".into(), at: self.now, note: None }
    }

    pub(crate) fn later(&mut self, hours: i64) {
        self.now += SignedDuration::from_hours(hours);
    }

    /// Reports a signal that came in just now.
    pub(crate) async fn report(&self, facts: &SignalFacts) -> SignalId {
        let facts = Box::new(facts.clone());
        let id = SignalId::of(&facts.partner, &facts.reference);
        let context = Context { actor: format!("partner:{}", facts.partner), ..self.context() };
        let command = ReportSignal { facts, now: self.now };
        self.log.execute_new::<Signal>(&(), &id.to_string(), command, &context).await.unwrap();
        id
    }

    /// Reports a signal and opens a case for it.
    pub(crate) async fn opened(&self, facts: &SignalFacts) -> CaseId {
        let signal = self.report(facts).await;
        self.open(facts, signal).await
    }

    pub(crate) async fn open(&self, facts: &SignalFacts, signal: SignalId) -> CaseId {
        let id = CaseId::opened_by(signal);
        let command = CaseCommand::OpenCase { id, signal: to_follow(facts, signal), at: self.now };
        self.case(id, command).await.unwrap();
        id
    }

    /// Reports a signal and has a case take it in.
    pub(crate) async fn attached(&self, case: CaseId, facts: &SignalFacts, because: Match) -> SignalId {
        let signal = self.report(facts).await;
        self.attach(case, facts, signal, because).await.unwrap();
        signal
    }

    pub(crate) async fn attach(
        &self,
        case: CaseId,
        facts: &SignalFacts,
        signal: SignalId,
        because: Match,
    ) -> Result<(), CaseRefusal> {
        let signal = to_follow(facts, signal);
        self.case(case, CaseCommand::AttachSignal { signal, because, at: self.now }).await
    }

    /// Has a case handle a command.
    pub(crate) async fn case(&self, id: CaseId, command: CaseCommand) -> Result<(), CaseRefusal> {
        match self.log.execute::<Case>(&self.who, &id.to_string(), command, &self.context()).await {
            Ok(_) => Ok(()),
            Err(ExecuteError::Refused(refusal)) => Err(refusal),
            Err(other) => panic!("{other}"),
        }
    }

    /// The case as its own rules see it.
    pub(crate) async fn state(&self, id: CaseId) -> CaseState {
        let mut case = Case::default();
        for recorded in self.log.read_stream(&StreamId::new("case", &id.to_string())).await.unwrap() {
            cqrs_es::Aggregate::apply(&mut case, recorded.decode().unwrap());
        }
        case.state().unwrap().clone()
    }

    /// What the case has planned.
    pub(crate) async fn planned(&self, id: CaseId) -> Option<PlannedStep> {
        self.state(id).await.planned
    }

    /// Lets the planned climb come due and take place.
    pub(crate) async fn climb(&mut self, id: CaseId) {
        let step = self.planned(id).await.unwrap();
        self.now = self.now.max(step.due_at);
        self.case(id, CaseCommand::RaiseByTimer { step, at: self.now }).await.unwrap();
    }

    /// Lets the reminder that is next come due and go out.
    pub(crate) async fn remind(&mut self, id: CaseId) {
        let CaseState { planned, remind_at, .. } = self.state(id).await;
        let (step, planned_at) = (planned.unwrap(), remind_at.unwrap());
        self.now = self.now.max(planned_at);
        self.case(id, CaseCommand::Remind { step, planned_at, at: self.now }).await.unwrap();
    }

    /// Another profile is in force from the beginning, for who decides here.
    pub(crate) fn adopt(&mut self, profile: Profile) {
        let event = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(profile) };
        self.who.apply("example", &Event::Profile(event)).unwrap();
    }

    pub(crate) async fn settle(
        &self,
        case: CaseId,
        notice: NoticeId,
        rung: Rung,
        person: &str,
        failed: bool,
    ) {
        let state = self.state(case).await;
        let person = PersonId::new(person).unwrap();
        let facts = NoticeFacts { notice, case, area: state.area, rung, person, reminder: None };
        let command = if failed {
            NoticeCommand::RecordFailure {
                facts,
                channel: Channel::Mail,
                attempts: 5,
                reason: "no such box".into(),
            }
        } else {
            NoticeCommand::RecordDelivery { facts, channel: Channel::Mail, attempts: 1 }
        };
        self.log.execute::<Notice>(&(), &notice.to_string(), command, &self.context()).await.unwrap();
    }

    pub(crate) async fn erase(&self, subject: SubjectId) {
        let today = jiff::civil::date(2026, 3, 10);
        let order = SubjectCommand::OrderErasure { subject, reason: ErasureReason::Request, today };
        for command in [order, SubjectCommand::RecordErasure { subject }] {
            self.log.execute::<Subject>(&(), &subject.to_string(), command, &self.context()).await.unwrap();
        }
    }

    /// When a term of the policy ends that begins now.
    pub(crate) fn due(&self, term: &str) -> Timestamp {
        Calendar::dutch().due_at(self.now, term.parse().unwrap()).unwrap()
    }

    pub(crate) fn head(&self) -> Position {
        self.log.head()
    }
}

/// A signal in Ulft about nobody in particular.
pub(crate) fn signal(partner: &str, reference: &str, kind: &str) -> SignalFacts {
    example::signal(partner, reference, kind)
}

/// A pseudonym, a different one for each number.
pub(crate) fn pseudonym(number: u128) -> SubjectId {
    format!("{:032x}", 0x6f3b_7a0e_8f0b_4b52_9d5e_0000_0000_0000_u128 + number).parse().unwrap()
}

fn log_in(folder: &TempDir) -> String {
    format!("sqlite:{}", folder.path().join("log.sqlite").display())
}

fn to_follow(facts: &SignalFacts, id: SignalId) -> SignalToFollow {
    let SignalFacts { kind, urgency, area, subjects, .. } = facts.clone();
    SignalToFollow { id, kind, urgency, area, subjects }
}
