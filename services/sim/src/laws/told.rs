//! Whoever is to be told is told once: every climb and reminder has one notice for each person, each notice has one outcome, and
//! what goes out again after a crash carries the same id.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{NoticeId, PersonId};
use seinhuis_domain::notice::NoticeEvent;
use seinhuis_domain::tell::Addressee;
use seinhuis_eventstore::Position;

use super::History;
use crate::lease::Holder;
use crate::world::Sent;

/// A webhook that is away is tried for so long.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 5);

pub(super) fn broken(history: &History<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let notices = outcomes(history, &mut found);
    every_telling_has_its_own_notice(history, &notices, &mut found);
    nothing_settled_goes_out(history.sent, &notices, &mut found);
    found
}

/// When each notice was settled, and by what; a replay opens it again.
type Outcomes<'a> = BTreeMap<NoticeId, Vec<(Timestamp, &'a NoticeEvent)>>;

fn outcomes<'a>(history: &History<'a>, found: &mut Vec<String>) -> Outcomes<'a> {
    let mut notices = Outcomes::new();
    for stored in history.log {
        let Event::Notice(event) = &stored.event else { continue };
        let before = notices.entry(event.facts().notice).or_default();
        let fits = match before.last().map(|(_, event)| event) {
            None | Some(NoticeEvent::NoticeReplayed { .. }) => {
                !matches!(event, NoticeEvent::NoticeReplayed { .. })
            }
            Some(NoticeEvent::NoticeFailed { .. }) => matches!(event, NoticeEvent::NoticeReplayed { .. }),
            Some(NoticeEvent::NoticeDelivered { .. } | NoticeEvent::NoticeWithdrawn { .. }) => false,
        };
        if !fits {
            found.push(format!(
                "notice {} has an outcome too many at {}",
                event.facts().notice,
                stored.recorded.position
            ));
        }
        before.push((stored.at, event));
    }
    notices
}

fn every_telling_has_its_own_notice(history: &History<'_>, notices: &Outcomes<'_>, found: &mut Vec<String>) {
    // By which try a telling got its id. One that could not go out yet has none.
    let ids: HashMap<(Position, &PersonId), NoticeId> =
        history.sent.iter().map(|sent| ((sent.tells, &sent.person), sent.id)).collect();
    let mut used = HashSet::new();
    for stored in history.log {
        let Event::Case(event) = &stored.event else { continue };
        let (whom, because): (&[PersonId], &[Addressee]) = match event {
            CaseEvent::RungReached(climb) => (&climb.tell, &climb.told_because),
            CaseEvent::CaseReminded(reminded) => (&reminded.tell, &reminded.told_because),
            _ => continue,
        };
        for person in whom {
            let hold = because.iter().find(|told| told.person == *person).and_then(|told| told.hold.as_ref());
            let from = hold.map_or(stored.at, |hold| stored.at.max(hold.until));
            let id = ids.get(&(stored.recorded.position, person));
            let settled = id.and_then(|id| notices.get(id)?.last()).map(|(_, event)| event);
            let position = stored.recorded.position;
            if from + LONGEST < history.last
                && !settled.is_some_and(|event| !matches!(event, NoticeEvent::NoticeReplayed { .. }))
            {
                found.push(format!("nobody knows whether {person} was told of {position}"));
            }
            if id.is_some_and(|id| !used.insert(*id)) {
                found.push(format!("{person} was told of {position} under the id of another notice"));
            }
        }
    }
    for id in notices.keys().filter(|id| !used.contains(*id)) {
        found.push(format!("notice {id} tells of nothing"));
    }
}

fn nothing_settled_goes_out(sent: &[Sent], notices: &Outcomes<'_>, found: &mut Vec<String>) {
    // One life of a process remembers whom it told, and when it last did.
    let mut told: HashMap<(NoticeId, Holder), Timestamp> = HashMap::new();
    for Sent { id, by, at, reached, is_known, .. } in sent {
        let events = notices.get(id).map_or(&[][..], Vec::as_slice);
        let last = events.iter().take_while(|(settled, _)| settled < at).last();
        if last.is_some_and(|(_, event)| !matches!(event, NoticeEvent::NoticeReplayed { .. })) {
            found.push(format!("notice {id} went out at {at} though its outcome was known"));
        }
        let replayed = last.map_or(Timestamp::MIN, |(at, _)| *at);
        if told.get(&(*id, *by)).is_some_and(|before| *before > replayed) {
            found.push(format!("notice {id} went out twice from one process, at {at}"));
        }
        if *reached && *is_known {
            told.insert((*id, *by), *at);
        }
    }
}
