//! The mail server.

use seinhuis_notify::inspect::SmtpTrouble;

use super::door::counts;
use crate::doctor::certificate::Validity;
use crate::doctor::check::{Check, Judged, Judgement, Skipped};
use crate::doctor::facts::{Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "mail", id: "set", looks_at: "notices go out by mail", needs: &[], judge: set },
    Check { group: "mail", id: "reachable", looks_at: "the mail server answers (connect, EHLO)", needs: &[Need::Mail], judge: reachable },
    Check { group: "mail", id: "starttls", looks_at: "it offers STARTTLS where that is asked for", needs: &[Need::Mail], judge: starttls },
    Check { group: "mail", id: "trusted", looks_at: "its certificate counts here", needs: &[Need::Mail], judge: trusted },
    Check { group: "mail", id: "certificate", looks_at: "its certificate doesn't end soon", needs: &[Need::Mail], judge: certificate },
    Check { group: "mail", id: "login", looks_at: "it takes a user and a password where they are set", needs: &[Need::Mail], judge: login },
];

fn set(facts: &Facts) -> Judgement {
    match &facts.around.get()?.config.notify.smtp.host {
        Some(host) => Judged::ok(format!("over {host}")),
        None => Judged::advice(
            "notices become files in the data folder",
            "set notify.smtp.host, or see that somebody sends those files",
        ),
    }
}

fn reachable(facts: &Facts) -> Judgement {
    if let Some(why) = facts.mail.fault() {
        return Judged::failure(why, "correct notify.smtp: no notice goes out like this");
    }
    match facts.mail.get()? {
        Err(trouble @ SmtpTrouble::NotReached(_)) => Judged::failure(
            trouble.to_string(),
            "start it, or correct notify.smtp.host, port and tls; notices are tried again meanwhile",
        ),
        _ => Judged::ok("it does"),
    }
}

fn starttls(facts: &Facts) -> Judgement {
    match facts.mail.get()? {
        Err(trouble @ SmtpTrouble::NoStartTls) => Judged::failure(
            format!("{trouble}, and notify.smtp.tls asks for it"),
            "have the server offer it; notify.smtp.tls = \"tls\" for a port that begins with TLS",
        ),
        Err(_) => Skipped::because("it wasn't got that far"),
        Ok(_) => Judged::ok("what is asked for is offered"),
    }
}

fn trusted(facts: &Facts) -> Judgement {
    match facts.mail.get()? {
        Err(trouble @ SmtpTrouble::Tls) => Judged::failure(
            trouble.to_string(),
            "have it renewed; for a certificate of your own name its authority in notify.smtp.tls_ca",
        ),
        Err(_) => Skipped::because("it wasn't got that far"),
        Ok(smtp) if smtp.certificate.is_none() => Skipped::because("the line isn't encrypted"),
        Ok(_) => Judged::ok("it does"),
    }
}

fn certificate(facts: &Facts) -> Judgement {
    let shown = facts.mail.get()?.as_ref().ok().and_then(|smtp| smtp.certificate.as_deref());
    let Some(der) = shown else { return Skipped::because("none was shown") };
    match Validity::of_der(der) {
        Ok(validity) => counts(facts, &validity, "have the mail server's certificate renewed"),
        Err(_) => Skipped::because("it can't be read"),
    }
}

fn login(facts: &Facts) -> Judgement {
    if facts.around.get()?.config.notify.smtp.user.is_none() {
        return Skipped::because("notify.smtp.user is not set");
    }
    match facts.mail.get()? {
        Err(_) => Skipped::because("it wasn't got that far"),
        Ok(smtp) if smtp.takes_logins => Judged::ok("it does"),
        Ok(_) => Judged::failure(
            "it takes none over this line",
            "take notify.smtp.user away, or use the port for submission (587 with starttls, 465 with tls)",
        ),
    }
}
