//! Measures go over OTLP too: a collector of our own takes in what the real binary sends, the same that Prometheus reads.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::metrics::v1::Metric;
use seinhuis::hub::measures::declared;
use seinhuis_testkit::Hub;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};

use crate::left_lying::signal;
use crate::scene::{report, until};

/// What was sent last, by name, and who sent it.
#[derive(Debug, Default)]
struct Taken {
    metrics: BTreeMap<String, Metric>,
    service: Option<String>,
}

/// A collector.
#[derive(Debug, Clone, Default)]
struct Collector(Arc<Mutex<Taken>>);

#[tonic::async_trait]
impl MetricsService for Collector {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        let mut taken = self.0.lock().unwrap();
        for of in request.into_inner().resource_metrics {
            let about = of.resource.unwrap_or_default().attributes;
            let service = about.into_iter().find(|attribute| attribute.key == "service.name");
            taken.service = service.map(|service| format!("{:?}", service.value));
            let metrics = of.scope_metrics.into_iter().flat_map(|scope| scope.metrics);
            taken.metrics.extend(metrics.map(|metric| (metric.name.clone(), metric)));
        }
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_measured_is_sent_to_a_collector_with_names_units_and_meanings() {
    let collector = Collector::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server =
        tonic::transport::Server::builder().add_service(MetricsServiceServer::new(collector.clone()));
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));

    let hub = Hub::new("oude-ijsselstreek")
        .unwrap()
        .with("SEINHUIS_TELEMETRY__OTLP", &format!("http://{address}"))
        .with("SEINHUIS_TELEMETRY__OTLP_EVERY", "200ms");
    let wonion = hub.partner("wonion").unwrap();
    let serving = hub.serve().unwrap();
    report(&serving.url, &wonion, signal()).await;
    let wanted = [declared::RECEIPT, declared::GROUP_SIZE, declared::HEAD, declared::LAG, declared::MEMORY];
    until(
        || {
            wanted
                .iter()
                .filter(|metric| !collector.0.lock().unwrap().metrics.contains_key(metric.name))
                .count()
        },
        |missing| *missing == 0,
    );
    assert_eq!(serving.stop().unwrap(), 0, "{}", hub.log());

    let taken = collector.0.lock().unwrap();
    assert!(taken.service.as_ref().unwrap().contains("\"seinhuis\""), "{:?}", taken.service);
    for metric in taken.metrics.values() {
        let known = declared::ALL.iter().find(|known| known.name == metric.name);
        let known = known.unwrap_or_else(|| panic!("{} is declared nowhere", metric.name));
        assert_eq!((&*metric.unit, &*metric.description), (known.unit, known.meaning));
    }
}
