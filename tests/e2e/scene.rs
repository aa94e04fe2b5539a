//! What the end-to-end tests share.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use futures::StreamExt;
use seinhuis::client::authed;
use seinhuis::door;
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::Receipt;
use tonic::transport::Endpoint;

/// A folder of this test package.
pub(crate) fn own(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The Python with the packages the tests need: the one the test command prepared.
pub(crate) fn python() -> Option<PathBuf> {
    prepared("SEINHUIS_PYTHON")
}

/// A program that the test command prepared, and names in a variable.
#[expect(clippy::disallowed_methods, reason = "tests are told where the program is")]
pub(crate) fn prepared(variable: &str) -> Option<PathBuf> {
    let named = std::env::var(variable).ok().map(PathBuf::from);
    if named.is_none() {
        eprintln!("SKIPPED: {variable} is not set; run the tests through `cargo xtask test`");
    }
    named
}

/// A certificate for this machine and its key, for as long as a test runs; none where nothing is there to make one.
pub(crate) fn certificate(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-days", "2"])
        .args(["-subj", "/CN=seinhuis", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&cert)
        .output();
    let Ok(made) = made else {
        eprintln!("SKIPPED: openssl is not there to make a certificate");
        return None;
    };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Some((cert, key))
}

/// Reports one signal over a connection of its own, and gives the receipt.
pub(crate) async fn report(url: &str, token: &str, signal: SectorSignal) -> Receipt {
    let channel = Endpoint::from_shared(url.to_owned()).unwrap().connect().await.unwrap();
    let (sector, signals) = (signal.sector(), futures::stream::iter([signal]));
    let mut receipts = door::report(authed(channel, token).unwrap(), sector, signals).await.unwrap();
    receipts.next().await.unwrap().unwrap()
}

/// How long what is looked at may take to follow the log.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks until the answer is as it should be: what is looked at follows the log, and in a new hub it is first to be made.
pub(crate) fn until<T: std::fmt::Debug>(ask: impl Fn() -> T, good: impl Fn(&T) -> bool) -> T {
    let began = Instant::now();
    loop {
        let said = ask();
        if good(&said) {
            return said;
        }
        assert!(began.elapsed() < PATIENCE, "{said:?}");
    }
}
