//! The server over which processes wake each other, and the feed.

use seinhuis_bus::inspect::FeedSeen;

use crate::doctor::check::{Check, Judged, Judgement, Skipped};
use crate::doctor::facts::{Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "bus", id: "reachable", looks_at: "NATS answers", needs: &[Need::Bus], judge: reachable },
    Check { group: "bus", id: "payload", looks_at: "it takes messages as large as the feed's", needs: &[Need::Bus], judge: payload },
    Check { group: "bus", id: "jetstream", looks_at: "JetStream is there for the feed", needs: &[Need::Bus], judge: jetstream },
    Check { group: "bus", id: "stream", looks_at: "the feed's stream keeps what the settings say", needs: &[Need::Bus], judge: stream },
    Check { group: "bus", id: "storage", looks_at: "JetStream has room for the feed", needs: &[Need::Bus], judge: storage },
];

/// A public fact is some hundred bytes, a case with all its areas some thousand.
const PAYLOAD: usize = 64 << 10;

fn reachable(facts: &Facts) -> Judgement {
    match facts.bus.fault() {
        Some(why) => Judged::warning(
            why,
            "start it, or correct bus; without it everything works a little later, and the feed waits",
        ),
        None => Judged::ok(format!("NATS {}", facts.bus.get()?.version)),
    }
}

fn payload(facts: &Facts) -> Judgement {
    let most = facts.bus.get()?.max_payload;
    if most < PAYLOAD {
        return Judged::warning(
            format!("it takes {most} bytes at most"),
            "raise max_payload to 64KB or more: the feed stops at the first larger one",
        );
    }
    Judged::ok(format!("up to {} KiB", most >> 10))
}

/// What is seen of the feed, where there is to be one.
fn feed(facts: &Facts) -> Result<&FeedSeen, Skipped> {
    match facts.around.get()?.config.feed.oin {
        Some(_) => Ok(&facts.bus.get()?.feed),
        None => Err(Skipped("feed.oin is not set: nothing is published".to_owned())),
    }
}

fn jetstream(facts: &Facts) -> Judgement {
    match feed(facts)? {
        FeedSeen::NoJetStream => Judged::failure(
            "there is none for the hub's account",
            "enable jetstream in the server's configuration, and for the account",
        ),
        FeedSeen::Silent => Judged::warning(
            "it doesn't answer",
            "see to the cluster, and that the hub's user may ask $JS.API.STREAM.INFO",
        ),
        FeedSeen::NotMade | FeedSeen::Made { .. } => Judged::ok("it is"),
    }
}

fn stream(facts: &Facts) -> Judgement {
    match feed(facts)? {
        FeedSeen::NoJetStream | FeedSeen::Silent => Skipped::because("JetStream doesn't answer"),
        FeedSeen::NotMade => Judged::ok("it isn't there yet; the relay makes it"),
        FeedSeen::Made { otherwise } if otherwise.is_empty() => Judged::ok("it does"),
        FeedSeen::Made { otherwise } => Judged::warning(
            format!("set otherwise: {}", otherwise.join(", ")),
            "the relay sets it right when it connects; if not, take the hub's right to change it into account",
        ),
    }
}

fn storage(facts: &Facts) -> Judgement {
    let wanted = facts.around.get()?.config.feed.bytes;
    match (feed(facts)?, facts.bus.get()?.room) {
        (FeedSeen::NotMade, Some(room)) if room < wanted => Judged::failure(
            format!("it may take {room} bytes more, and the feed wants {wanted}"),
            "raise max_file_store or the account's max_file, or set a smaller feed.bytes",
        ),
        (FeedSeen::NotMade | FeedSeen::Made { .. }, _) => Judged::ok("it has"),
        _ => Skipped::because("JetStream doesn't answer"),
    }
}
