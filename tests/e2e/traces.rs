//! Traces, as a receiver of OTLP gets them from the real binary: from a partner's call to the mail of days later nothing is
//! missing, and nothing personal is in them.

mod away;
mod canary;
mod many;
mod one;

use std::time::Duration;

use seinhuis::client::authed;
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::HousingIngestServiceReportRequest;
use seinhuis_contract::proto::ingest::v1::housing_ingest_service_client::HousingIngestServiceClient;
use seinhuis_testkit::{Hub, OtlpSink};
use tonic::Request;
use tonic::transport::{Channel, Endpoint};

/// How long a case may take to climb to the top on its fast clock, and its spans to be sent.
const PATIENCE: Duration = Duration::from_secs(90);

/// The span of a partner's own system from which it calls: trace and span, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Partner {
    trace: String,
    span: String,
}

impl Partner {
    fn number(number: u64) -> Self {
        let trace = u128::from(number) | 0x0af7_6519 << 96;
        Self { trace: format!("{trace:032x}"), span: format!("{:016x}", number | 0xb7ad << 48) }
    }

    fn traceparent(&self) -> String {
        format!("00-{}-{}-01", self.trace, self.span)
    }
}

/// The hub with this receiver for its traces.
fn traced(hub: Hub, sink: &OtlpSink) -> Hub {
    hub.with("SEINHUIS_TELEMETRY__OTLP", &sink.endpoint())
}

async fn connected(url: &str) -> Channel {
    Endpoint::from_shared(url.to_owned()).unwrap().connect().await.unwrap()
}

/// Reports a signal about housing in one call from within a span of the partner's.
async fn reported(channel: &Channel, token: &str, signal: SectorSignal, traceparent: &str) {
    let SectorSignal::Housing(signal) = signal else { panic!("{signal:?} is for another door") };
    let mut request = Request::new(HousingIngestServiceReportRequest { signal: Some(signal) });
    request.metadata_mut().insert("traceparent", traceparent.parse().unwrap());
    HousingIngestServiceClient::new(authed(channel.clone(), token).unwrap()).report(request).await.unwrap();
}
