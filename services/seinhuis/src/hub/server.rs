//! The gRPC server: the gate first, then the services, health and reflection.

use std::time::Duration;

use anyhow::Context as _;
use seinhuis_contract::gate::GateLayer;
use seinhuis_contract::proto::FILE_DESCRIPTOR_SET;
use seinhuis_ingest::Limits;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::RoutesBuilder;
use tonic::transport::{Identity, Server, ServerTlsConfig};

use super::connections::bounded;
use crate::config;

/// A peer that says nothing for so long is asked whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(30);
/// Connections open at a time.
const CONNECTIONS: usize = 1_024;
/// Calls of one connection under way at a time.
const CALLS_PER_CONNECTION: usize = 512;
/// Streams of one connection open at a time.
const STREAMS_PER_CONNECTION: u32 = 512;

/// Takes the port. The check of the configuration has made sure that an open one is meant.
pub(super) async fn bind(settings: &config::Listen) -> anyhow::Result<TcpListener> {
    TcpListener::bind(settings.address).await.with_context(|| format!("can't listen on {}", settings.address))
}

/// The limits of the door.
pub(super) fn limits(settings: &config::Ingest) -> Limits {
    Limits {
        message_bytes: settings.message_bytes,
        in_flight: settings.in_flight,
        rate_per_second: settings.rate_per_second,
        burst: settings.burst,
        clock_skew: settings.clock_skew,
    }
}

/// The server as a task that ends with the drain.
pub(super) async fn serve(
    listener: TcpListener,
    settings: &config::Listen,
    gate: GateLayer,
    mut routes: RoutesBuilder,
    drain: CancellationToken,
) -> anyhow::Result<impl Future<Output = Result<(), tonic::transport::Error>> + Send + use<>> {
    let mut builder = Server::builder()
        .http2_keepalive_interval(Some(KEEPALIVE))
        .concurrency_limit_per_connection(CALLS_PER_CONNECTION)
        .max_concurrent_streams(STREAMS_PER_CONNECTION);
    if let Some((cert, key)) = settings.tls() {
        let read = |path: &std::path::PathBuf| {
            std::fs::read(path).with_context(|| format!("can't read {}", path.display()))
        };
        builder = builder
            .tls_config(ServerTlsConfig::new().identity(Identity::from_pem(read(cert)?, read(key)?)))?;
    }
    let (reporter, health) = tonic_health::server::health_reporter();
    let names = services()?;
    for name in &names {
        reporter.set_service_status(name, tonic_health::ServingStatus::Serving).await;
    }
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    routes.add_service(health).add_service(reflection);
    let router = builder.layer(gate).add_routes(routes.routes());
    let stopping = drain.clone();
    let told = async move {
        drain.cancelled().await;
        for name in &names {
            reporter.set_service_status(name, tonic_health::ServingStatus::NotServing).await;
        }
    };
    Ok(async move {
        tokio::spawn(told);
        router.serve_with_incoming_shutdown(bounded(listener, CONNECTIONS), stopping.cancelled_owned()).await
    })
}

/// Every service of the contract by its full name, and the empty name for the server as a whole.
fn services() -> anyhow::Result<Vec<String>> {
    let pool = prost_reflect::DescriptorPool::decode(FILE_DESCRIPTOR_SET)?;
    Ok(std::iter::once(String::new()).chain(pool.services().map(|s| s.full_name().to_owned())).collect())
}
