//! The mail server, and whoever is told that all is well.

use std::path::Path;

use seinhuis_testkit::{Hub, MailSink, free_port};
use tempfile::TempDir;

use crate::files::signing;
use crate::tls::{Ends, certificate, mail_server};
use crate::ward::{Fault, done_to, each_turns, look};
use crate::well::hub;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "no mail server",
        turns: &[("mail/set", "advice")],
        plant: || Some((look(&mailing(MailSink::start().unwrap().port(), "none")), look(&hub()))),
    },
    Fault {
        what: "a mail server that is away",
        turns: &[("mail/reachable", "failure")],
        plant: || {
            let before = look(&mailing(MailSink::start().unwrap().port(), "none"));
            Some((before, look(&mailing(free_port().unwrap(), "none"))))
        },
    },
    Fault {
        what: "a mail server that offers no STARTTLS",
        turns: &[("mail/starttls", "failure")],
        plant: || {
            let sink = MailSink::start().unwrap();
            Some((look(&mailing(sink.port(), "none")), look(&mailing(sink.port(), "starttls"))))
        },
    },
    Fault {
        what: "a mail server's certificate that ended yesterday",
        turns: &[("mail/trusted", "failure")],
        plant: || {
            let ((_late, well), (_ended, ended)) = (over_tls(Ends::Late), over_tls(Ends::Yesterday));
            Some((look(&well), look(&ended)))
        },
    },
    Fault {
        what: "a mail server's certificate that ends in two days",
        turns: &[("mail/certificate", "warning")],
        plant: || {
            let ((_late, well), (_soon, soon)) = (over_tls(Ends::Late), over_tls(Ends::Soon));
            Some((look(&well), look(&soon)))
        },
    },
    Fault {
        what: "a user for a mail server that takes none",
        turns: &[("mail/login", "failure")],
        plant: || {
            let (folder, well) = over_tls(Ends::Late);
            let password = folder.path().join("password");
            std::fs::copy(folder.path().join("key.pem"), &password).unwrap();
            let before = look(&well);
            let well = well.with("SEINHUIS_NOTIFY__SMTP__USER", "hub");
            Some((
                before,
                look(&well.with("SEINHUIS_NOTIFY__SMTP__PASSWORD_FILE", password.to_str().unwrap())),
            ))
        },
    },
    Fault {
        what: "nobody outside who is told that all is well",
        turns: &[("alarm/set", "advice")],
        plant: || Some((look(&signing().0), look(&hub()))),
    },
    Fault {
        what: "somebody outside who can't be reached",
        turns: &[("alarm/reachable", "warning")],
        plant: || {
            let (hub, sign) = signing();
            let nobody = format!("http://127.0.0.1:{}/alive\n", free_port().unwrap());
            done_to(&hub, |_| std::fs::write(sign.path(), nobody).unwrap())
        },
    },
];

fn mailing(port: u16, tls: &str) -> Hub {
    hub()
        .with("SEINHUIS_NOTIFY__SMTP__HOST", "127.0.0.1")
        .with("SEINHUIS_NOTIFY__SMTP__PORT", &port.to_string())
        .with("SEINHUIS_NOTIFY__SMTP__TLS", tls)
        .with("SEINHUIS_NOTIFY__SMTP__FROM", "Seinhuis <seinhuis@example.org>")
}

/// A hub whose mail server has a certificate of its own, which it trusts, in a folder that goes with it.
fn over_tls(ends: Ends) -> (TempDir, Hub) {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = certificate(folder.path(), ends);
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let hub = mailing(mail_server(&cert, &key), "tls").with("SEINHUIS_NOTIFY__SMTP__TLS_CA", &text(&cert));
    (folder, hub)
}

#[test]
fn faults_of_mail_and_of_who_raises_the_alarm() {
    each_turns(FAULTS);
}
