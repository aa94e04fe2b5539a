//! Timers: per open case the climb that will happen unless somebody acts, and the reminder that comes before it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::ids::CaseId;
use seinhuis_domain::ladder::{PlannedStep, Rung};
use seinhuis_eventstore::Recorded;
use seinhuis_runtime::trace::Traced;

use crate::backend::Draft;
use crate::board::{codes, places};
use crate::cell::{Cell, Cells, cells};
use crate::entry::Entry;
use crate::fault::Fault;
use crate::model::Model;
use crate::table::{Merge, Table};
use crate::views::Views;

pub(crate) const VERSION: u32 = 3;

/// `rung` is where the step leads and `due_at` the first whole microsecond at which it may be taken; both repeat what
/// `step` says, to order by. `remind_at` is the next reminder, which falls on a whole second. `trace` is that of the event which
/// planned the step, recorded at `traced_at`.
pub(crate) const TIMER: Table = Table {
    name: "timers_timer",
    generation: 0,
    columns: &[
        ("case_id", "BLOB NOT NULL"),
        ("rung", "INTEGER NOT NULL"),
        ("due_at", "INTEGER NOT NULL"),
        ("area", "TEXT NOT NULL"),
        ("step", "TEXT NOT NULL"),
        ("remind_at", "INTEGER"),
        ("trace", "TEXT"),
        ("traced_at", "INTEGER"),
    ],
    key: 1,
    merge: Merge::Replace,
    indexes: &[
        ("due", "(rung, due_at, case_id)"),
        ("area", "(area, due_at)"),
        ("remind", "(remind_at, case_id) WHERE remind_at IS NOT NULL"),
    ],
};

pub(crate) const TABLES: &[&Table] = &[&TIMER];

/// A climb that is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueTimer {
    /// The case that climbs.
    pub case: CaseId,
    /// Where it is.
    pub area: AreaCode,
    /// The climb, exactly as the log has it.
    pub step: PlannedStep,
    /// The trace in which it was planned.
    pub trace: Option<Traced>,
}

/// A reminder of a climb that is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueReminder {
    /// The case that will climb.
    pub case: CaseId,
    /// The climb, exactly as the log has it.
    pub step: PlannedStep,
    /// When whoever stands on the present rung is reminded of it.
    pub planned_at: Timestamp,
    /// The trace in which it was planned.
    pub trace: Option<Traced>,
}

pub(crate) async fn apply(page: &[Entry], draft: &mut Draft<'_>) -> Result<(), Fault> {
    let mut changed: BTreeMap<CaseId, Option<Vec<Cell>>> = BTreeMap::new();
    for (entry, (case, event)) in page.iter().filter_map(|entry| Some((entry, entry.case()?))) {
        let row = |area, step, remind_at| row(case, area, step, remind_at, &entry.recorded);
        let plan = match event {
            CaseEvent::StepPlanned { area, step } => Some(row(area, step, step.remind_at)),
            CaseEvent::RungReached(reached) => {
                reached.next.as_ref().map(|step| row(&reached.area, step, step.remind_at))
            }
            CaseEvent::CaseReminded(reminded) => Some(row(&reminded.area, &reminded.step, reminded.next_at)),
            CaseEvent::CaseSnoozed { area, step, next_at, .. } => Some(row(area, step, *next_at)),
            // What was planned for the rung it left is void. A plan for where it stands now follows, if there is one.
            CaseEvent::RungLowered { .. }
            | CaseEvent::CaseResolved { .. }
            | CaseEvent::CaseReopened { .. } => None,
            _ => continue,
        };
        changed.insert(case, plan);
    }
    let (set, cleared): (Vec<_>, Vec<_>) = changed.into_iter().partition(|(_, plan)| plan.is_some());
    draft.remove(&TIMER, cleared.into_iter().map(|(case, _)| case.into()).collect()).await?;
    draft.put(&TIMER, set.into_iter().filter_map(|(_, plan)| plan).collect()).await
}

fn row(
    case: CaseId,
    area: &AreaCode,
    step: &PlannedStep,
    remind_at: Option<Timestamp>,
    planned: &Recorded,
) -> Vec<Cell> {
    let due_at = first_whole_microsecond(step.due_at);
    let trace = Traced::of(planned.trace.as_deref(), planned.recorded_at);
    let (trace, traced_at) = (trace.map(|trace| trace.traceparent()), trace.map(|trace| trace.at()));
    cells![case, step.to, due_at, area.as_str(), Cell::json(step), remind_at, trace, traced_at]
}

/// The trace at the end of a row.
pub(crate) fn traced(row: &mut Cells) -> Result<Option<Traced>, Fault> {
    let (trace, at) = (row.maybe_text()?, row.maybe_instant()?);
    Ok(at.and_then(|at| Traced::of(trace.as_deref(), at)))
}

/// A timer that fires a fraction too early would be refused.
fn first_whole_microsecond(at: Timestamp) -> i64 {
    let whole = at.as_microsecond();
    if at.subsec_nanosecond() % 1_000 > 0 { whole.saturating_add(1) } else { whole }
}

impl Views {
    /// Up to `limit` climbs that are due at `now`: the highest rung first, then the longest overdue.
    pub async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, Fault> {
        let mut due = Vec::new();
        // Rung by rung, so that the index answers and nothing is sorted, however many are due.
        for rung in Rung::ALL.iter().rev() {
            let sql = "SELECT case_id, area, step, trace, traced_at FROM timers_timer WHERE rung = $1 AND due_at <= $2 \
                       ORDER BY due_at, case_id LIMIT $3";
            let rows = self.ask(Model::Timers, sql, cells![*rung, now, limit - due.len()]).await?;
            for row in rows {
                due.push(read(row)?);
            }
            if due.len() >= limit {
                break;
            }
        }
        Ok(due)
    }

    /// Up to `limit` reminders that are due at `now`, the longest overdue first; none of a climb that is due itself.
    pub async fn due_reminders(&self, now: Timestamp, limit: usize) -> Result<Vec<DueReminder>, Fault> {
        let sql = "SELECT case_id, step, remind_at, trace, traced_at FROM timers_timer \
                   WHERE remind_at IS NOT NULL AND remind_at <= $1 AND due_at > $1 ORDER BY remind_at, case_id LIMIT $2";
        let read = |mut row: Cells| {
            let (case, step, planned_at) = (CaseId(row.id()?), row.json()?, row.instant()?);
            Ok(DueReminder { case, step, planned_at, trace: traced(&mut row)? })
        };
        self.ask(Model::Timers, sql, cells![now, limit]).await?.into_iter().map(read).collect()
    }

    /// When the first climb or reminder of all is due, or has been.
    pub async fn first_due(&self) -> Result<Option<Timestamp>, Fault> {
        self.least_due("", vec![]).await
    }

    /// When the first climb or reminder is due that is not due at `now` yet.
    pub async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, Fault> {
        self.least_due(" > $1", cells![now]).await
    }

    /// Rung by rung, so that the index answers.
    async fn least_due(&self, after: &str, values: Vec<Cell>) -> Result<Option<Timestamp>, Fault> {
        let after =
            |column: &str| if after.is_empty() { String::new() } else { format!(" AND {column}{after}") };
        let (due, remind) = (after("due_at"), after("remind_at"));
        let mut each: Vec<String> = (0..Rung::ALL.len())
            .map(|rung| format!("SELECT min(due_at) AS due_at FROM timers_timer WHERE rung = {rung}{due}"))
            .collect();
        each.push(format!("SELECT min(remind_at) FROM timers_timer WHERE remind_at IS NOT NULL{remind}"));
        let sql = format!("SELECT min(due_at) FROM ({}) AS least", each.join(" UNION ALL "));
        match self.ask(Model::Timers, sql, values).await?.into_iter().next() {
            Some(mut row) => row.maybe_instant(),
            None => Ok(None),
        }
    }

    /// Up to `limit` planned climbs in `areas`, the first due first.
    pub async fn timers(&self, areas: &[AreaCode], limit: usize) -> Result<Vec<DueTimer>, Fault> {
        let sql = format!(
            "SELECT case_id, area, step, trace, traced_at FROM timers_timer WHERE area IN ({}) \
             ORDER BY due_at, case_id LIMIT ?",
            places(areas)
        );
        let mut values = codes(areas);
        values.push(limit.into());
        self.ask(Model::Timers, sql, values).await?.into_iter().map(read).collect()
    }
}

fn read(mut row: Cells) -> Result<DueTimer, Fault> {
    let (case, area, step) = (CaseId(row.id()?), row.named()?, row.json()?);
    Ok(DueTimer { case, area, step, trace: traced(&mut row)? })
}

#[cfg(test)]
mod specs {
    use seinhuis_domain::case::CaseCommand;
    use seinhuis_domain::policy::Reminders;

    use super::*;
    use crate::Follower;
    use crate::scene::{Scene, on_each_backend, signal};

    on_each_backend! {
        an_opened_case_has_a_timer_that_is_due_to_the_instant
        a_climb_brings_the_next_timer_and_the_top_rung_none
        a_closed_case_has_no_timer_and_a_reopened_one_has
        a_picked_up_case_waits_for_progress_instead
        of_all_that_is_due_the_highest_rung_goes_first_and_then_the_longest_overdue
        a_reminder_waits_beside_its_climb_until_it_went_out_or_the_climb_is_due
    }

    async fn timers(scene: &Scene) -> Views {
        let views = Views::open(&scene.url("timers"), &[Model::Timers]).await.unwrap();
        Follower::new(scene.log.clone(), views.clone()).catch_up().await.unwrap();
        views
    }

    fn cases(timers: &[DueTimer]) -> Vec<CaseId> {
        timers.iter().map(|timer| timer.case).collect()
    }

    async fn an_opened_case_has_a_timer_that_is_due_to_the_instant(scene: Scene) {
        let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        let (views, due_at) = (timers(&scene).await, scene.due("5wd"));
        assert_eq!(views.next_due(Timestamp::UNIX_EPOCH).await.unwrap(), Some(due_at));
        assert_eq!(
            (views.first_due().await.unwrap(), views.next_due(due_at).await.unwrap()),
            (Some(due_at), None)
        );
        let before = due_at - jiff::SignedDuration::from_micros(1);
        assert_eq!(views.due(before, 10).await.unwrap(), []);
        let due = views.due(due_at, 10).await.unwrap();
        assert_eq!(cases(&due), [case]);
        assert_eq!(Some(due[0].step.clone()), scene.planned(case).await);
    }

    async fn a_climb_brings_the_next_timer_and_the_top_rung_none(mut scene: Scene) {
        let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        for to in [Rung::Regisseur, Rung::College] {
            scene.climb(case).await;
            let due = timers(&scene).await.due(Timestamp::MAX, 10).await.unwrap();
            assert_eq!((cases(&due), due[0].step.to), (vec![case], to));
        }
        scene.climb(case).await;
        assert_eq!(timers(&scene).await.next_due(Timestamp::UNIX_EPOCH).await.unwrap(), None);
    }

    async fn a_closed_case_has_no_timer_and_a_reopened_one_has(scene: Scene) {
        let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        scene.case(case, CaseCommand::Resolve { act: scene.act() }).await.unwrap();
        assert_eq!(timers(&scene).await.due(Timestamp::MAX, 10).await.unwrap(), []);
        scene.case(case, CaseCommand::Reopen { act: scene.act() }).await.unwrap();
        assert_eq!(cases(&timers(&scene).await.due(Timestamp::MAX, 10).await.unwrap()), [case]);
    }

    async fn a_picked_up_case_waits_for_progress_instead(scene: Scene) {
        let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        scene.case(case, CaseCommand::Acknowledge { act: scene.act() }).await.unwrap();
        assert_eq!(
            timers(&scene).await.next_due(Timestamp::UNIX_EPOCH).await.unwrap(),
            Some(scene.due("10wd"))
        );
    }

    async fn of_all_that_is_due_the_highest_rung_goes_first_and_then_the_longest_overdue(mut scene: Scene) {
        let high = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        scene.climb(high).await;
        let old = scene.opened(&signal("wonion", "2", "housing.fin.hua")).await;
        scene.later(72);
        let young = scene.opened(&signal("wonion", "3", "housing.fin.hua")).await;
        let views = timers(&scene).await;
        assert_eq!(cases(&views.due(Timestamp::MAX, 10).await.unwrap()), [high, old, young]);
        assert_eq!(cases(&views.due(Timestamp::MAX, 2).await.unwrap()), [high, old]);
        let ulft = AreaCode::new("WK150900").unwrap();
        assert_eq!(cases(&views.timers(&[ulft], 10).await.unwrap()), [old, young, high]);
        let elsewhere = AreaCode::new("WK150901").unwrap();
        assert_eq!(views.timers(&[elsewhere], 10).await.unwrap(), []);
    }

    async fn a_reminder_waits_beside_its_climb_until_it_went_out_or_the_climb_is_due(mut scene: Scene) {
        let mut profile = seinhuis_domain::example::profile();
        let again_every = Some("2h".parse().unwrap());
        profile.policy.ladder.reminders = Some(Reminders { at_percent: 80, again_every, at_most: 2 });
        scene.adopt(profile);
        let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        let (views, step) = (timers(&scene).await, scene.planned(case).await.unwrap());
        let first = step.remind_at.unwrap();
        assert_eq!(views.first_due().await.unwrap(), Some(first));
        assert_eq!(views.next_due(first).await.unwrap(), Some(step.due_at));
        let just_before = first - jiff::SignedDuration::from_micros(1);
        assert_eq!(views.due_reminders(just_before, 10).await.unwrap(), []);
        let due = DueReminder { case, step: step.clone(), planned_at: first, trace: None };
        assert_eq!(views.due_reminders(first, 10).await.unwrap(), [due]);
        assert_eq!(views.due(first, 10).await.unwrap(), []);
        assert_eq!(views.due_reminders(step.due_at, 10).await.unwrap(), []);

        scene.now = first;
        scene.remind(case).await;
        let (views, second) = (timers(&scene).await, first + jiff::SignedDuration::from_hours(2));
        assert_eq!(views.first_due().await.unwrap(), Some(second));
        let due = DueReminder { case, step: step.clone(), planned_at: second, trace: None };
        assert_eq!(views.due_reminders(second, 10).await.unwrap(), [due]);
        scene.now = second;
        scene.remind(case).await;
        let views = timers(&scene).await;
        assert_eq!(views.due_reminders(second, 10).await.unwrap(), []);
        assert_eq!(views.first_due().await.unwrap(), Some(step.due_at));
    }

    #[test]
    fn a_fraction_of_a_microsecond_is_waited_for() {
        let at: Timestamp = "2026-03-09T10:00:00.0000011Z".parse().unwrap();
        assert_eq!(first_whole_microsecond(at), at.as_microsecond() + 1);
        let whole: Timestamp = "2026-03-09T10:00:00.000001Z".parse().unwrap();
        assert_eq!(first_whole_microsecond(whole), whole.as_microsecond());
    }
}
