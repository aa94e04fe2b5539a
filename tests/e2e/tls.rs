//! With a certificate the hub speaks TLS, and nothing else.

use std::process::Command;

use seinhuis_testkit::Hub;

#[test]
fn with_a_certificate_the_hub_is_reached_over_tls_and_not_without() {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=seinhuis", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&cert)
        .output();
    let Ok(made) = made else {
        eprintln!("SKIPPED: openssl is not there to make a certificate");
        return;
    };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));

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
