//! One call, or one stream of calls: each signal in, each receipt out, in order.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use futures::stream::{Stream, StreamExt};
use seinhuis_contract::lenient::Received;
use seinhuis_contract::proto::ingest::v1::receipt::Outcome;
use seinhuis_contract::proto::ingest::v1::{Accepted, Disposition, Receipt};
use seinhuis_contract::status::Problem;
use seinhuis_contract::time;
use seinhuis_domain::sector::Sector;
use seinhuis_runtime::trace::{Kind, Step};
use tonic::{Code, Extensions, Status, Streaming, metadata::MetadataMap};

use crate::caller::Caller;
use crate::incoming::Incoming;
use crate::rate::Rate;
use crate::report::Reported;
use crate::{Ingest, Told};

/// What taking a signal in is called in its trace.
const STEP: &str = "report signal";

/// One signal as the wire gave it: a message that may hold no signal, or bytes that are no message.
pub(crate) type Arrived = Received<Option<Incoming>>;

impl Ingest {
    /// Who calls at the door of `sector`, unless the hub is going down.
    pub(crate) fn caller(
        &self,
        extensions: &Extensions,
        metadata: &MetadataMap,
        sector: Sector,
    ) -> Result<Caller, Status> {
        let caller =
            Caller::of(extensions, metadata, sector, &(self.parts().directory)()).and_then(|caller| {
                if self.parts().draining.is_cancelled() { Err(Problem::Draining) } else { Ok(caller) }
            });
        caller.map_err(|problem| {
            let told = Told { sector, partner: None, outcome: problem.reason(), took: None };
            (self.parts().on_outcome)(told);
            problem.into()
        })
    }

    /// Answers one signal; a refusal is a status.
    pub(crate) async fn one(&self, caller: &Caller, arrived: Arrived) -> Result<Receipt, Status> {
        let rate = self.rate(caller);
        let step = Step::here(STEP, Kind::Internal).or_carrying(caller.trace);
        let (reference, outcome) = self.outcome(caller, &rate, arrived, &step).await;
        Ok(accepted(1, reference, outcome?))
    }

    /// Answers a stream of signals; a refusal is a receipt. Reads ahead as far as the limits allow and no further.
    pub(crate) fn stream<M>(
        &self,
        caller: Caller,
        inbound: Streaming<Received<M>>,
        signal: fn(M) -> Option<Incoming>,
    ) -> impl Stream<Item = Result<Receipt, Status>> + Send + use<M>
    where
        M: Send + 'static,
    {
        let (ingest, rate, caller) = (self.clone(), self.rate(&caller), Arc::new(caller));
        let ending = Arc::new(Ending::default());
        let in_flight = self.parts().limits.in_flight.get();
        let arrivals = self.arrivals(inbound, caller.clone(), ending.clone());
        arrivals
            .enumerate()
            .map(move |(at, received)| {
                let (ingest, caller, rate) = (ingest.clone(), caller.clone(), rate.clone());
                async move {
                    let arrived = match received {
                        Received::Message(message) => Received::Message(signal(message)),
                        Received::Undecodable { message } => Received::Undecodable { message },
                    };
                    let step = Step::one_of(STEP, Kind::Internal, caller.trace);
                    let (reference, outcome) = ingest.outcome(&caller, &rate, arrived, &step).await;
                    Ok(receipt(at as u64 + 1, reference, outcome))
                }
            })
            .buffered(in_flight)
            // Polled once every receipt before it has left.
            .chain(futures::stream::once(async move { ending.status() }).filter_map(async |end| end.map(Err)))
    }

    /// The messages of a stream until it ends, breaks, loses its right, or the hub goes down; `ending` then knows
    /// which of these.
    fn arrivals<M>(
        &self,
        inbound: Streaming<Received<M>>,
        caller: Arc<Caller>,
        ending: Arc<Ending>,
    ) -> impl Stream<Item = Received<M>> + Send + use<M>
    where
        M: Send + 'static,
    {
        let ingest = self.clone();
        let drained = self.parts().draining.clone().cancelled_owned();
        let draining = (self.parts().draining.clone(), ending.clone());
        inbound
            .take_until(drained)
            .scan((), move |(), message| {
                let message = message.map_err(|status| ingest.broken(status)).and_then(|message| {
                    let directory = (ingest.parts().directory)();
                    caller.still_counts(&directory, ingest.now()).map_err(Status::from)?;
                    Ok(message)
                });
                futures::future::ready(message.map_err(|status| ending.set(status)).ok())
            })
            .chain(
                futures::stream::once(async move {
                    let (draining, ending) = draining;
                    if draining.is_cancelled() {
                        ending.set(Problem::Draining.into());
                    }
                    None
                })
                .filter_map(futures::future::ready),
            )
    }

    /// The status a broken stream ends with.
    fn broken(&self, status: Status) -> Status {
        match status.code() {
            Code::OutOfRange => Problem::TooLarge { limit: self.parts().limits.message_bytes }.into(),
            _ => status,
        }
    }

    fn rate(&self, caller: &Caller) -> Arc<Rate> {
        self.0.rates.of(&caller.partner)
    }

    /// What became of one signal, with its reference, counted.
    async fn outcome(
        &self,
        caller: &Caller,
        rate: &Rate,
        arrived: Arrived,
        step: &Step,
    ) -> (String, Result<Reported, Problem>) {
        let began = Instant::now();
        let (reference, outcome) = match arrived {
            Received::Undecodable { message } => (String::new(), Err(Problem::Undecodable(message))),
            Received::Message(incoming) => {
                let common = incoming.as_ref().and_then(|incoming| incoming.common.as_ref());
                let reference = common.map(|common| common.reference.clone()).unwrap_or_default();
                // Boxed: below it lie the rules, the keys and the log, too deep a type for the compiler to carry up.
                let reported = Box::pin(self.report(caller, rate, incoming, step));
                (reference, step.run(reported).await)
            }
        };
        let counted = match &outcome {
            Ok(reported) if reported.committed.fresh => "NEW",
            Ok(_) => "DUPLICATE",
            Err(problem) => problem.reason(),
        };
        let (partner, took) = (Some(&caller.partner), Some(began.elapsed()));
        (self.parts().on_outcome)(Told { sector: caller.sector, partner, outcome: counted, took });
        step.word("seinhuis.outcome", counted);
        if let Err(problem) = &outcome {
            step.failed(problem.reason());
        }
        (reference, outcome)
    }
}

/// Why a stream ended before the partner said so; set once.
#[derive(Default)]
struct Ending(OnceLock<Status>);

impl Ending {
    fn set(&self, status: Status) {
        // The first cause is the cause.
        let _ = self.0.set(status);
    }

    fn status(&self) -> Option<Status> {
        self.0.get().cloned()
    }
}

fn receipt(ordinal: u64, reference: String, outcome: Result<Reported, Problem>) -> Receipt {
    match outcome {
        Ok(reported) => accepted(ordinal, reference, reported),
        Err(problem) => Receipt { ordinal, reference, outcome: Some(Outcome::Refused(problem.refused())) },
    }
}

fn accepted(ordinal: u64, reference: String, Reported { id, committed }: Reported) -> Receipt {
    let disposition = if committed.fresh { Disposition::New } else { Disposition::Duplicate };
    let accepted = Accepted {
        signal_id: id.to_string(),
        position: committed.position.0,
        recorded_at: Some(time::to_wire(committed.recorded_at)),
        disposition: disposition.into(),
    };
    Receipt { ordinal, reference, outcome: Some(Outcome::Accepted(accepted)) }
}
