//! Where partners and people come in.

use std::io::Read;
use std::net::TcpListener;
use std::path::Path;

use seinhuis_testkit::Hub;
use tempfile::TempDir;

use crate::tls::{Ends, certificate};
use crate::ward::{Fault, each_turns, look};
use crate::well::hub;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "an address that another program has",
        turns: &[("door/port", "failure")],
        plant: || {
            let other = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = other.local_addr().unwrap().to_string();
            std::thread::spawn(move || {
                for stream in other.incoming() {
                    // Whatever is said, it is no answer.
                    let _ = stream.unwrap().read(&mut [0; 8]);
                }
            });
            let before = look(&hub());
            Some((before, look(&hub().with("SEINHUIS_LISTEN__ADDRESS", &address))))
        },
    },
    Fault {
        what: "an address that other machines reach without TLS",
        turns: &[("door/tls", "advice")],
        plant: || {
            let open = format!("0.0.0.0:{}", seinhuis_testkit::free_port().unwrap());
            let hub = hub().with("SEINHUIS_LISTEN__INSECURE", "true");
            let before = look(&hub);
            Some((before, look(&hub.with("SEINHUIS_LISTEN__ADDRESS", &open))))
        },
    },
    Fault {
        what: "a certificate that ended yesterday",
        turns: &[("door/certificate", "failure")],
        plant: || Some((look(&with_certificate(Ends::Late).1), look(&with_certificate(Ends::Yesterday).1))),
    },
    Fault {
        what: "a certificate that ends in two days",
        turns: &[("door/certificate", "warning")],
        plant: || Some((look(&with_certificate(Ends::Late).1), look(&with_certificate(Ends::Soon).1))),
    },
    Fault {
        what: "the key of another certificate",
        turns: &[("door/key", "failure")],
        plant: || {
            let ((own, hub), (other, _)) = (with_certificate(Ends::Late), with_certificate(Ends::Late));
            let before = look(&hub);
            std::fs::copy(other.path().join("key.pem"), own.path().join("key.pem")).unwrap();
            Some((before, look(&hub)))
        },
    },
];

/// A hub with a certificate, in a folder that goes with it.
fn with_certificate(ends: Ends) -> (TempDir, Hub) {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = certificate(folder.path(), ends);
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let hub =
        hub().with("SEINHUIS_LISTEN__TLS_CERT", &text(&cert)).with("SEINHUIS_LISTEN__TLS_KEY", &text(&key));
    (folder, hub)
}

#[test]
fn faults_of_the_door() {
    each_turns(FAULTS);
}
