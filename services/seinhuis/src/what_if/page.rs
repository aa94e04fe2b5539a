//! The page: climbs by rung and area, and for each person the weeks, as they were and as they would have been.

use std::collections::BTreeMap;

use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;
use seinhuis_domain::calendar::{day_in_words_nl, in_words_nl, local_date};
use seinhuis_domain::ids::PersonId;
use seinhuis_domain::what_if::{Comparison, Pair};
use seinhuis_escalation::Answer;

use crate::chart::{self, Column};

/// A week's number has room below so many of them.
const NAMED: usize = 16;

struct Row {
    name: String,
    pair: Pair,
}

struct Person {
    name: String,
    pair: Pair,
    chart: String,
}

#[derive(Template)]
#[template(path = "what-if.html")]
struct Page<'a> {
    title: &'a str,
    from: Option<String>,
    until: String,
    position: u64,
    rungs: Vec<Row>,
    missed: Pair,
    reminders: Pair,
    same: u64,
    changes: Vec<(&'static str, usize)>,
    refused: u64,
    areas: Vec<Row>,
    hours: String,
    people: Vec<Person>,
}

/// The page of an answer about what happened since `from`.
pub(crate) fn page(title: &str, from: Option<Timestamp>, answer: &Answer) -> anyhow::Result<String> {
    let Comparison { same, missed, reminders, by_rung, by_area, by_person, by_hour, .. } = &answer.comparison;
    let hours = (0..24).map(|hour| column(hour.to_string(), by_hour.get(&hour)));
    let weeks = weeks(&answer.comparison);
    let people = by_person.iter().map(|(person, pair)| {
        let chart = chart::bars(&by_week(&answer.comparison, person, &weeks))?;
        Ok(Person { name: person.to_string(), pair: *pair, chart })
    });
    let page = Page {
        title,
        from: from.map(|from| day_in_words_nl(local_date(from))),
        until: in_words_nl(answer.until),
        position: answer.position.0,
        rungs: by_rung.iter().map(|(rung, pair)| Row { name: rung.dutch().into(), pair: *pair }).collect(),
        missed: *missed,
        reminders: *reminders,
        same: *same,
        changes: answer
            .comparison
            .changes()
            .into_iter()
            .map(|(change, count)| (change.dutch(), count))
            .collect(),
        refused: answer.refused,
        areas: by_area.iter().map(|(area, pair)| Row { name: area.to_string(), pair: *pair }).collect(),
        hours: chart::bars(&hours.collect::<Vec<_>>())?,
        people: people.collect::<anyhow::Result<_>>()?,
    };
    Ok(page.render()?)
}

/// The Mondays from the first to the last on which anybody was told anything.
fn weeks(comparison: &Comparison) -> Vec<Date> {
    let told = || comparison.by_week.keys().map(|(_, monday)| *monday);
    let (Some(first), Some(last)) = (told().min(), told().max()) else { return vec![] };
    let next = |monday: &Date| monday.checked_add(jiff::Span::new().weeks(1)).ok();
    std::iter::successors(Some(first), next).take_while(|monday| *monday <= last).collect()
}

fn by_week(comparison: &Comparison, person: &PersonId, weeks: &[Date]) -> Vec<Column> {
    let own: BTreeMap<Date, &Pair> = weeks
        .iter()
        .filter_map(|week| Some((*week, comparison.by_week.get(&(person.clone(), *week))?)))
        .collect();
    let every = weeks.len().div_ceil(NAMED).max(1);
    let name = |at: usize, week: &Date| match at % every {
        0 => format!("wk {}", week.iso_week_date().week()),
        _ => String::new(),
    };
    weeks.iter().enumerate().map(|(at, week)| column(name(at, week), own.get(week).copied())).collect()
}

fn column(name: String, pair: Option<&Pair>) -> Column {
    let Pair { happened, would } = pair.copied().unwrap_or_default();
    Column { name, counts: [happened, would] }
}
