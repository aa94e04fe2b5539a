//! What stands in each panel.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::style::{Color, Style, Stylize as _};
use ratatui::text::Line;
use ratatui::widgets::{Block, Cell, Paragraph, Row, Table};
use seinhuis_contract::proto::common::v1::Rung;
use seinhuis_contract::proto::monitor::v1::{FollowerFlow, SubArea};
use seinhuis_domain::ladder;

use super::seen::{Seen, step_name};
use crate::commands::print;

/// A panel: a name, the heads of its columns, its rows. The first column takes what room is left.
pub(super) struct Panel {
    name: String,
    heads: &'static [&'static str],
    widths: &'static [u16],
    rows: Vec<Row<'static>>,
}

/// Every panel, from left to right and from top to bottom.
pub(super) const PANELS: [fn(&Seen) -> Panel; 6] = [signals, areas, followers, timers, notices, refusals];

/// Draws a panel. What doesn't fit is left out.
pub(super) fn draw(frame: &mut Frame<'_>, place: Rect, panel: Panel) {
    let rest = panel.widths.iter().map(|width| Constraint::Length(*width));
    let widths: Vec<_> = std::iter::once(Constraint::Fill(1)).chain(rest).collect();
    let heads = Row::new(panel.heads.iter().copied()).style(Style::new().fg(Color::DarkGray));
    let table = Table::new(panel.rows, widths).header(heads).block(framed(&panel.name));
    frame.render_widget(table, place);
}

/// Draws the facts, the newest at the bottom.
pub(super) fn facts(frame: &mut Frame<'_>, place: Rect, seen: &Seen) {
    let room = usize::from(place.height.saturating_sub(2));
    let newest = seen.facts.iter().skip(seen.facts.len().saturating_sub(room));
    let lines = newest.map(|fact| {
        let at = print::moment(fact.recorded_at.as_ref());
        let what = &fact.summary_dutch;
        let line = format!("{:>9}  {at}  {:<12} {:<24} {what}", fact.position, fact.area_code, fact.r#type);
        if fact.r#type == "case.rung_reached" { Line::from(line).yellow() } else { Line::from(line) }
    });
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()).block(framed("facts")), place);
}

fn framed(name: &str) -> Block<'static> {
    Block::bordered().title(format!(" {name} ")).border_style(Style::new().fg(Color::DarkGray))
}

/// Signals by sector: since the log began, and since this screen did.
fn signals(seen: &Seen) -> Panel {
    let sectors = seen.counts("signals.").into_iter().filter(|(rest, ..)| !rest.contains('.'));
    let row = |(sector, all, new): (&str, u64, u64)| row([sector.to_owned(), all.to_string(), plus(new)]);
    Panel {
        name: "signals".to_owned(),
        heads: &["sector", "all", "new"],
        widths: &[9, 7],
        rows: sectors.map(row).collect(),
    }
}

/// Areas: signals since this screen began, and open cases. Where most happens comes first.
fn areas(seen: &Seen) -> Panel {
    let sub_areas = seen.board.iter().flat_map(|board| &board.sub_areas);
    let mut known: BTreeMap<&str, (u64, Option<&SubArea>)> =
        sub_areas.map(|area| (area.area_code.as_str(), (0, Some(area)))).collect();
    for (code, count) in &seen.signals {
        known.entry(code).or_default().0 += count;
    }
    let open = |area: Option<&SubArea>| {
        area.and_then(|area| area.counts.as_ref()).map_or((0, 0), |counts| (counts.open, counts.overdue))
    };
    let mut areas: Vec<_> =
        known.into_iter().map(|(code, (new, area))| (code, new, area, open(area))).collect();
    areas.sort_by_key(|(code, new, _, (open, overdue))| (Reverse((*overdue, *new, *open)), *code));
    let rows = areas.into_iter().map(|(code, new, area, (open, overdue))| {
        let name = area.map_or(code, |area| area.area_name.as_str());
        row([name.to_owned(), plus(new), open.to_string(), overdue.to_string()]).style(alarm(overdue > 0))
    });
    let all = seen.board.as_ref().and_then(|board| board.counts.as_ref());
    Panel {
        name: all.map_or_else(
            || "areas".to_owned(),
            |all| format!("areas: {} open, {} overdue", all.open, all.overdue),
        ),
        heads: &["area", "new", "open", "overdue"],
        widths: &[6, 6, 7],
        rows: rows.collect(),
    }
}

/// How far each follower of the log is, and who does its work.
fn followers(seen: &Seen) -> Panel {
    let flows = seen.pipeline.iter().flat_map(|pipeline| &pipeline.followers);
    let one = |flow: &FollowerFlow| {
        let holder = flow.lease.as_ref().map_or("", |lease| lease.holder.as_str());
        let late = flow.lag_time.as_ref().map_or(0.0, seconds);
        let faults = flow.faults.map_or_else(String::new, |faults| faults.to_string());
        let name = if holder.is_empty() { flow.name.clone() } else { format!("{} @{holder}", flow.name) };
        let cells = [name, flow.lag.to_string(), format!("{late:.1}s"), rate(flow.rate), faults];
        row(cells).style(alarm(late > 5.0 || flow.faults.is_some_and(|faults| faults > 0)))
    };
    Panel {
        name: "followers".to_owned(),
        heads: &["follower", "behind", "late", "/s", "faults"],
        widths: &[6, 5, 6, 6],
        rows: flows.map(one).collect(),
    }
}

/// The timers that come first, and how late the last ones fired.
fn timers(seen: &Seen) -> Panel {
    let Some(plan) = &seen.plan else { return empty("timers") };
    let rows = plan.timers.iter().map(|timer| {
        let rung = rung(timer.to());
        row([timer.number.clone(), rung.to_owned(), print::moment(timer.due_at.as_ref())])
            .style(alarm(timer.due))
    });
    let late = seen.fired.iter().filter_map(|fired| fired.late.as_ref()).map(seconds).fold(0.0, f64::max);
    let fired = match seen.fired.len() {
        0 => String::new(),
        count => format!(", {count} fired, {:.0} ms late at most", late * 1e3),
    };
    Panel {
        name: format!("timers: {} wait, {} overdue{fired}", plan.total, plan.overdue),
        heads: &["case", "to", "due"],
        widths: &[10, 16],
        rows: rows.collect(),
    }
}

/// What became of notices since this screen began, the newest first.
fn notices(seen: &Seen) -> Panel {
    let rows = seen.notices.iter().rev().map(|step| {
        let kind = step_name(step.kind());
        let what = if step.reminder == 0 { rung(step.rung()) } else { "reminder" };
        row([step.number.clone(), what.to_owned(), kind.to_owned(), step.channel.clone()])
            .style(alarm(matches!(kind, "failed" | "nobody to tell")))
    });
    let outcomes = seen.outcomes.iter().map(|(kind, count)| format!("{count} {kind}"));
    let outcomes = outcomes.collect::<Vec<_>>().join(", ");
    Panel {
        name: if outcomes.is_empty() { "notices".to_owned() } else { format!("notices: {outcomes}") },
        heads: &["case", "of", "became", "by"],
        widths: &[10, 14, 7],
        rows: rows.collect(),
    }
}

/// Calls that were denied, and signals that were refused, since the process started and since this screen began.
fn refusals(seen: &Seen) -> Panel {
    let denied = seen.counts("denied.").into_iter().map(|(why, all, new)| (why.to_owned(), all, new));
    let taken = |outcome: &str| matches!(outcome, "NEW" | "DUPLICATE");
    let refused = seen.counts("signals.").into_iter().filter_map(|(rest, all, new)| {
        let (sector, outcome) = rest.split_once('.')?;
        (!taken(outcome)).then(|| (format!("{sector} {outcome}"), all, new))
    });
    let rows = denied.chain(refused).filter(|(_, all, _)| *all > 0);
    Panel {
        name: "refusals".to_owned(),
        heads: &["why", "all", "new"],
        widths: &[7, 7],
        rows: rows.map(|(why, all, new)| row([why, all.to_string(), plus(new)])).collect(),
    }
}

fn empty(name: &str) -> Panel {
    Panel { name: name.to_owned(), heads: &[], widths: &[], rows: vec![] }
}

fn row<const N: usize>(cells: [String; N]) -> Row<'static> {
    Row::new(cells.map(Cell::from))
}

fn alarm(is_wrong: bool) -> Style {
    if is_wrong { Style::new().fg(Color::Red) } else { Style::new() }
}

fn plus(count: u64) -> String {
    if count == 0 { String::new() } else { format!("+{count}") }
}

fn rate(rate: Option<f64>) -> String {
    rate.map_or_else(String::new, |rate| format!("{rate:.1}"))
}

fn rung(rung: Rung) -> &'static str {
    ladder::Rung::try_from(rung).map_or("", ladder::Rung::as_str)
}

fn seconds(duration: &prost_types::Duration) -> f64 {
    duration.seconds as f64 + f64::from(duration.nanos) / 1e9
}
