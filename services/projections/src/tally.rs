//! The tally: how often what happened. For summaries and for checking that nothing is missing.

use std::collections::BTreeMap;

use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::notice::NoticeEvent;
use seinhuis_domain::subject::SubjectEvent;

use crate::backend::Draft;
use crate::cell::{Cells, cells};
use crate::entry::{About, Entry};
use crate::fault::Fault;
use crate::model::Model;
use crate::table::{Merge, Table};
use crate::views::Views;

pub(crate) const VERSION: u32 = 1;

const LINE: Table = Table {
    name: "tally_line",
    generation: 0,
    columns: &[("what", "TEXT NOT NULL"), ("label", "TEXT NOT NULL"), ("count", "INTEGER NOT NULL")],
    key: 2,
    merge: Merge::Add("count"),
    indexes: &[],
};

pub(crate) const TABLES: &[&Table] = &[&LINE];

/// How often one thing happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TallyLine {
    /// What is counted: `event` (label: the stored name), `signals` (the sector), `cases` (`opened`, `attached`,
    /// `integral`, `resolved`, `reopened`), `rungs` (the rung), `causes` (why rungs were reached), `notices` (the
    /// outcome) or `subjects` (`held`, `hold_lifted`,
    /// `erasure_ordered`, `erased`).
    pub what: String,
    /// Which kind of it.
    pub label: String,
    /// How often.
    pub count: u64,
}

pub(crate) async fn apply(page: &[Entry], draft: &mut Draft<'_>) -> Result<(), Fault> {
    let mut counts: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for entry in page {
        let mut count = |what, label: &str| *counts.entry((what, label.to_owned())).or_default() += 1;
        count("event", &entry.recorded.name);
        match &entry.about {
            About::Signal(_, facts) => count("signals", facts.kind.sector().as_str()),
            About::Case(_, CaseEvent::CaseOpened(_)) => count("cases", "opened"),
            About::Case(_, CaseEvent::SignalAttached { .. }) => count("cases", "attached"),
            About::Case(_, CaseEvent::CaseMadeIntegral { .. }) => count("cases", "integral"),
            About::Case(_, CaseEvent::CaseResolved { .. }) => count("cases", "resolved"),
            About::Case(_, CaseEvent::CaseReopened { .. }) => count("cases", "reopened"),
            About::Case(_, CaseEvent::RungReached(reached)) => {
                count("rungs", reached.rung.as_str());
                if let Some(cause) =
                    serde_json::to_value(reached.cause).ok().as_ref().and_then(|c| c.as_str())
                {
                    count("causes", cause);
                }
            }
            About::Notice(NoticeEvent::NoticeDelivered { .. }) => count("notices", "delivered"),
            About::Notice(NoticeEvent::NoticeFailed { .. }) => count("notices", "failed"),
            About::Notice(NoticeEvent::NoticeWithdrawn { .. }) => count("notices", "withdrawn"),
            About::Notice(NoticeEvent::NoticeReplayed { .. }) => count("notices", "replayed"),
            About::Subject(event) => count("subjects", of_subject(event)),
            About::Case(..) | About::Elsewhere | About::Unreadable(_) => {}
        }
    }
    let rows = counts.into_iter().map(|((what, label), count)| cells![what, label, count]).collect();
    draft.put(&LINE, rows).await
}

fn of_subject(event: &SubjectEvent) -> &'static str {
    match event {
        SubjectEvent::SubjectHeld { .. } => "held",
        SubjectEvent::HoldLifted { .. } => "hold_lifted",
        SubjectEvent::ErasureOrdered { .. } => "erasure_ordered",
        SubjectEvent::SubjectErased { .. } => "erased",
    }
}

impl Views {
    /// Everything that was counted, ordered by what and label.
    pub async fn tally(&self) -> Result<Vec<TallyLine>, Fault> {
        let line =
            |mut row: Cells| Ok(TallyLine { what: row.text()?, label: row.text()?, count: row.whole()? });
        self.ask(Model::Tally, LINE.scan(), vec![]).await?.into_iter().map(line).collect()
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::Follower;
    use crate::scene::{Scene, on_each_backend, signal};

    on_each_backend! {
        what_happened_is_counted_across_pages
    }

    async fn what_happened_is_counted_across_pages(mut scene: Scene) {
        let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        scene.opened(&signal("wonion", "2", "housing.fin.hua")).await;
        scene.report(&signal("politie", "3", "police.e33")).await;
        scene.climb(case).await;
        let views = Views::open(&scene.url("tally"), &[Model::Tally]).await.unwrap();
        Follower::new(scene.log.clone(), views.clone()).with_page(2).catch_up().await.unwrap();
        let tally = views.tally().await.unwrap();
        let count = |what, label| {
            tally
                .iter()
                .find(|line| (line.what.as_str(), line.label.as_str()) == (what, label))
                .map(|line| line.count)
        };
        assert_eq!(count("signals", "housing"), Some(2));
        assert_eq!(count("signals", "police"), Some(1));
        assert_eq!(count("cases", "opened"), Some(2));
        assert_eq!(count("rungs", "team"), Some(1));
        assert_eq!(count("causes", "not_picked_up"), Some(1));
        assert_eq!(count("event", "signal.reported"), Some(3));
        assert_eq!(count("notices", "delivered"), None);
        let events = tally.iter().filter(|line| line.what == "event").map(|line| line.count);
        assert_eq!(events.sum::<u64>(), scene.head().0);
    }
}
