//! An event of the log as read models take it in: decoded once, shared by all models of a follower.

use std::ops::Deref;
use std::sync::Arc;

use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{CaseId, SignalId};
use seinhuis_domain::notice::NoticeEvent;
use seinhuis_domain::signal::{SignalEvent, SignalFacts};
use seinhuis_domain::subject::SubjectEvent;
use seinhuis_eventstore::{Fault, Position, Recorded};

use crate::model::Model;

/// One event: its row, and what it says. Clones are the same event.
#[derive(Debug, Clone)]
pub(crate) struct Entry(Arc<Told>);

/// What an entry holds.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) recorded: Recorded,
    pub(crate) about: About,
}

impl Deref for Entry {
    type Target = Told;

    fn deref(&self) -> &Told {
        &self.0
    }
}

/// What an event says, with the id of the stream it was said in.
#[derive(Debug)]
pub(crate) enum About {
    Signal(SignalId, Box<SignalFacts>),
    Case(CaseId, CaseEvent),
    Notice(NoticeEvent),
    Subject(SubjectEvent),
    /// Configuration and accounts: the directory's concern, not that of any table here.
    Elsewhere,
    /// What can't be understood, and why. It stops the models that read events of its kind, before it; to the others it is
    /// nothing.
    Unreadable(Fault),
}

impl Entry {
    /// The event in `recorded`.
    pub(crate) fn of(recorded: Recorded) -> Self {
        let about = about(&recorded).unwrap_or_else(About::Unreadable);
        Self(Arc::new(Told { recorded, about }))
    }

    /// The events up to the first that stops one of `models`, and that one as a fault.
    pub(crate) fn page(events: Vec<Recorded>, models: &[Model]) -> (Vec<Self>, Option<crate::fault::Fault>) {
        let mut page = Vec::with_capacity(events.len());
        for entry in events.into_iter().map(Self::of) {
            let stopped: Vec<Model> = models.iter().copied().filter(|model| entry.stops(*model)).collect();
            if let Some(fault) = entry.poison(&stopped) {
                return (page, Some(fault));
            }
            page.push(entry);
        }
        (page, None)
    }

    /// Whether `model` can't go past it.
    pub(crate) fn stops(&self, model: Model) -> bool {
        matches!(self.about, About::Unreadable(_)) && model.reads(self.recorded.stream.kind())
    }

    /// It as the fault that stopped `models`; none where it stopped nobody.
    pub(crate) fn poison(&self, models: &[Model]) -> Option<crate::fault::Fault> {
        let About::Unreadable(source) = &self.about else { return None };
        let Recorded { position, name, schema, .. } = &self.recorded;
        let names: Vec<&str> = models.iter().map(|model| model.name()).collect();
        (!models.is_empty()).then(|| crate::fault::Fault::Poisoned {
            models: names.join(", "),
            position: *position,
            name: name.clone(),
            schema: *schema,
            source: source.clone(),
        })
    }

    pub(crate) fn position(&self) -> Position {
        self.recorded.position
    }

    /// The cases that `page` tells of.
    pub(crate) fn cases(page: &[Self]) -> Vec<CaseId> {
        let mut cases: Vec<CaseId> = page.iter().filter_map(Self::case).map(|(id, _)| id).collect();
        cases.sort_unstable();
        cases.dedup();
        cases
    }

    /// The case event in it, if it is one.
    pub(crate) fn case(&self) -> Option<(CaseId, &CaseEvent)> {
        if let About::Case(id, event) = &self.about { Some((*id, event)) } else { None }
    }
}

fn about(recorded: &Recorded) -> Result<About, Fault> {
    let stream = &recorded.stream;
    let no_id = |_| Fault::Corrupt { position: recorded.position, what: format!("{stream} holds no id") };
    Ok(match recorded.event()? {
        Event::Signal(SignalEvent::SignalReported(facts)) => {
            About::Signal(stream.id().parse().map_err(no_id)?, facts)
        }
        Event::Case(event) => About::Case(stream.id().parse().map_err(no_id)?, event),
        Event::Notice(event) => About::Notice(event),
        Event::Subject(event) => About::Subject(event),
        Event::Profile(_) | Event::Areas(_) | Event::Partner(_) | Event::Person(_) => About::Elsewhere,
    })
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::Views;
    use crate::scene::{Scene, pseudonym, signal};
    use seinhuis_domain::ids::NoticeId;

    const KINDS: [&str; 4] = ["signal", "case", "notice", "subject"];

    /// Something of everything that there is a table for.
    async fn all_sorts() -> Scene {
        let mut scene = Scene::new().await;
        let mut facts = signal("wonion", "1", "housing.fin.hua");
        facts.subjects = [pseudonym(7)].into_iter().collect();
        (facts.household, facts.place) = (Some(pseudonym(8)), Some(pseudonym(9)));
        let case = scene.opened(&facts).await;
        scene.climb(case).await;
        let (state, person) = (scene.state(case).await, "coordinator-ulft");
        let climb = format!("{case}:{}:{}:{}", state.policy_version, state.rung, state.cycle);
        let notice = NoticeId::of(&climb, &person.to_owned().try_into().unwrap());
        scene.settle(case, notice, state.rung, person, true).await;
        scene.report(&signal("politie", "2", "police.e33")).await;
        scene.erase(pseudonym(8)).await;
        scene
    }

    async fn digests(scene: &Scene, name: &str, page: &[Entry]) -> Vec<crate::Digest> {
        let views = Views::open(&scene.url(name), Model::ALL).await.unwrap();
        views.take(page, Model::ALL).await.unwrap();
        views.digests().await.unwrap()
    }

    #[tokio::test]
    async fn a_model_is_stopped_by_the_kinds_that_make_a_difference_to_it_and_by_no_others() {
        let scene = all_sorts().await;
        let events = scene.log.read(Position::START, 1_000).await.unwrap().events;
        let page: Vec<Entry> = events.into_iter().map(Entry::of).collect();
        let whole = digests(&scene, "whole", &page).await;
        for kind in KINDS {
            let blank = |entry: &Entry| {
                let (recorded, about) = (entry.recorded.clone(), About::Elsewhere);
                if recorded.stream.kind() == kind {
                    Entry(Arc::new(Told { recorded, about }))
                } else {
                    entry.clone()
                }
            };
            let without: Vec<Entry> = page.iter().map(blank).collect();
            for (with, without) in whole.iter().zip(digests(&scene, kind, &without).await) {
                let differs = with.sha256 != without.sha256;
                assert!(
                    differs == with.model.reads(kind) || with.model == Model::Relay,
                    "{kind}: {:?}",
                    with.model
                );
            }
        }
        // What a later version may say of anything stops them all.
        assert!(
            Model::ALL
                .iter()
                .all(|model| model.reads("plan") && (!model.reads("person") || *model == Model::Relay))
        );
    }
}
