//! Following by hand: for a role whose work lies outside the database, and that says itself when a page is done. Cut off
//! in between, it meets the same events again.

use seinhuis_domain::event::Event;
use seinhuis_eventstore::{Position, Recorded};

use super::Follower;
use crate::entry::Entry;
use crate::fault::Fault;

impl Follower {
    /// The next events after the models, in order, and none where the log ends. They are not taken in. A page ends before
    /// an event that can't be understood; who asks for what comes next is told where that one is.
    pub async fn ahead(&mut self) -> Result<Vec<(Recorded, Event)>, Fault> {
        self.begin(Position(u64::MAX)).await?;
        let events = self.log.read(self.views.position(), self.page).await.map_err(Fault::Log)?.events;
        let mut page = Vec::with_capacity(events.len());
        for recorded in events {
            match recorded.event() {
                Ok(event) => page.push((recorded, event)),
                Err(_) if !page.is_empty() => break,
                Err(source) => {
                    let stopped = Entry::of(recorded).poison(self.views.models());
                    return Err(stopped.unwrap_or(Fault::Log(source)));
                }
            }
        }
        Ok(page)
    }

    /// Has the models take in events that [`Follower::ahead`] gave. Tells up to where that is.
    pub async fn done(&mut self, page: Vec<Recorded>) -> Result<Position, Fault> {
        let entries: Vec<_> = page.into_iter().map(Entry::of).collect();
        Ok(self.views.take(&entries, self.views.models()).await?.at)
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::scene::{Scene, signal};
    use crate::{Model, Views};

    async fn follower(scene: &Scene) -> Follower {
        let views = Views::open(&scene.url("relay"), &[Model::Relay]).await.unwrap();
        Follower::new(scene.log.clone(), views).with_page(2)
    }

    fn positions(page: &[(Recorded, Event)]) -> Vec<u64> {
        page.iter().map(|(recorded, _)| recorded.position.0).collect()
    }

    #[tokio::test]
    async fn the_same_events_come_until_they_are_done_also_after_a_restart() {
        let scene = Scene::new().await;
        scene.report(&signal("wonion", "1", "housing.fin.hua")).await;
        scene.report(&signal("wonion", "2", "housing.fin.hua")).await;
        let mut one = follower(&scene).await;
        assert_eq!(positions(&one.ahead().await.unwrap()), [1, 2]);
        let page = one.ahead().await.unwrap();
        assert_eq!(positions(&page), [1, 2]);
        let done = page.into_iter().map(|(recorded, _)| recorded).collect();
        assert_eq!(one.done(done).await.unwrap(), Position(2));
        assert_eq!(positions(&one.ahead().await.unwrap()), [3]);
        drop(one);
        let mut other = follower(&scene).await;
        let page = other.ahead().await.unwrap();
        assert_eq!(positions(&page), [3]);
        other.done(page.into_iter().map(|(recorded, _)| recorded).collect()).await.unwrap();
        assert!(other.ahead().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn fed_by_another_log_it_begins_again() {
        let (one, other) = (Scene::new().await, Scene::new().await);
        one.report(&signal("wonion", "1", "housing.fin.hua")).await;
        other.report(&signal("wonion", "2", "housing.fin.hua")).await;
        let views = Views::open(&one.url("relay"), &[Model::Relay]).await.unwrap();
        Follower::new(one.log.clone(), views.clone()).catch_up().await.unwrap();
        assert_eq!(views.position(), Position(2));
        let mut moved = Follower::new(other.log.clone(), views);
        assert_eq!(positions(&moved.ahead().await.unwrap()), [1, 2]);
    }
}
