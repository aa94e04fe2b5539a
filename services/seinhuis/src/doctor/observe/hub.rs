//! The process that serves at the address of the settings, asked how it is.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::Context as _;
use tokio::net::TcpStream;
use tonic::Code;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::{ANSWER, View};
use crate::config::Listen;
use crate::doctor::facts::{Health, Seen};
use crate::role::Role;

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<Health>> {
    let listen = &view.around.config.listen;
    let at = reachable(listen.address);
    if at.port() == 0 || TcpStream::connect(at).await.is_err() {
        return Ok(Seen::Nothing("nobody serves at the address of the settings"));
    }
    let mut health = HealthClient::new(channel(listen, at).await?);
    let Some(serves) = serves(&mut health, "").await? else {
        anyhow::bail!("what answers there is no hub");
    };
    let mut sick = Vec::new();
    for &role in Role::ALL {
        if serves_role(&mut health, role).await? == Some(false) {
            sick.push(role.to_string());
        }
    }
    Ok(Seen::There(Health { serves, sick, sound: self::serves(&mut health, "audit").await? }))
}

async fn serves_role(health: &mut HealthClient<Channel>, role: Role) -> anyhow::Result<Option<bool>> {
    serves(health, &format!("role/{role}")).await
}

/// Whether it serves what has that name; `None` where it has no such thing.
async fn serves(health: &mut HealthClient<Channel>, name: &str) -> anyhow::Result<Option<bool>> {
    match health.check(HealthCheckRequest { service: name.to_owned() }).await {
        Ok(answer) => Ok(Some(answer.get_ref().status() == ServingStatus::Serving)),
        Err(status) if status.code() == Code::NotFound => Ok(None),
        Err(status) => Err(status).context("it doesn't say how it is"),
    }
}

/// An address to listen on everywhere is called on this machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let mut at = listen;
    match at {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => at.set_ip(Ipv4Addr::LOCALHOST.into()),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => at.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    at
}

async fn channel(listen: &Listen, at: SocketAddr) -> anyhow::Result<Channel> {
    let scheme = if listen.tls().is_some() { "https" } else { "http" };
    let mut endpoint =
        Endpoint::from_shared(format!("{scheme}://{at}"))?.connect_timeout(ANSWER).timeout(ANSWER);
    if let Some((certificate, _)) = listen.tls() {
        // Whoever issued it: it is the certificate of this very hub.
        let pem = std::fs::read(certificate)?;
        endpoint = endpoint.tls_config(ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)))?;
    }
    endpoint.connect().await.context("what listens there doesn't speak as a hub does")
}
