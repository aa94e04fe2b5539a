//! All models made anew from a log, beside what reading it alone costs.

use std::time::{Duration, Instant};

use seinhuis_eventstore::{Log, Position};
use seinhuis_projections::{Follower, Model, Rebuild, Stage, Views};

use crate::{GROUPS, PAGE};

/// What `seinhuis projections rebuild` may hold in memory.
const MEMORY: usize = 160 << 20;

/// Every event read, and understood if `decode`, and nothing done with it.
pub(crate) async fn read(log: &Log, decode: bool) -> Duration {
    let began = Instant::now();
    let mut at = Position::START;
    loop {
        let events = log.read(at, PAGE).await.unwrap().events;
        let Some(last) = events.last() else { return began.elapsed() };
        at = last.position;
        if decode {
            events.iter().for_each(|event| drop(std::hint::black_box(event.event().unwrap())));
        }
    }
}

/// How long a rebuild took in all, until all was folded, and the longest swap.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Took {
    pub(crate) all: Duration,
    pub(crate) folded: Duration,
    pub(crate) swap: Duration,
}

/// All models from nothing to `head`, with one reading of the log.
pub(crate) async fn rebuilt(log: Log, url: String, head: Position) -> Took {
    let began = Instant::now();
    let mut rebuild = Rebuild::from(log.clone()).with_memory(MEMORY);
    let mut places = Vec::new();
    for models in GROUPS {
        let views = Views::open(&group(&url, models), models).await.unwrap();
        rebuild = rebuild.with(&views, models);
        places.push(views);
    }
    let rebuild = rebuild.until(head);
    let mut progress = rebuild.progress();
    let folding = tokio::spawn(async move {
        progress.wait_for(|progress| progress.stage != Stage::Folding).await.unwrap();
        began.elapsed()
    });
    let rebuilt = rebuild.run().await.unwrap();
    let (all, folded) = (began.elapsed(), folding.await.unwrap());
    assert!(rebuilt.iter().all(|model| model.position == head));
    for views in places {
        views.close().await;
    }
    Took { all, folded, swap: rebuilt.iter().map(|model| model.swap).max().unwrap_or_default() }
}

/// All models followed from nothing to `head`, by a follower for each group. What is better rebuilt, each rebuilds.
pub(crate) async fn followed(log: &Log, url: &str, head: Position, page: usize) -> Duration {
    let began = Instant::now();
    let follow = |models| {
        let (url, log) = (group(url, models), log.clone());
        tokio::spawn(async move {
            let views = Views::open(&url, models).await.unwrap();
            let mut follower = Follower::new(log, views.clone()).with_page(page);
            let reached = follower.catch_up_to(head).await.unwrap();
            views.close().await;
            reached
        })
    };
    for group in GROUPS.map(follow) {
        assert_eq!(group.await.unwrap(), head);
    }
    began.elapsed()
}

/// Where a group of `models` lies: a database for all of them, or a file for each.
pub(crate) fn group(url: &str, models: &[Model]) -> String {
    if url.starts_with("sqlite:") { format!("{url}-{}", models[0]) } else { url.to_owned() }
}
