//! Calling a hub: where it is, and with which token.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use seinhuis_contract::proto::FILE_DESCRIPTOR_SET;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::{Interceptor, interceptor::InterceptedService};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Request, Status};

/// How a command reaches a hub.
#[derive(Debug, Clone, clap::Args)]
pub struct HubArgs {
    /// Where the hub listens.
    #[arg(long, global = true, env = "SEINHUIS_ADDRESS", default_value = "http://127.0.0.1:7465")]
    pub address: String,
    /// The file that holds the token. Without it, SEINHUIS_TOKEN is read.
    #[arg(long, global = true)]
    pub token_file: Option<PathBuf>,
    /// The token itself; better kept in the environment than typed.
    #[arg(long, global = true, env = "SEINHUIS_TOKEN", hide_env_values = true, hide = true)]
    pub token: Option<String>,
    /// The certificate authority of the hub's certificate, as PEM, where it is not a public one.
    #[arg(long, global = true)]
    pub ca: Option<PathBuf>,
}

/// A channel on which every call carries the token.
pub type Authed = InterceptedService<Channel, Bearer>;

/// Puts the token on every call.
#[derive(Debug, Clone)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

impl HubArgs {
    /// Connects.
    pub async fn connect(&self) -> anyhow::Result<Authed> {
        authed(self.channel().await?, &self.read_token()?)
    }

    /// Connects for calls that are open to everybody.
    pub async fn channel(&self) -> anyhow::Result<Channel> {
        let mut endpoint = Endpoint::from_shared(self.address.clone()).with_context(|| {
            format!("{:?} is no address: http://HOST:PORT or https://HOST:PORT", self.address)
        })?;
        if self.address.starts_with("https://") {
            let mut tls = ClientTlsConfig::new();
            if let Some(path) = &self.ca {
                let pem = std::fs::read(path).with_context(|| format!("can't read {}", path.display()))?;
                tls = tls.ca_certificate(Certificate::from_pem(pem));
            }
            endpoint = endpoint.tls_config(tls)?;
        }
        endpoint.connect().await.with_context(|| format!("no hub answers at {}", self.address))
    }

    /// The token, from its file or the environment.
    pub fn read_token(&self) -> anyhow::Result<String> {
        match (&self.token_file, &self.token) {
            (Some(path), _) => {
                let text = std::fs::read_to_string(path);
                Ok(text
                    .with_context(|| format!("can't read the token from {}", path.display()))?
                    .trim()
                    .to_owned())
            }
            (None, Some(token)) => Ok(token.trim().to_owned()),
            (None, None) => bail!("no token: give --token-file or set SEINHUIS_TOKEN"),
        }
    }
}

/// A channel whose calls carry `token`.
pub fn authed(channel: Channel, token: &str) -> anyhow::Result<Authed> {
    let mut value: MetadataValue<Ascii> =
        format!("Bearer {token}").parse().context("the token holds characters a token can't hold")?;
    value.set_sensitive(true);
    Ok(InterceptedService::new(channel, Bearer(Some(value))))
}

/// A message as JSON, by the protobuf JSON mapping. `name` is its full name in the contract.
pub fn json<M: Message>(name: &str, message: &M) -> anyhow::Result<serde_json::Value> {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET)?;
    let descriptor =
        pool.get_message_by_name(name).with_context(|| format!("{name} is not in the contract"))?;
    let message = DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice())?;
    Ok(serde_json::to_value(message)?)
}

/// What a refused call says to the person at the terminal: the words of the hub, then each field it names.
pub fn said(status: &Status) -> anyhow::Error {
    use tonic_types::StatusExt;
    let mut text = format!("{} ({:?})", status.message(), status.code());
    if let Some(bad) = status.get_details_bad_request() {
        for violation in bad.field_violations {
            text.push_str(&format!("\n  {}: {}", violation.field, violation.description));
        }
    }
    anyhow::anyhow!(text)
}
