//! A hub that does what a test tells it to, behind the real contract on a real port.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};

use futures::{Stream, StreamExt};
use seinhuis::client::{self, Authed};
use seinhuis_contract::lenient::Received;
use seinhuis_contract::proto::ingest::v1::municipal_ingest_service_server::{
    MunicipalIngestService, MunicipalIngestServiceServer,
};
use seinhuis_contract::proto::ingest::v1::receipt::Outcome;
use seinhuis_contract::proto::ingest::v1::{
    Accepted, Disposition, MunicipalIngestServiceReportRequest as Request,
    MunicipalIngestServiceReportResponse as Response,
    MunicipalIngestServiceReportStreamRequest as StreamRequest,
    MunicipalIngestServiceReportStreamResponse as StreamResponse, MunicipalSignal, Receipt, Refused,
};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tonic::transport::{Channel, Server};
use tonic::{Status, Streaming};

/// The token that the hub knows.
pub(crate) const TOKEN: &str = "shs_known";

/// What the hub does with a signal.
pub(crate) enum Verdict {
    /// Takes it.
    Take,
    /// Refuses it.
    Refuse(Refused),
    /// Takes it, but breaks the stream before the receipt leaves.
    BreakAfter,
    /// Says nothing, for ever.
    KeepSilent,
    /// Gives the receipt of another signal.
    Confuse,
}

type Judge = dyn Fn(&MunicipalSignal, usize) -> Verdict + Send + Sync;

/// What the hub has seen.
#[derive(Default)]
pub(crate) struct Seen {
    /// The signals taken, by reference.
    pub(crate) log: HashMap<String, MunicipalSignal>,
    /// How many signals came in, over all streams.
    pub(crate) received: usize,
    /// How many streams were opened.
    pub(crate) streams: usize,
}

/// The hub.
#[derive(Clone)]
pub(crate) struct FakeHub {
    seen: Arc<Mutex<Seen>>,
    judge: Arc<Judge>,
}

impl FakeHub {
    /// A hub that judges each signal, knowing how many came before it.
    pub(crate) fn judging(
        judge: impl Fn(&MunicipalSignal, usize) -> Verdict + Send + Sync + 'static,
    ) -> Self {
        Self { seen: Arc::default(), judge: Arc::new(judge) }
    }

    /// A hub that takes everything.
    pub(crate) fn kind() -> Self {
        Self::judging(|_, _| Verdict::Take)
    }

    /// What it has seen so far.
    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    /// Serves on a free port and connects with this token.
    pub(crate) async fn serve(&self, token: &str) -> Authed {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let service = MunicipalIngestServiceServer::new(self.clone());
        tokio::spawn(
            Server::builder().add_service(service).serve_with_incoming(TcpListenerStream::new(listener)),
        );
        let channel = Channel::from_shared(address).unwrap().connect().await.unwrap();
        client::authed(channel, token).unwrap()
    }

    /// Answers one signal; nothing when it says nothing.
    fn answer(&self, ordinal: u64, signal: MunicipalSignal) -> Option<Result<StreamResponse, Status>> {
        let mut seen = self.seen();
        let reference = signal.common.clone().unwrap_or_default().reference;
        let verdict = (self.judge)(&signal, seen.received);
        seen.received += 1;
        let mut take = || match seen.log.insert(reference.clone(), signal.clone()) {
            None => Disposition::New,
            Some(_) => Disposition::Duplicate,
        };
        let (ordinal, outcome) = match verdict {
            Verdict::Take => (ordinal, accepted(take())),
            Verdict::Refuse(refused) => (ordinal, Outcome::Refused(refused)),
            Verdict::BreakAfter => {
                take();
                return Some(Err(Status::unavailable("the fake hub falls over")));
            }
            Verdict::KeepSilent => return None,
            Verdict::Confuse => (ordinal + 1, accepted(take())),
        };
        Some(Ok(StreamResponse { receipt: Some(Receipt { ordinal, reference, outcome: Some(outcome) }) }))
    }
}

fn accepted(disposition: Disposition) -> Outcome {
    Outcome::Accepted(Accepted { disposition: disposition as i32, ..Accepted::default() })
}

#[tonic::async_trait]
impl MunicipalIngestService for FakeHub {
    type ReportStreamStream = Pin<Box<dyn Stream<Item = Result<StreamResponse, Status>> + Send>>;

    async fn report(
        &self,
        _: tonic::Request<Received<Request>>,
    ) -> Result<tonic::Response<Response>, Status> {
        Err(Status::unimplemented("only streams"))
    }

    async fn report_stream(
        &self,
        request: tonic::Request<Streaming<Received<StreamRequest>>>,
    ) -> Result<tonic::Response<Self::ReportStreamStream>, Status> {
        self.seen().streams += 1;
        if request.metadata().get("authorization").is_none_or(|shown| *shown != *format!("Bearer {TOKEN}")) {
            return Err(Status::unauthenticated("no valid token"));
        }
        let (give, answers) = mpsc::channel(1);
        let (hub, mut signals) = (self.clone(), request.into_inner());
        tokio::spawn(async move {
            let mut ordinal = 0;
            while let Some(Ok(Received::Message(StreamRequest { signal: Some(signal) }))) =
                signals.next().await
            {
                ordinal += 1;
                let Some(answer) = hub.answer(ordinal, signal) else { continue };
                let ends = answer.is_err();
                if give.send(answer).await.is_err() || ends {
                    return;
                }
            }
        });
        Ok(tonic::Response::new(ReceiverStream::new(answers).boxed()))
    }
}
