//! Who may connect, and what he may do.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use seinhuis_bus::{Bus, Fault, Login, Settings, Tls};
use seinhuis_testkit::Nats;

use crate::scene::{announced, linked, page, settings, until};

/// The rights that the guide for operations grants a hub, and a reader who may not speak for it.
const USERS: &str = r#"
authorization { users: [
  { user: hub, password: geheim, permissions: {
      publish: ["gemeente.hint.>", "gemeente.feed.>", "$JS.API.STREAM.INFO.GEMEENTE_FEED",
                "$JS.API.STREAM.CREATE.GEMEENTE_FEED", "$JS.API.STREAM.UPDATE.GEMEENTE_FEED"]
      subscribe: ["gemeente.hint.>", "_INBOX.gemeente.>"] } }
  { user: reader, password: open, permissions: { publish: ["_INBOX.>"], subscribe: ["gemeente.>", "_INBOX.>"] } }
] }
"#;

fn hub(nats: &Nats, user: &str, password: &str) -> Settings {
    let mut settings = settings(nats);
    settings.prefix = "gemeente".into();
    settings.feed.stream = "GEMEENTE_FEED".into();
    settings.login = Some(Login { user: user.into(), password: password.into() });
    settings
}

#[tokio::test]
async fn the_rights_of_the_guide_are_enough() {
    let nats = Nats::start_private_with(USERS).unwrap();
    let settings = hub(&nats, "hub", "geheim");
    let (one, other) = (linked(&settings).await, linked(&settings).await);
    let mut heads = other.heads();
    announced(&one, 7, &mut heads).await;
    one.feed().unwrap().publish(&page(1, 500)).await.unwrap();
    // The stream is there now, and changed.
    let mut changed = settings.clone();
    changed.feed.keep = Duration::from_hours(1);
    linked(&changed).await.feed().unwrap().publish(&page(501, 502)).await.unwrap();
}

#[tokio::test]
async fn who_may_only_read_can_wake_nobody() {
    let nats = Nats::start_private_with(USERS).unwrap();
    let (hub, reader) = (hub(&nats, "hub", "geheim"), hub(&nats, "reader", "open"));
    let (one, other, stranger) = (linked(&hub).await, linked(&hub).await, linked(&reader).await);
    let (mut heads, mut heard_by_the_reader) = (other.heads(), stranger.heads());
    announced(&one, 1, &mut heads).await;
    announced(&one, 100, &mut heard_by_the_reader).await;
    let (judged, mut judgements) = tokio::sync::mpsc::unbounded_channel();
    let options = async_nats::ConnectOptions::with_user_and_password("reader".into(), "open".into());
    let options = options.event_callback(move |event| {
        judged.send(event).unwrap();
        std::future::ready(())
    });
    let liar = options.connect(nats.url()).await.unwrap();
    liar.publish("gemeente.hint.head", "1000000".into()).await.unwrap();
    while !matches!(judgements.recv().await, Some(async_nats::Event::ServerError(_))) {}
    one.announce(1_000);
    assert_eq!(until(&mut heads, |head| *head >= 1_000).await, 1_000);
}

#[tokio::test]
async fn who_has_no_right_to_the_feed_is_told_which() {
    let nats = Nats::start_private_with(USERS).unwrap();
    let reader = linked(&hub(&nats, "reader", "open")).await;
    let fault = reader.feed().unwrap().publish(&page(1, 1)).await.unwrap_err();
    let reason = std::error::Error::source(&fault).unwrap().to_string();
    let right = "Permissions Violation for Publish to \"$JS.API.STREAM.INFO.GEMEENTE_FEED\"";
    assert!(matches!(fault, Fault::JetStream { .. }) && reason.contains(right), "{reason}");
}

#[tokio::test]
async fn a_wrong_password_is_a_server_that_can_not_be_reached() {
    let nats = Nats::start_private_with(USERS).unwrap();
    let bus = Bus::connect(hub(&nats, "hub", "fout")).await.unwrap();
    let fault = bus.feed().unwrap().publish(&page(1, 1)).await.unwrap_err();
    assert!(matches!(fault, Fault::Unreachable { .. }), "{fault}");
    assert!(!*bus.linked().unwrap().borrow());
}

#[tokio::test]
async fn settings_that_can_not_work_are_refused_at_the_start() {
    let good = Settings::at("nats://localhost:4222");
    for (bad, wanted) in [
        (Settings { urls: vec![], ..good.clone() }, "names no NATS server"),
        (Settings { urls: vec!["http://localhost".into()], ..good.clone() }, "names no NATS server"),
        (Settings { prefix: "a b".into(), ..good.clone() }, "the prefix of subjects"),
    ] {
        let fault = Bus::connect(bad).await.unwrap_err();
        assert!(fault.to_string().contains(wanted), "{fault}");
    }
}

/// A certificate for this machine and its key, for the server's user too; none where there is no openssl.
fn certificate(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let curve = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    let name = ["-days", "2", "-subj", "/CN=nats", "-addext", "subjectAltName=IP:127.0.0.1"];
    let made = Command::new("openssl")
        .args(curve)
        .args(name)
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .ok()?;
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    for path in [folder, &certificate, &key] {
        std::fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    Some((certificate, key))
}

#[tokio::test]
async fn over_tls_only_a_server_that_shows_a_trusted_certificate_is_spoken_to() {
    let folder = tempfile::tempdir().unwrap();
    let Some((certificate, key)) = certificate(folder.path()) else {
        eprintln!("SKIPPED: openssl is not there to make a certificate");
        return;
    };
    let tls = format!("tls {{ cert_file: {certificate:?}, key_file: {key:?} }}");
    let (nats, plain) = (Nats::start_private_with(&tls).unwrap(), Nats::start_private().unwrap());
    let mut trusting = settings(&nats);
    trusting.tls = Tls { required: true, authorities: Some(certificate), certificate: None };
    linked(&trusting).await.feed().unwrap().publish(&page(1, 10)).await.unwrap();
    for (settings, why) in [
        (Settings { tls: Tls::default(), ..trusting.clone() }, "an unknown certificate"),
        (Settings { urls: vec![plain.url().into()], ..trusting.clone() }, "no encryption"),
    ] {
        let bus = Bus::connect(settings).await.unwrap();
        let fault = bus.feed().unwrap().publish(&page(1, 1)).await.unwrap_err();
        assert!(matches!(fault, Fault::Unreachable { .. }), "{why}: {fault}");
        assert!(!*bus.linked().unwrap().borrow(), "{why}");
    }
}
