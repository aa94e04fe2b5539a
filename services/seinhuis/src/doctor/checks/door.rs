//! Where partners and people come in.

use jiff::SignedDuration;

use crate::doctor::certificate::Validity;
use crate::doctor::check::{Check, Judged, Judgement, Skipped};
use crate::doctor::facts::{Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "door", id: "port", looks_at: "the address is free, or a hub's", needs: &[Need::Door, Need::Hub], judge: port },
    Check { group: "door", id: "tls", looks_at: "other machines come in over TLS only", needs: &[], judge: tls },
    Check { group: "door", id: "certificate", looks_at: "the certificate counts, and not only for some days more", needs: &[Need::Door], judge: certificate },
    Check { group: "door", id: "key", looks_at: "the private key belongs to the certificate", needs: &[Need::Door], judge: key },
];

/// Whoever renews certificates does so a month before.
const SOON: SignedDuration = SignedDuration::from_hours(21 * 24);

fn port(facts: &Facts) -> Judgement {
    let at = facts.around.get()?.config.listen.address;
    match (facts.door.get()?.taken, facts.hub.fault()) {
        (false, _) => Judged::ok(format!("{at} is free")),
        (true, None) => Judged::ok(format!("a hub serves at {at}")),
        (true, Some(why)) => Judged::failure(
            format!("{at} is taken, and not by a hub that answers: {why}"),
            "end what listens there (`ss -ltnp`), or set listen.address",
        ),
    }
}

fn tls(facts: &Facts) -> Judgement {
    let listen = &facts.around.get()?.config.listen;
    let reachable = !listen.address.ip().to_canonical().is_loopback();
    match listen.tls() {
        Some(_) => Judged::ok("it asks for TLS"),
        None if reachable => Judged::advice(
            format!("{} can be reached from other machines, without TLS", listen.address),
            "see that only a gateway which ends TLS reaches it, or set listen.tls_cert and listen.tls_key",
        ),
        None => Judged::ok("only this machine comes in"),
    }
}

fn certificate(facts: &Facts) -> Judgement {
    match &facts.door.get()?.certificate {
        None => Skipped::because("listen.tls_cert is not set"),
        Some(Err(why)) => {
            Judged::failure(why, "put the certificate chain there, in PEM, the hub's own first")
        }
        Some(Ok(validity)) => counts(facts, validity, "have it renewed, and start the hub again"),
    }
}

/// What there is to say of a certificate's end.
pub(super) fn counts(facts: &Facts, validity: &Validity, remedy: &'static str) -> Judgement {
    let Validity { from, until } = validity;
    match () {
        () if facts.now < *from => Judged::failure(format!("it counts from {from} on only"), remedy),
        () if facts.now >= *until => Judged::failure(format!("it ended on {until}"), remedy),
        () if until.duration_since(facts.now) < SOON => {
            Judged::warning(format!("it ends on {until}"), remedy)
        }
        () => Judged::ok(format!("until {until}")),
    }
}

fn key(facts: &Facts) -> Judgement {
    match &facts.door.get()?.key {
        None => Skipped::because("listen.tls_key is not set"),
        Some(Err(why)) => {
            Judged::failure(why, "put the key there that the certificate was made with, in PEM")
        }
        Some(Ok(())) => Judged::ok("it does"),
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_certificate_counts_between_its_ends_and_is_to_be_renewed_three_weeks_before_the_last() {
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
        let validity = Validity { from: at("2026-01-01T00:00:00Z"), until: at("2027-01-01T00:00:00Z") };
        let judged = |now| {
            let facts = Facts { now: at(now), ..Facts::default() };
            counts(&facts, &validity, "renew it").map_or("skipped", |judged| judged.verdict.word())
        };
        assert_eq!(judged("2025-12-31T23:59:59Z"), "failure");
        assert_eq!(judged("2026-01-01T00:00:00Z"), "ok");
        assert_eq!(judged("2026-12-11T00:00:00Z"), "ok");
        assert_eq!(judged("2026-12-11T00:00:01Z"), "warning");
        assert_eq!(judged("2027-01-01T00:00:00Z"), "failure");
    }
}
