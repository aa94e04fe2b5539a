//! The report as one page.

use askama::Template;
use jiff::Timestamp;
use seinhuis_contract::proto::common::v1::Track;
use seinhuis_contract::proto::history::v1::{Flow, GetAsOfResponse, GetSeriesResponse, Point, ThemeCounts};
use seinhuis_contract::time;
use seinhuis_domain::calendar::{day_in_words_nl, in_words_nl, local_date};

use super::area_map::{self, Place};
use super::rows::{self, AreaRow, Fact, GapRow, Line, ScoreRow, ThemeRow};
use super::stretch::{Stretch, month};
use crate::beside::resolved;
use crate::chart::{self, Column};

/// What the hub answered.
#[derive(Debug)]
pub struct Answers {
    /// How the area stood at the end, with what happened since the beginning.
    pub stood: GetAsOfResponse,
    /// Its months, from the first moment on.
    pub months: GetSeriesResponse,
}

#[derive(Template)]
#[template(path = "wijkanalyse.html")]
struct Page<'a> {
    area: &'a str,
    period: String,
    from: String,
    until: String,
    ongoing: bool,
    before_from: String,
    position: u64,
    map: String,
    intake: Vec<Line>,
    chart: String,
    months: Vec<Column>,
    channels: Vec<Line>,
    partners: Vec<Line>,
    kinds: Vec<Line>,
    repeats: Vec<Line>,
    steps: Vec<Line>,
    open: u64,
    high: u64,
    integral: u32,
    right: u64,
    acted: u64,
    stalled: Vec<Fact>,
    gaps: Vec<GapRow>,
    scores: Vec<ScoreRow>,
    themes: Vec<ThemeRow>,
    drawn: Option<String>,
    areas: Vec<AreaRow>,
    command: String,
}

/// The page of a period up to `until`. `command` makes it again.
pub fn page(
    stretch: Stretch,
    until: Timestamp,
    answers: &Answers,
    command: String,
) -> anyhow::Result<String> {
    let Answers { stood, months } = answers;
    let period = stood.period.clone().unwrap_or_default();
    let (now, before) = (period.flow.unwrap_or_default(), period.before.unwrap_or_default());
    let figures = stood.figures.clone().unwrap_or_default();
    let months = by_month(&months.points, &now, until);
    let first_time = figures.first_time.unwrap_or_default();
    let integral = figures.by_track.iter().find(|count| count.track() == Track::Integral);
    let high = |counts: Option<ThemeCounts>| counts.map_or(0, |counts| counts.high);
    let before_from = period.before_from.as_ref().and_then(time::from_wire);
    let page = Page {
        area: &stood.area_name,
        period: stretch.dutch(),
        from: day_in_words_nl(local_date(stretch.from()?)),
        until: in_words_nl(until),
        ongoing: until < stretch.until()?,
        before_from: before_from.map(|at| day_in_words_nl(local_date(at))).unwrap_or_default(),
        position: stood.position,
        map: stood.map.as_ref().map(rows::map).unwrap_or_default(),
        intake: rows::intake(&now, &before),
        chart: chart::bars(&months)?,
        months,
        channels: rows::channels(&now, &before),
        partners: rows::partners(&now, &before),
        kinds: rows::kinds(&now, &before),
        repeats: rows::repeats(&now, &before),
        steps: rows::steps(&now, &before),
        open: figures.counts.as_ref().map_or(0, |counts| counts.open),
        high: stood.themes.iter().map(|theme| high(theme.counts)).sum(),
        integral: integral.map_or(0, |count| count.percent),
        right: first_time.right,
        acted: first_time.right + first_time.wrong,
        stalled: rows::stalled(&figures),
        gaps: figures.gaps.iter().map(rows::gap).collect(),
        scores: period.scorecard.iter().map(rows::score).collect(),
        themes: stood.themes.iter().flat_map(rows::theme).collect(),
        drawn: area_map::drawn(&places(stood))?,
        areas: stood.sub_areas.iter().map(rows::area).collect(),
        command,
    };
    Ok(page.render()?)
}

/// The areas directly inside whose place the map knows.
fn places(stood: &GetAsOfResponse) -> Vec<Place> {
    let open = |code: &str| {
        let area = stood.sub_areas.iter().find(|area| area.area_code == code);
        area.and_then(|area| area.counts.as_ref()).map_or(0, |counts| counts.open)
    };
    stood.outlines.iter().map(|outline| Place::of(outline, open(&outline.area_code))).collect()
}

/// Signals, and cases that were done.
fn counted(flow: &Flow) -> [u64; 2] {
    [flow.signals, resolved(flow)]
}

/// The months of the period. Each point but the first tells of the month that ends there; what is left of the whole is the
/// month that was not over at the end.
fn by_month(points: &[Point], whole: &Flow, until: Timestamp) -> Vec<Column> {
    let instant = |point: &Point| point.instant.as_ref().and_then(time::from_wire);
    let mut months: Vec<Column> = Vec::new();
    let mut left = counted(whole);
    for pair in points.windows(2) {
        let ([from, to], Some(begin)) = (pair, pair.first().and_then(instant)) else { continue };
        debug_assert!(instant(from) < instant(to));
        let counts = to.flow.as_ref().map(counted).unwrap_or_default();
        left = [0, 1].map(|side| left[side].saturating_sub(counts[side]));
        months.push(Column { name: month(local_date(begin), months.is_empty()), counts });
    }
    if let Some(begin) = points.last().and_then(instant).filter(|begin| *begin < until) {
        months.push(Column { name: month(local_date(begin), months.is_empty()), counts: left });
    }
    months
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_contract::proto::history::v1::{MapChoice, Period, Step, StepCount, ToldMap};

    fn flow(signals: u64, resolved: u64) -> Flow {
        let step = StepCount { step: Step::Resolved.into(), count: resolved, ..StepCount::default() };
        Flow { signals, steps: vec![step], ..Flow::default() }
    }

    fn point(at: &str, flow: Flow) -> Point {
        let instant = Some(time::to_wire(at.parse().unwrap()));
        Point { instant, flow: Some(flow), ..Point::default() }
    }

    fn answers() -> Answers {
        let period = Period { flow: Some(flow(30, 9)), before: Some(flow(20, 9)), ..Period::default() };
        let stood = GetAsOfResponse {
            area_name: "Ulft <west>".into(),
            position: 1_207,
            map: Some(ToldMap { choice: MapChoice::Then.into(), position: 3, vintage: "cbs-2017".into() }),
            period: Some(period),
            ..GetAsOfResponse::default()
        };
        let points = vec![
            point("2025-12-31T23:00:00Z", flow(99, 99)),
            point("2026-01-31T23:00:00Z", flow(10, 2)),
            point("2026-02-28T23:00:00Z", flow(15, 4)),
        ];
        Answers { stood, months: GetSeriesResponse { points, ..GetSeriesResponse::default() } }
    }

    #[test]
    fn the_month_before_is_left_out_and_the_one_under_way_gets_what_is_left() {
        let until = "2026-03-10T09:00:00Z".parse().unwrap();
        let months = by_month(&answers().months.points, &flow(30, 9), until);
        let seen: Vec<_> = months.iter().map(|month| (month.name.as_str(), month.counts)).collect();
        assert_eq!(seen, [("jan 2026", [10, 2]), ("feb", [15, 4]), ("mrt", [5, 3])]);
    }

    #[test]
    fn the_same_answers_are_the_same_bytes_and_the_page_needs_nothing_beside_it() {
        let make = || {
            let until = "2026-03-10T09:00:00Z".parse().unwrap();
            page("2026-H1".parse().unwrap(), until, &answers(), "seinhuis wijkanalyse …".into()).unwrap()
        };
        let html = make();
        assert_eq!(html, make());
        assert!(html.contains("Ulft &#60;west&#62;") && html.contains("positie 1207"), "{html}");
        assert!(html.contains("zoals die toen gold (cbs-2017, positie 3)"), "{html}");
        assert!(html.contains("de periode loopt nog") && html.contains("+50%"), "{html}");
        for outside in ["src=", "href=", "@import", "url("] {
            assert!(!html.contains(outside), "{outside} in {html}");
        }
    }
}
