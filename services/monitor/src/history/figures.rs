//! How an area stood, in figures.

use std::collections::BTreeMap;

use seinhuis_contract::proto::common::v1 as words;
use seinhuis_contract::proto::history::v1::{
    AlarmCount, Deadlines, Figures, FirstTime, Gap, GoalCount, LeadLoad, TrackCount,
};
use seinhuis_projections::report::{self, Moment};
use seinhuis_projections::{CaseVersion, Workload};

use super::alarm;
use crate::board::count;

/// The figures of `cases` at `moment`, of their work and of their alarms.
pub(super) fn figures(
    cases: &[CaseVersion],
    work: &[Workload],
    alarms: &[report::AlarmedCase],
    moment: Moment<'_>,
) -> Figures {
    let (mut goals, mut by_alarm) = (BTreeMap::new(), BTreeMap::new());
    for CaseVersion { head, .. } in cases {
        *goals.entry(head.goal).or_default() += 1;
    }
    for alarmed in alarms {
        *by_alarm.entry(i32::from(alarm::kind(&alarmed.alarm))).or_default() += 1;
    }
    let track = |report::TrackShare { track, open, percent }| TrackCount {
        track: words::Track::from(track).into(),
        count: open,
        percent,
    };
    let goal = |(goal, count)| GoalCount { goal: words::Goal::from(goal).into(), count };
    let report::Deadlines { overdue, today, soon, later, none } = report::deadlines(cases, moment);
    let report::FirstTime { right, wrong, open } = report::first_time(cases);
    Figures {
        counts: Some(count::counts(work)),
        by_track: report::tracks(cases).into_iter().map(track).collect(),
        by_goal: goals.into_iter().map(goal).collect(),
        deadlines: Some(Deadlines { overdue, today, soon, later, none }),
        by_alarm: by_alarm.into_iter().map(|(alarm, count)| AlarmCount { alarm, count }).collect(),
        by_lead: report::lead_load(cases, moment).into_iter().map(load).collect(),
        first_time: Some(FirstTime { right, wrong, open }),
        gaps: report::gaps(cases).into_iter().map(gap).collect(),
    }
}

/// The cases as a board counts them.
pub(super) fn work(cases: &[CaseVersion], moment: Moment<'_>) -> Vec<Workload> {
    let each = |CaseVersion { head, .. }: &CaseVersion| Workload {
        area: head.area.clone(),
        rung: head.rung,
        lane: head.lane,
        kind: head.kind,
        urgency: head.urgency,
        cases: 1,
        overdue: u64::from(head.is_overdue(moment.at)),
    };
    cases.iter().map(each).collect()
}

fn load(load: report::LeadLoad) -> LeadLoad {
    let report::LeadLoad { lead, open, waiting, overdue } = load;
    LeadLoad { lead: lead.map(|lead| lead.to_string()).unwrap_or_default(), open, waiting, overdue }
}

fn gap(gap: report::Gap) -> Gap {
    let report::Gap { kind, open, no_lead, refused } = gap;
    Gap { kind: kind.code().to_owned(), open, no_lead, refused }
}
