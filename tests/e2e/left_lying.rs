//! A case that nobody picks up, as several tests tell of it: what is reported, on which clock, and where its mails go.

use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::Common;
use seinhuis_domain::kind::Kind;
use seinhuis_runtime::Clock;
use seinhuis_testkit::{Hub, MailSink};

/// The signal, about nobody.
pub(crate) fn signal() -> SectorSignal {
    SectorSignal::new(Kind::from_code("housing.fin.hua").unwrap(), common())
}

/// What it says that signals of any kind say.
pub(crate) fn common() -> Common {
    let occurred = "2026-03-02T06:00:00Z".parse().unwrap();
    Common {
        reference: "left-lying".into(),
        occurred_at: Some(seinhuis_contract::time::to_wire(occurred)),
        area_code: "WK150900".into(),
        urgency: 1,
        ..Default::default()
    }
}

/// The hub on a clock on which the weeks of the ladder take seconds.
pub(crate) fn fast(hub: Hub) -> Hub {
    hub.with("SEINHUIS_CLOCK__START", "2026-03-02T07:00:00Z")
        .with("SEINHUIS_CLOCK__SPEED", "400000")
        // So that the processes of a split hub agree on the time.
        .with("SEINHUIS_CLOCK__ANCHOR", &Clock::system().now().to_string())
}

/// The hub with `sink` for a mail server.
pub(crate) fn mailing(hub: Hub, sink: &MailSink) -> Hub {
    hub.with("SEINHUIS_NOTIFY__SMTP__HOST", "127.0.0.1")
        .with("SEINHUIS_NOTIFY__SMTP__PORT", &sink.port().to_string())
        .with("SEINHUIS_NOTIFY__SMTP__TLS", "none")
        .with("SEINHUIS_NOTIFY__SMTP__FROM", "Seinhuis <seinhuis@example.org>")
}
