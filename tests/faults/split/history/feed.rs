//! The public feed holds everything public of the log, each fact once under its own id, in the order of the log, and nothing
//! else. Where the server lost its files, what stands in the log before that may be missing.

use std::collections::{BTreeMap, BTreeSet};

use cqrs_es::DomainEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::fact::Fact;
use serde_json::Value;

use super::{Entry, Finding, History};

/// A message of the feed, without what it tells of the fact itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Published {
    /// What JetStream knows it by.
    pub(crate) id: String,
    /// What the event in it says that its id is.
    pub(crate) event: String,
    /// Where it was published, below the feed of the hub.
    pub(crate) subject: String,
    pub(crate) kind: String,
    pub(crate) case: Option<String>,
}

impl Published {
    /// A message as it was read.
    pub(crate) fn read(id: &str, subject: &str, body: &[u8]) -> Self {
        let event: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| event[name].as_str().map(str::to_owned);
        Self {
            id: id.to_owned(),
            event: text("id").unwrap_or_default(),
            subject: subject.split_once(".feed.").map_or(subject, |(_, below)| below).to_owned(),
            kind: text("type").unwrap_or_default(),
            case: text("subject"),
        }
    }

    /// What is to be published of an event; `None` of one that is not public.
    pub(super) fn of(entry: &Entry) -> Option<Self> {
        let (name, area, case) = match &entry.event {
            Event::Signal(event) => (event.event_type(), event.area(), None),
            Event::Case(event) => (event.event_type(), event.area(), entry.case()),
            Event::Notice(event) => (event.event_type(), event.area(), Some(event.facts().case)),
            Event::Profile(_)
            | Event::Areas(_)
            | Event::Partner(_)
            | Event::Person(_)
            | Event::Subject(_) => {
                return None;
            }
        };
        let (id, name) = (format!("{:020}", entry.position), name.replace('_', "-"));
        Some(Self {
            event: id.clone(),
            id,
            subject: format!("{}.{name}.v1", area?),
            kind: format!("nl.seinhuis.{name}.v1"),
            case: case.map(|case| case.to_string()),
        })
    }
}

pub(super) fn check(history: &History) -> Vec<Finding> {
    let Some(feed) = &history.feed else { return vec![] };
    let public = |entry: &Entry| Some((entry.position, Published::of(entry)?));
    let public: BTreeMap<u64, Published> = history.log.iter().filter_map(public).collect();
    let (mut found, mut there, mut last) = (Vec::new(), BTreeSet::new(), 0);
    for message in feed {
        let known = message.id.parse().ok().and_then(|position| public.get_key_value(&position));
        let Some((&position, fact)) = known else {
            found.push(Finding::PublishedOfNothing { id: message.id.clone() });
            continue;
        };
        if fact != message {
            found.push(Finding::PublishedOtherwise { position });
        }
        if !there.insert(position) {
            found.push(Finding::PublishedTwice { position });
        } else if position < last {
            found.push(Finding::PublishedLate { position, after: last });
        }
        last = last.max(position);
    }
    let due = history.feed_due_up_to.unwrap_or(0);
    let lost = history.feed_lost_up_to.unwrap_or(0);
    let first = there.first().map_or(lost + 1, |first| (*first).min(lost + 1));
    let missing =
        public.into_keys().filter(|position| (first..=due).contains(position) && !there.contains(position));
    found.extend(missing.map(|position| Finding::NotPublished { position }));
    found
}
