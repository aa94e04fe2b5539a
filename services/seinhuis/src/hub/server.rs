//! The gRPC server: the gate first, then the services, health and reflection.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use seinhuis_contract::gate::GateLayer;
use seinhuis_contract::proto::FILE_DESCRIPTOR_SET;
use seinhuis_ingest::Limits;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::RoutesBuilder;
use tonic::transport::{self, Identity, ServerTlsConfig};
use tonic_health::pb::health_server::{self, HealthServer};

use super::connections::bounded;
use super::traced::TracedLayer;
use crate::config::{self, Config};

/// A peer that says nothing for so long is asked whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(30);
/// A connection that has lasted long enough has so long to finish its calls; a stream that goes on is ended then, and its
/// client begins another one.
const GRACE: Duration = Duration::from_secs(30);
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

/// The server of a process.
pub(super) struct Server<H: health_server::Health> {
    pub(super) settings: Arc<Config>,
    pub(super) gate: GateLayer,
    pub(super) health: HealthServer<H>,
    /// Cancelled when the process takes nothing more.
    pub(super) drain: CancellationToken,
}

impl<H: health_server::Health> Server<H> {
    /// As a task that ends with the drain.
    pub(super) fn serve(
        self,
        listener: TcpListener,
        mut routes: RoutesBuilder,
    ) -> anyhow::Result<impl Future<Output = Result<(), tonic::transport::Error>> + Send + use<H>> {
        let Self { settings, gate, health, drain } = self;
        let mut builder = transport::Server::builder()
            .http2_keepalive_interval(Some(KEEPALIVE))
            .max_connection_age(settings.serve.connection_age)
            .max_connection_age_grace(GRACE)
            .concurrency_limit_per_connection(CALLS_PER_CONNECTION)
            .max_concurrent_streams(STREAMS_PER_CONNECTION);
        if let Some((cert, key)) = settings.listen.tls() {
            let identity = Identity::from_pem(read(cert)?, read(key)?);
            builder = builder.tls_config(ServerTlsConfig::new().identity(identity))?;
        }
        let reflection = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .build_v1()?;
        routes.add_service(health).add_service(reflection);
        let router = builder.layer(TracedLayer).layer(gate).add_routes(routes.routes());
        let stopped = drain.cancelled_owned();
        Ok(async move { router.serve_with_incoming_shutdown(bounded(listener, CONNECTIONS), stopped).await })
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("can't read {}", path.display()))
}
