//! From when and until when a certificate counts.

use anyhow::Context as _;
use jiff::Timestamp;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

/// From when and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

impl Validity {
    /// Of the first certificate in a PEM text, which is the server's own.
    pub(super) fn of_pem(pem: &[u8]) -> anyhow::Result<Self> {
        let chain = Certificate::load_pem_chain(pem).context("it holds no certificate that can be read")?;
        of(chain.first().context("it holds no certificate")?)
    }

    /// Of one in DER.
    pub(super) fn of_der(der: &[u8]) -> anyhow::Result<Self> {
        of(&Certificate::from_der(der).context("it can't be read")?)
    }
}

fn of(certificate: &Certificate) -> anyhow::Result<Validity> {
    let validity = certificate.tbs_certificate().validity();
    let instant = |time: &x509_cert::time::Time| {
        let since = time.to_unix_duration();
        Timestamp::from_second(i64::try_from(since.as_secs())?).context("a year that nobody counts to")
    };
    Ok(Validity { from: instant(&validity.not_before)?, until: instant(&validity.not_after)? })
}
