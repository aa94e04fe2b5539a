//! The address the hub listens on, and its certificate.

use std::path::Path;

use anyhow::Context as _;
use tokio::net::TcpStream;
use tonic::transport::{Identity, Server, ServerTlsConfig};

use super::View;
use crate::doctor::certificate::Validity;
use crate::doctor::facts::{Door, Seen, in_one_line};

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<Door>> {
    let listen = &view.around.config.listen;
    let told = |refused: anyhow::Error| in_one_line(&*refused);
    let (certificate, key) = match listen.tls() {
        None => (None, None),
        Some((certificate, key)) => (
            Some(read(certificate).and_then(|pem| Validity::of_pem(&pem)).map_err(told)),
            Some(fits(certificate, key).map_err(told)),
        ),
    };
    // Port 0 is any free one.
    let taken = listen.address.port() != 0 && TcpStream::connect(listen.address).await.is_ok();
    Ok(Seen::There(Door { taken, certificate, key }))
}

/// Whether a server could begin with these two, as the hub does.
fn fits(certificate: &Path, key: &Path) -> anyhow::Result<()> {
    let identity = Identity::from_pem(read(certificate)?, read(key)?);
    Server::builder().tls_config(ServerTlsConfig::new().identity(identity))?;
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("can't read {}", path.display()))
}
