//! Webhooks of the profile's people.

use std::net::TcpListener;

use seinhuis_testkit::{Hub, free_port};
use tempfile::TempDir;

use crate::policy::profile;
use crate::tls::{Ends, certificate, mail_server};
use crate::ward::{Fault, Looks, done_to, each_turns, look};
use crate::well::fresh;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "a secret that is none",
        turns: &[("webhooks/secrets", "failure")],
        plant: || {
            let (profile, hub, _listens) = well();
            done_to(&hub, |_| std::fs::write(profile.path().join("hook.secret"), "none\n").unwrap())
        },
    },
    Fault {
        what: "a webhook where the hub may not call",
        turns: &[("webhooks/allowed", "failure")],
        plant: || {
            let (_profile, hub, _listens) = well();
            let before = look(&hub);
            Some((before, look(&hub.with("SEINHUIS_NOTIFY__WEBHOOK__ALLOW_PRIVATE", "false"))))
        },
    },
    Fault {
        what: "a webhook that is away",
        turns: &[("webhooks/reachable", "warning")],
        plant: || at(&format!("http://127.0.0.1:{}/hook", free_port().unwrap())),
    },
    Fault {
        what: "a webhook with a certificate of its own",
        turns: &[("webhooks/trusted", "failure")],
        plant: || {
            let folder = tempfile::tempdir().unwrap();
            let (cert, key) = certificate(folder.path(), Ends::Late);
            at(&format!("https://127.0.0.1:{}/hook", mail_server(&cert, &key)))
        },
    },
];

/// A hub in whose profile somebody has a webhook at which somebody listens.
fn well() -> (TempDir, Hub, TcpListener) {
    let listens = TcpListener::bind("127.0.0.1:0").unwrap();
    let (profile, hub) = with_webhook(&format!("http://{}/hook", listens.local_addr().unwrap()));
    (profile, hub, listens)
}

fn at(url: &str) -> Looks {
    let ((_profile, well, _listens), (_other, away)) = (well(), with_webhook(url));
    Some((look(&well), look(&away)))
}

fn with_webhook(url: &str) -> (TempDir, Hub) {
    let secret = "whsec_cHJlc2VudC1zZWNyZXQtb2YtYS10ZXN0LTMyYnk=\n";
    let profile = profile("people.toml", |text| text.to_owned());
    let file = profile.path().join("hook.secret");
    std::fs::write(&file, secret).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let people = profile.path().join("people.toml");
    let text = std::fs::read_to_string(&people).unwrap();
    let role = "role = \"college\"\n";
    let webhook = format!(
        "webhook = {{ url = \"{url}\", secret_file = \"{}\" }}\nchannels = [\"webhook\"]\n",
        file.display()
    );
    std::fs::write(&people, text.replace(role, &format!("{role}{webhook}"))).unwrap();
    let hub = fresh()
        .without("SEINHUIS_PROFILE__NAME")
        .with("SEINHUIS_PROFILE__NAME", profile.path().to_str().unwrap());
    (profile, hub.with("SEINHUIS_NOTIFY__WEBHOOK__ALLOW_PRIVATE", "true"))
}

#[test]
fn faults_of_webhooks() {
    each_turns(FAULTS);
}
