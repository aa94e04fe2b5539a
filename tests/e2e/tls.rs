//! With a certificate the hub speaks TLS, and nothing else.

use seinhuis_testkit::Hub;

use crate::scene::certificate;

#[test]
fn with_a_certificate_the_hub_is_reached_over_tls_and_not_without() {
    let folder = tempfile::tempdir().unwrap();
    let Some((cert, key)) = certificate(folder.path()) else { return };
    let hub = Hub::new("oude-ijsselstreek")
        .unwrap()
        .with("SEINHUIS_LISTEN__TLS_CERT", cert.to_str().unwrap())
        .with("SEINHUIS_LISTEN__TLS_KEY", key.to_str().unwrap());
    let token = hub.partner("wonion").unwrap();
    let process = hub.serve().unwrap();
    assert!(process.url.starts_with("https://"), "{}", process.url);
    let over_tls = hub.ask(&process.url, &token, &["signals", "--ca", cert.to_str().unwrap()]).unwrap();
    assert_eq!(over_tls.code, 0, "{}", over_tls.err);
    let plain = hub.ask(&process.url.replace("https", "http"), &token, &["signals"]).unwrap();
    assert_eq!(plain.code, 1, "a call without TLS got through: {}", plain.out);
}
