//! What firings are held against: events that are put into the log and nothing else.

use std::time::Instant;

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::{CaseId, NoticeId, PersonId};
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::notice::{Channel, NoticeEvent, NoticeFacts};
use seinhuis_eventstore::{Append, Context, Log, NewEvent, StreamId};

/// As many callers as the role has commands under way.
const CALLERS: usize = 256;
const EACH: usize = 80;

/// Events a second, one an append, each to a stream of its own.
pub(crate) async fn appended(log: &Log, at: Timestamp) -> f64 {
    let began = Instant::now();
    let caller = |caller: usize| {
        let log = log.clone();
        tokio::spawn(async move {
            for number in 0..EACH {
                log.append(notice(&format!("{caller}-{number}"), at)).await.unwrap();
            }
        })
    };
    for caller in (0..CALLERS).map(caller).collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    (CALLERS * EACH) as f64 / began.elapsed().as_secs_f64()
}

fn notice(name: &str, at: Timestamp) -> Append {
    let person = PersonId::new("regisseur-ulft").unwrap();
    let notice = NoticeId::of(name, &person);
    let (area, case) = (AreaCode::new("WK150900").unwrap(), CaseId(notice.0));
    let facts = NoticeFacts { notice, case, area, rung: Rung::Regisseur, person, reminder: None };
    let delivered = NoticeEvent::NoticeDelivered { facts, channel: Channel::Mail, attempts: 1 };
    let context = Context { actor: "role:bench".into(), at, trace: None };
    let events = vec![NewEvent::of(&delivered, &context).unwrap()];
    Append { stream: StreamId::new("notice", &notice.to_string()), expected_version: 0, events }
}
