//! The figures of areas in long form: a row for each count. A measure's labels add up to what is open in the area, but for
//! alarms and gaps, where a case may be in several or in none.

use std::collections::BTreeMap;

use seinhuis_contract::proto::history::v1 as wire;
use seinhuis_domain::area::{Area, AreaCode, AreaMap};
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
    (moment, map): (Moment<'_>, &AreaMap),
    for_publication: bool,
) -> Table {
    let mut counts = Vec::new();
    for area in within.iter().filter_map(|code| map.get(code)) {
        let inside = cases.iter().filter(|case| map.lies_in(&case.head.area, &area.code));
        let inside: Vec<CaseVersion> = inside.cloned().collect();
        let count = |(measure, label, count)| Count { area, measure, label, count };
        counts.extend(measured(&inside, moment).into_iter().map(count));
    }
    let out = if for_publication { left_out(&counts) } else { vec![false; counts.len()] };
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

/// Which of the counts are left out of what is published. What lies in an area and in none of those inside it stands in no
/// row, and yet is the difference of rows: it counts as a row that isn't shown.
fn left_out(counts: &[Count<'_>]) -> Vec<bool> {
    let mut numbers: Vec<u64> = counts.iter().map(|count| count.count).collect();
    let mut sums = by_measure(counts);
    for (whole, mut parts) in by_area(counts) {
        let inside: u64 = parts.iter().map(|at| numbers[*at]).sum();
        parts.extend([whole, numbers.len()]);
        numbers.push(numbers[whole].saturating_sub(inside));
        sums.push(parts);
    }
    let mut out = suppress::left_out(&numbers, &sums);
    out.truncate(counts.len());
    out
}

/// What adds up within an area: the labels of a measure to what is open, and the cases of each kind without a lead to those that
/// nobody leads.
fn by_measure(counts: &[Count<'_>]) -> Vec<Vec<usize>> {
    let mut measures: BTreeMap<(&AreaCode, &str), Vec<usize>> = BTreeMap::new();
    for (at, count) in counts.iter().enumerate() {
        let of = &count.area.code;
        for measure in WHOLE.iter().filter(|whole| **whole == count.measure || count.measure == "open") {
            measures.entry((of, measure)).or_default().push(at);
        }
        let is_unled = count.measure == "lead" && count.label.is_empty();
        if is_unled || count.measure == "gap_no_lead" {
            measures.entry((of, "gap_no_lead")).or_default().push(at);
        }
    }
    measures.into_values().filter(|sum| sum.len() > 1).collect()
}

/// What adds up over areas: each count of an area that has others inside it, with the same count of those.
fn by_area(counts: &[Count<'_>]) -> Vec<(usize, Vec<usize>)> {
    let key = |area, count: &Count<'_>| (area, count.measure, count.label.clone());
    let places: BTreeMap<_, usize> =
        counts.iter().enumerate().map(|(at, count)| (key(count.area.code.clone(), count), at)).collect();
    let mut around: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, count) in counts.iter().enumerate() {
        let parent = count.area.parent.clone();
        if let Some(whole) = parent.and_then(|parent| places.get(&key(parent, count))) {
            around.entry(*whole).or_default().push(at);
        }
    }
    around.into_iter().collect()
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_domain::example;

    /// The counts that are shown, of those given by area, measure and label.
    fn published(counts: &[(&str, &'static str, &str, u64)]) -> Vec<Option<u64>> {
        let areas = AreaMap::new(example::profile().areas).unwrap();
        let counts = counts.iter().map(|(area, measure, label, count)| Count {
            area: areas.get(&AreaCode::new(*area).unwrap()).unwrap(),
            measure,
            label: (*label).to_owned(),
            count: *count,
        });
        let counts: Vec<_> = counts.collect();
        let out = left_out(&counts).into_iter();
        out.zip(&counts).map(|(out, count)| (!out).then_some(count.count)).collect()
    }

    #[test]
    fn what_lies_in_an_area_itself_is_not_the_difference_of_those_inside_it() {
        // Twelve without five and six would be one.
        let shown = published(&[
            ("GM1509", "open", "", 12),
            ("WK150900", "open", "", 5),
            ("WK150901", "open", "", 6),
        ]);
        assert_eq!(shown, [Some(12), None, Some(6)]);
        let shown = published(&[("GM1509", "open", "", 11), ("WK150900", "open", "", 11)]);
        assert_eq!(shown, [Some(11), Some(11)]);
    }

    #[test]
    fn those_without_a_lead_are_not_told_twice() {
        // By lead and by kind: the 3 is left out of one, and the other would give it back.
        let shown = published(&[
            ("WK150900", "open", "", 60),
            ("WK150900", "lead", "wonion", 3),
            ("WK150900", "lead", "", 20),
            ("WK150900", "lead", "politie", 37),
            ("WK150900", "gap_no_lead", "police.e33", 8),
            ("WK150900", "gap_no_lead", "police.e14", 12),
        ]);
        assert_eq!(shown, [Some(60), None, None, Some(37), None, Some(12)]);
    }
}
