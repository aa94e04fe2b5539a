//! A small hub with a few accounts, and the way to make things happen in it.

mod accounts;
mod server;

use std::time::Duration;

use cqrs_es::Aggregate;
use jiff::Timestamp;
use seinhuis_contract::proto::case::v1::case_service_client::CaseServiceClient;
use seinhuis_contract::proto::history::v1::history_service_client::HistoryServiceClient;
use seinhuis_contract::proto::monitor::v1::board_service_client::BoardServiceClient;
use seinhuis_contract::proto::monitor::v1::log_service_client::LogServiceClient;
use seinhuis_contract::proto::monitor::v1::notice_service_client::NoticeServiceClient;
use seinhuis_contract::proto::monitor::v1::own_signals_service_client::OwnSignalsServiceClient;
use seinhuis_contract::proto::monitor::v1::pipeline_service_client::PipelineServiceClient;
use seinhuis_contract::proto::monitor::v1::timer_service_client::TimerServiceClient;
use seinhuis_contract::proto::proof::v1::proof_service_client::ProofServiceClient;
use seinhuis_domain::case::{Case, CaseCommand, CaseEvent, CaseState, SignalToFollow};
use seinhuis_domain::ids::{CaseId, NoticeId, PersonId, SignalId};
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::matching::Match;
use seinhuis_domain::notice::{Channel as Way, Notice, NoticeCommand, NoticeFacts};
use seinhuis_domain::signal::{ReportSignal, Signal, SignalFacts};
use seinhuis_eventstore::keyring::Keyring;
use seinhuis_eventstore::proof::{Book, Notary, Signer};
use seinhuis_eventstore::{Committed, Context, Log, Position, StreamId};
use seinhuis_monitor::MonitorViews;
use seinhuis_projections::DirectoryView;
use seinhuis_runtime::Clock;
use tokio_util::sync::CancellationToken;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};

pub(crate) use accounts::token;
pub(crate) use server::{Bearer, WATCHES};

/// Long enough for any machine; nobody waits this long unless something is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The least that HTTP/2 begins with, in bytes.
const NARROW: u32 = 65_535;

type Client = InterceptedService<Channel, Bearer>;

/// The hub. Its clock stands at Monday 9 March 2026, 10:30 in Ulft, until somebody moves it.
pub(crate) struct Scene {
    pub(crate) log: Log,
    pub(crate) keyring: Keyring,
    pub(crate) clock: Clock,
    pub(crate) directory: DirectoryView,
    pub(crate) views: MonitorViews,
    pub(crate) book: Book,
    pub(crate) signer: Signer,
    pub(crate) drain: CancellationToken,
    url: String,
    channel: Channel,
    _folder: tempfile::TempDir,
}

impl Scene {
    pub(crate) fn cases(&self, who: &str) -> CaseServiceClient<Client> {
        CaseServiceClient::with_interceptor(self.channel.clone(), Bearer::of(who))
    }

    pub(crate) fn boards(&self, who: &str) -> BoardServiceClient<Client> {
        BoardServiceClient::with_interceptor(self.channel.clone(), Bearer::of(who))
    }

    pub(crate) fn past(&self, who: &str) -> HistoryServiceClient<Client> {
        HistoryServiceClient::with_interceptor(self.channel.clone(), Bearer::of(who))
    }

    pub(crate) fn facts(&self, who: &str) -> LogServiceClient<Client> {
        LogServiceClient::with_interceptor(self.channel.clone(), Bearer::of(who))
    }

    /// The same for somebody whose connection holds little of what he hasn't read.
    pub(crate) async fn narrow_facts(&self, who: &str) -> LogServiceClient<Client> {
        let endpoint = Endpoint::from_shared(self.url.clone()).unwrap();
        let narrow = endpoint.initial_stream_window_size(NARROW).initial_connection_window_size(NARROW);
        LogServiceClient::with_interceptor(narrow.connect().await.unwrap(), Bearer::of(who))
    }

    pub(crate) fn own_signals(&self, who: &str) -> OwnSignalsServiceClient<Client> {
        OwnSignalsServiceClient::with_interceptor(self.channel.clone(), Bearer::of(who))
    }

    pub(crate) fn timers(&self, who: &str) -> TimerServiceClient<Client> {
        TimerServiceClient::with_interceptor(self.channel.clone(), Bearer::of(who))
    }

    pub(crate) fn inbox(&self, who: &str) -> NoticeServiceClient<Client> {
        NoticeServiceClient::with_interceptor(self.channel.clone(), Bearer::of(who))
    }

    pub(crate) fn pipeline(&self, who: &str) -> PipelineServiceClient<Client> {
        PipelineServiceClient::with_interceptor(self.channel.clone(), Bearer::of(who))
    }

    pub(crate) fn proofs(&self, who: &str) -> ProofServiceClient<Client> {
        ProofServiceClient::with_interceptor(self.channel.clone(), Bearer::of(who))
    }

    /// Signs what the log holds, and tells how many events that is.
    pub(crate) async fn sign(&self) -> u64 {
        let mut notary = Notary::new(self.log.clone(), self.book.clone(), self.signer.clone());
        notary.catch_up().await.unwrap().unwrap().size
    }

    pub(crate) fn context(&self) -> Context {
        Context { actor: "role:test".into(), at: self.clock.now(), trace: None }
    }

    pub(crate) fn at(&self, instant: &str) {
        self.clock.set(instant.parse().unwrap());
    }

    /// Returns once directory and read models have all there is.
    pub(crate) async fn settled(&self) -> Position {
        let head = self.log.head();
        self.directory.reached(head, PATIENCE).await.unwrap();
        for views in [&self.views.main, &self.views.timers, &self.views.notices, &self.views.versions] {
            views.reached(head, PATIENCE).await.unwrap();
        }
        head
    }

    pub(crate) async fn report(&self, facts: SignalFacts) -> Committed {
        let id = SignalId::of(&facts.partner, &facts.reference);
        let command = ReportSignal { facts: Box::new(facts), now: Timestamp::MAX };
        self.log.execute_new::<Signal>(&(), &id.to_string(), command, &self.context()).await.unwrap()
    }

    /// Reports the signal and opens a case for it.
    pub(crate) async fn open(&self, facts: SignalFacts) -> CaseId {
        self.report(facts.clone()).await;
        let signal = to_follow(&facts);
        let id = CaseId::opened_by(signal.id);
        self.case(id, CaseCommand::OpenCase { id, signal, at: self.clock.now() }).await;
        id
    }

    /// Reports the signal and adds it to the case.
    pub(crate) async fn attach(&self, case: CaseId, facts: SignalFacts, because: Match) {
        self.report(facts.clone()).await;
        let signal = to_follow(&facts);
        self.case(case, CaseCommand::AttachSignal { signal, because, at: self.clock.now() }).await;
    }

    /// Moves the clock to the case's deadline and fires its timer.
    pub(crate) async fn climb(&self, case: CaseId) {
        let step = self.state(case).await.planned.expect("a climb is planned");
        self.clock.set(step.due_at);
        self.case(case, CaseCommand::RaiseByTimer { step, at: self.clock.now() }).await;
    }

    pub(crate) async fn case(&self, case: CaseId, command: CaseCommand) -> Committed {
        let who = self.directory.current();
        self.log.execute::<Case>(&who, &case.to_string(), command, &self.context()).await.unwrap()
    }

    /// Records that `person` was told that the case reached `rung` in its first climb.
    pub(crate) async fn told(&self, case: CaseId, rung: Rung, person: &str) {
        let person = PersonId::new(person).unwrap();
        let state = self.state(case).await;
        let key = format!("{case}:{}:{rung}:{}", state.policy_version, state.cycle);
        let notice = NoticeId::of(&key, &person);
        let facts = NoticeFacts { notice, case, area: state.area, rung, person, reminder: None };
        let command = NoticeCommand::RecordDelivery { facts, channel: Way::File, attempts: 1 };
        self.log.execute::<Notice>(&(), &notice.to_string(), command, &self.context()).await.unwrap();
    }

    /// Where the case stands, as the log alone tells.
    pub(crate) async fn state(&self, case: CaseId) -> CaseState {
        let mut folded = Case::default();
        for row in self.log.read_stream(&StreamId::new("case", &case.to_string())).await.unwrap() {
            folded.apply(row.decode::<CaseEvent>().unwrap());
        }
        folded.state().unwrap().clone()
    }
}

fn to_follow(facts: &SignalFacts) -> SignalToFollow {
    SignalToFollow {
        id: SignalId::of(&facts.partner, &facts.reference),
        kind: facts.kind,
        urgency: facts.urgency,
        area: facts.area.clone(),
        subjects: facts.subjects.clone(),
    }
}
