//! What operators hear of the connection: one line when it is lost, one when it is back.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_nats::Event;
use tokio::sync::watch;

/// Hears what becomes of a connection and says it once.
#[derive(Debug)]
pub(crate) struct Voice {
    server: String,
    linked: watch::Sender<bool>,
    said: Mutex<Said>,
}

/// What was said last.
#[derive(Debug, Default)]
struct Said {
    lost: bool,
    /// What the server complained about; said again only when it is something else.
    complaint: Option<String>,
}

/// What there is to say about an event.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Lost(String),
    Back,
    Complaint(String),
}

impl Voice {
    pub(crate) fn new(server: String) -> Self {
        Self { server, linked: watch::Sender::new(false), said: Mutex::default() }
    }

    /// Sees whether there is a connection.
    pub(crate) fn linked(&self) -> watch::Receiver<bool> {
        self.linked.subscribe()
    }

    /// Hears of an event.
    pub(crate) fn hear(&self, event: Event) {
        let server = &self.server;
        match self.line(event) {
            Some(Line::Lost(reason)) => {
                tracing::warn!(%server, %reason, "no connection to NATS; roles look for themselves until it is there");
            }
            Some(Line::Back) => tracing::info!(%server, "connected to NATS again"),
            Some(Line::Complaint(reason)) => tracing::warn!(%server, %reason, "NATS refuses something"),
            None => {}
        }
    }

    fn line(&self, event: Event) -> Option<Line> {
        let mut said = self.said();
        match event {
            Event::Connected => {
                self.linked.send_replace(true);
                std::mem::take(&mut said.lost).then_some(Line::Back)
            }
            Event::Disconnected => {
                self.linked.send_replace(false);
                said.lost("the connection was lost".to_owned())
            }
            Event::ClientError(error) => said.lost(error.to_string()),
            Event::ServerError(error) => {
                let complaint = error.to_string();
                let news = said.complaint.as_ref() != Some(&complaint);
                said.complaint = Some(complaint.clone());
                news.then_some(Line::Complaint(complaint))
            }
            // A reader too slow for hints has missed nothing he can't see for himself.
            Event::SlowConsumer(_) | Event::LameDuckMode | Event::Draining | Event::Closed => None,
        }
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Said {
    fn lost(&mut self, reason: String) -> Option<Line> {
        (!std::mem::replace(&mut self.lost, true)).then_some(Line::Lost(reason))
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use async_nats::{ClientError, ServerError};

    fn said(events: Vec<Event>) -> Vec<Line> {
        let voice = Voice::new("localhost:4222".into());
        events.into_iter().filter_map(|event| voice.line(event)).collect()
    }

    fn no_answer() -> Event {
        Event::ClientError(ClientError::Other("no answer".into()))
    }

    #[test]
    fn a_server_that_is_there_is_not_worth_a_word() {
        assert_eq!(said(vec![Event::Connected]), []);
    }

    #[test]
    fn a_server_that_is_away_is_told_once_and_once_that_it_is_back() {
        let lost = || Line::Lost("the connection was lost".into());
        let away = [Event::Disconnected, no_answer(), no_answer(), Event::Connected];
        let twice = away.clone().into_iter().chain(away).collect();
        assert_eq!(said(twice), [lost(), Line::Back, lost(), Line::Back]);
    }

    #[test]
    fn a_server_that_never_was_there_is_told_once() {
        let Line::Lost(reason) = said(vec![no_answer(), no_answer()]).remove(0) else { panic!() };
        assert!(reason.contains("no answer"), "{reason}");
        assert_eq!(said(vec![no_answer(), no_answer()]).len(), 1);
    }

    #[test]
    fn a_refusal_is_told_again_only_when_it_is_another() {
        let refusal = |what: &str| Event::ServerError(ServerError::Other(what.into()));
        assert_eq!(said(vec![refusal("one"), refusal("one"), refusal("other"), refusal("one")]).len(), 3);
    }
}
