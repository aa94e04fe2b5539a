//! What waits, in memory: the folds of timers and notices at work without a database, for a simulation that takes its own
//! steps. What they are asked here is what the queries of the models ask of their tables.

use futures::FutureExt;
use jiff::Timestamp;
use seinhuis_domain::ids::CaseId;
use seinhuis_eventstore::{Position, Recorded};

use crate::backend::{Draft, Memory};
use crate::cell::Cells;
use crate::entry::Entry;
use crate::fault::Fault;
use crate::model::Model;
use crate::notices::NoticeRow;
use crate::timers::{DueReminder, DueTimer};

/// One of the two models, and how far it is.
#[derive(Debug)]
pub struct Waiting {
    model: Model,
    memory: Memory,
    position: Position,
}

/// A row of the timers.
struct Timer {
    timer: DueTimer,
    due_at: Timestamp,
    remind_at: Option<Timestamp>,
}

impl Waiting {
    /// The timers of cases, from nothing.
    pub fn timers() -> Self {
        Self::of(Model::Timers)
    }

    /// The notices, from nothing.
    pub fn notices() -> Self {
        Self::of(Model::Notices)
    }

    fn of(model: Model) -> Self {
        Self { model, memory: Memory::default(), position: Position::START }
    }

    /// Up to where it has read the log.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Takes in what follows on its position.
    ///
    /// Errors: an event that can't be understood.
    ///
    /// # Panics
    /// When the fold waits for something: in memory there is nothing to wait for.
    pub fn take(&mut self, events: Vec<Recorded>) -> Result<(), Fault> {
        let (page, stopped) = Entry::page(events, &[self.model]);
        let applied = self.model.apply(&page, &mut Draft::Memory(&mut self.memory)).now_or_never();
        applied.expect("memory answers at once")?;
        self.position = page.last().map_or(self.position, Entry::position);
        stopped.map_or(Ok(()), Err)
    }

    /// The climbs that are due at `now`: the highest rung first, then the longest overdue.
    pub fn due(&self, now: Timestamp) -> Result<Vec<DueTimer>, Fault> {
        let mut due = self.rows()?;
        due.retain(|row| row.due_at <= now);
        due.sort_by_key(|row| (std::cmp::Reverse(row.timer.step.to), row.due_at, row.timer.case));
        Ok(due.into_iter().map(|row| row.timer).collect())
    }

    /// The reminders that are due at `now`, the longest overdue first; none of a climb that is due itself.
    pub fn due_reminders(&self, now: Timestamp) -> Result<Vec<DueReminder>, Fault> {
        let reminder = |Timer { timer, due_at, remind_at }: Timer| {
            let planned_at = remind_at.filter(|at| *at <= now && due_at > now)?;
            Some(DueReminder { case: timer.case, step: timer.step, planned_at, trace: timer.trace })
        };
        let mut due: Vec<_> = self.rows()?.into_iter().filter_map(reminder).collect();
        due.sort_by_key(|reminder| (reminder.planned_at, reminder.case));
        Ok(due)
    }

    /// When the first climb or reminder is due that is not due at `now` yet.
    pub fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, Fault> {
        let rows = self.rows()?;
        let each = rows.iter().flat_map(|row| [Some(row.due_at), row.remind_at]).flatten();
        Ok(each.filter(|at| *at > now).min())
    }

    /// The notices without an outcome that may go out at `now`, the one that could first before the others.
    pub fn unsettled(&self, now: Timestamp) -> Result<Vec<NoticeRow>, Fault> {
        let mut due = self.unsettled_rows()?;
        due.retain(|notice| notice.send_at <= now);
        due.sort_by_key(|notice| (notice.send_at, notice.position, notice.id));
        Ok(due)
    }

    /// When the next notice may go out that may not at `now` yet.
    pub fn next_notice(&self, now: Timestamp) -> Result<Option<Timestamp>, Fault> {
        let rows = self.unsettled_rows()?;
        Ok(rows.iter().map(|notice| notice.send_at).filter(|at| *at > now).min())
    }

    fn rows(&self) -> Result<Vec<Timer>, Fault> {
        let read = |mut row: Cells| {
            let case = CaseId(row.id()?);
            let (_rung, due_at) = (row.rung()?, row.instant()?);
            let (area, step, remind_at) = (row.named()?, row.json()?, row.maybe_instant()?);
            let trace = crate::timers::traced(&mut row)?;
            Ok(Timer { timer: DueTimer { case, area, step, trace }, due_at, remind_at })
        };
        self.memory.all(&crate::timers::TIMER).map(read).collect()
    }

    fn unsettled_rows(&self) -> Result<Vec<NoticeRow>, Fault> {
        let read = self.memory.all(&crate::notices::NOTICE).map(NoticeRow::read);
        read.filter(|notice| !matches!(notice, Ok(NoticeRow { outcome: Some(_), .. }))).collect()
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::scene::{Scene, signal};
    use crate::{Follower, Views};

    #[tokio::test]
    async fn it_answers_what_the_tables_answer() {
        let mut scene = Scene::new().await;
        let mut profile = seinhuis_domain::example::profile();
        let reminders = seinhuis_domain::policy::Reminders { at_percent: 80, again_every: None, at_most: 1 };
        profile.policy.ladder.reminders = Some(reminders);
        scene.adopt(profile);
        let climbs = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        scene.opened(&signal("wonion", "2", "housing.fin.hua")).await;
        scene.climb(climbs).await;
        let views = Views::open(&scene.url("both"), &[Model::Timers, Model::Notices]).await.unwrap();
        Follower::new(scene.log.clone(), views.clone()).catch_up().await.unwrap();
        let events = scene.log.read(Position::START, 1_000).await.unwrap().events;
        let (mut timers, mut notices) = (Waiting::timers(), Waiting::notices());
        timers.take(events.clone()).unwrap();
        notices.take(events.clone()).unwrap();
        assert_eq!(timers.position().0, events.len() as u64);

        let first = views.first_due().await.unwrap().unwrap();
        assert_eq!(timers.next_due(Timestamp::UNIX_EPOCH).unwrap(), Some(first));
        for now in [first, scene.now, Timestamp::MAX] {
            assert_eq!(timers.due(now).unwrap(), views.due(now, 10).await.unwrap());
            assert_eq!(timers.due_reminders(now).unwrap(), views.due_reminders(now, 10).await.unwrap());
            assert_eq!(timers.next_due(now).unwrap(), views.next_due(now).await.unwrap());
            assert_eq!(notices.unsettled(now).unwrap(), views.unsettled_notices(now, 10).await.unwrap());
            assert_eq!(notices.next_notice(now).unwrap(), views.next_notice(now).await.unwrap());
        }
        assert_eq!(notices.unsettled(Timestamp::MAX).unwrap().len(), 1);
    }
}
