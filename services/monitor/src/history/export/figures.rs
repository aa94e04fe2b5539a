//! The figures of areas in long form: a row for each count. A measure's labels add up to what is open in the area, but for
//! alarms and gaps, where a case may be in several or in none.

use std::collections::HashMap;

use seinhuis_contract::proto::history::v1 as wire;
use seinhuis_domain::area::{Area, AreaCode};
use seinhuis_projections::CaseVersion;
use seinhuis_projections::report::{self, Moment};

use super::suppress;
use super::table::{Column, Kind, Row, Table, Value, column};
use crate::history::figures;

const COLUMNS: &[Column] = &[
    column("area_code", Kind::Text),
    column("area_name", Kind::Text),
    column("level", Kind::Text),
    column("measure", Kind::Text),
    column("label", Kind::Text),
    column("count", Kind::Count),
];

/// One count of one area.
struct Count<'a> {
    area: &'a Area,
    measure: &'static str,
    label: String,
    count: u64,
}

/// Measures of which a case is in one label exactly.
const WHOLE: [&str; 9] =
    ["rung", "lane", "kind", "urgency", "track", "goal", "deadline", "lead", "first_time"];

/// A count as a report makes it: measure, label, and how many.
type Measured = (&'static str, String, u64);

/// The figures of each of `within`, with all inside it.
pub(super) fn table(
    within: &[AreaCode],
    cases: &[CaseVersion],
    moment: Moment<'_>,
    for_publication: bool,
) -> Table {
    let map = moment.directory.areas();
    let mut counts = Vec::new();
    for area in within.iter().filter_map(|code| map.get(code)) {
        let inside = cases.iter().filter(|case| map.lies_in(&case.head.area, &area.code));
        let inside: Vec<CaseVersion> = inside.cloned().collect();
        let count = |(measure, label, count)| Count { area, measure, label, count };
        counts.extend(measured(&inside, moment).into_iter().map(count));
    }
    let numbers: Vec<u64> = counts.iter().map(|count| count.count).collect();
    let out = if for_publication {
        suppress::left_out(&numbers, &sums(&counts))
    } else {
        vec![false; counts.len()]
    };
    let left_out = out.iter().filter(|out| **out).count() as u64;
    let rows = counts.into_iter().zip(out).map(|(count, out)| row(count, out)).collect();
    Table { columns: COLUMNS, rows, left_out }
}

fn row(Count { area, measure, label, count }: Count<'_>, left_out: bool) -> Row {
    let count = if left_out { Value::None } else { count.into() };
    let (code, name) = (area.code.as_str().into(), area.name.as_str().into());
    vec![code, name, area.level.dutch().into(), measure.into(), label.into(), count]
}

fn measured(cases: &[CaseVersion], moment: Moment<'_>) -> Vec<Measured> {
    let (work, alarms) = (figures::work(cases, moment), report::alarms(cases, moment));
    let figures = figures::figures(cases, &work, &alarms, moment);
    let counts = figures.counts.clone().unwrap_or_default();
    let mut all: Vec<Measured> = vec![("open", String::new(), counts.open)];
    all.extend(counts.by_rung.iter().map(|c| ("rung", word(c.rung().as_str_name(), "RUNG_"), c.count)));
    all.extend(counts.by_lane.iter().map(|c| ("lane", word(c.lane().as_str_name(), "LANE_"), c.count)));
    all.extend(counts.by_kind.iter().map(|c| ("kind", c.kind.clone(), c.count)));
    let urgency = |c: &_| -> Measured {
        let seinhuis_contract::proto::monitor::v1::UrgencyCount { count, .. } = *c;
        ("urgency", word(c.urgency().as_str_name(), "URGENCY_"), count)
    };
    all.extend(counts.by_urgency.iter().map(urgency));
    all.extend(figures.by_track.iter().map(|c| ("track", word(c.track().as_str_name(), "TRACK_"), c.count)));
    all.extend(figures.by_goal.iter().map(|c| ("goal", word(c.goal().as_str_name(), "GOAL_"), c.count)));
    let wire::Deadlines { overdue, today, soon, later, none } = figures.deadlines.unwrap_or_default();
    let deadlines =
        [("overdue", overdue), ("today", today), ("soon", soon), ("later", later), ("none", none)];
    all.extend(deadlines.map(|(label, count)| ("deadline", label.to_owned(), count)));
    all.extend(figures.by_lead.iter().map(|l| ("lead", l.lead.clone(), l.open)));
    let wire::FirstTime { right, wrong, open } = figures.first_time.unwrap_or_default();
    let first_time = [("right", right), ("wrong", wrong), ("open", open)];
    all.extend(first_time.map(|(label, count)| ("first_time", label.to_owned(), count)));
    all.extend(figures.by_alarm.iter().map(|c| ("alarm", word(c.alarm().as_str_name(), "ALARM_"), c.count)));
    for gap in &figures.gaps {
        all.push(("gap_no_lead", gap.kind.clone(), gap.no_lead));
        all.push(("gap_refused", gap.kind.clone(), gap.refused));
    }
    all
}

/// A name of the contract as it is written here: `RUNG_TEAM` is `team`.
fn word(name: &str, prefix: &str) -> String {
    name.trim_start_matches(prefix).to_lowercase()
}

/// What adds up: the labels of a measure to what is open, and an area's count to that of the one around it.
fn sums(counts: &[Count<'_>]) -> Vec<Vec<usize>> {
    let mut measures: HashMap<(&AreaCode, &str), Vec<usize>> = HashMap::new();
    let mut around: HashMap<(&AreaCode, &str, &str), Vec<usize>> = HashMap::new();
    for (at, count) in counts.iter().enumerate() {
        let of = &count.area.code;
        for measure in WHOLE.iter().filter(|whole| **whole == count.measure || count.measure == "open") {
            measures.entry((of, measure)).or_default().push(at);
        }
        let parent = count.area.parent.as_ref();
        for area in parent.into_iter().chain([of]) {
            around.entry((area, count.measure, &count.label)).or_default().push(at);
        }
    }
    let mut sums: Vec<_> = measures.into_values().chain(around.into_values()).collect();
    // The order of a hash is no order: the same question has the same answer.
    sums.retain(|sum| sum.len() > 1);
    sums.sort_unstable();
    sums
}
