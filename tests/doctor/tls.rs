//! Certificates that end when they are to, and a mail server that shows one and takes nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

/// When a certificate ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ends {
    Yesterday,
    Soon,
    Late,
}

/// A certificate for this machine and its key, readable by its owner only.
pub(crate) fn certificate(folder: &Path, ends: Ends) -> (PathBuf, PathBuf) {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (request, key, cert) = (path("request.pem"), path("key.pem"), path("cert.pem"));
    openssl(&[
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-subj",
        "/CN=seinhuis",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-keyout",
        &key,
        "-out",
        &request,
    ]);
    let days = match ends {
        Ends::Yesterday => "-1",
        Ends::Soon => "2",
        Ends::Late => "200",
    };
    openssl(&[
        "x509",
        "-req",
        "-in",
        &request,
        "-signkey",
        &key,
        "-days",
        days,
        "-copy_extensions",
        "copy",
        "-out",
        &cert,
    ]);
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    (cert.into(), key.into())
}

fn openssl(arguments: &[&str]) {
    let done = Command::new("openssl").args(arguments).output().expect("openssl is there");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A mail server that speaks TLS from the first byte, and takes no logins: its port. It listens to the end of the test.
pub(crate) fn mail_server(cert: &Path, key: &Path) -> u16 {
    let chain = CertificateDer::pem_file_iter(cert).unwrap().collect::<Result<Vec<_>, _>>().unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_file(key).unwrap())
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let line = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream.unwrap());
            // Who doesn't trust the certificate hangs up.
            std::thread::spawn(move || drop(converse(line)));
        }
    });
    port
}

fn converse(line: impl Read + Write) -> std::io::Result<()> {
    let mut line = BufReader::new(line);
    line.get_mut().write_all(b"220 here\r\n")?;
    let mut said = String::new();
    while line.read_line(&mut said)? > 0 {
        let bye = said.starts_with("QUIT");
        line.get_mut().write_all(if bye { b"221 bye\r\n" } else { b"250 here\r\n" })?;
        if bye {
            break;
        }
        said.clear();
    }
    Ok(())
}
