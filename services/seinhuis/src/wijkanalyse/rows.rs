//! The rows of the tables, in the words that officials read.

use seinhuis_contract::proto::common::v1::Rung;
use seinhuis_contract::proto::history::v1::{
    Alarm, Figures, Flow, Gap, MapChoice, Score, Step, StepCount, SubjectClass, Theme, ThemeCounts, ToldMap,
};
use seinhuis_contract::proto::monitor::v1::SubArea;
use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::Goal;

use crate::beside::{percent, side_by_side};

/// How many kinds stand out at most.
const KINDS: usize = 10;

/// A count of the period beside that of the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) what: String,
    pub(super) now: u64,
    pub(super) before: u64,
    pub(super) change: String,
}

/// By which map areas are told.
pub(super) fn map(told: &ToldMap) -> String {
    let which = match told.choice() {
        MapChoice::Today => "van vandaag",
        MapChoice::Unspecified | MapChoice::Then | MapChoice::End => "zoals die toen gold",
    };
    let vintage = if told.vintage.is_empty() { "eigen indeling" } else { &told.vintage };
    format!("{which} ({vintage}, positie {})", told.position)
}

/// A count.
pub(super) struct Fact {
    pub(super) what: &'static str,
    pub(super) now: u64,
}

/// A gap, with the name of its kind.
pub(super) struct GapRow {
    pub(super) kind: &'static str,
    pub(super) open: u64,
    pub(super) no_lead: u64,
    pub(super) refused: u64,
}

/// How an agreement was kept.
pub(super) struct ScoreRow {
    pub(super) partner: String,
    pub(super) agreed: String,
    pub(super) kept: u64,
    pub(super) late: u64,
    pub(super) passed_on: u64,
    pub(super) waiting: u64,
    pub(super) reached: String,
}

/// A goal in an area.
pub(super) struct ThemeRow {
    pub(super) goal: &'static str,
    pub(super) area: String,
    pub(super) open: u64,
    pub(super) overdue: u64,
    pub(super) alarmed: u64,
    pub(super) high: u64,
}

/// A count of a flow, by name.
type Named = (String, u64);

/// The counts that `named` finds in either, side by side: those with most first.
fn lines(now: &Flow, before: &Flow, named: impl Fn(&Flow) -> Vec<Named>) -> Vec<Line> {
    let both = side_by_side(named(now), named(before)).into_iter();
    let mut lines: Vec<_> = both.map(|(what, (now, before))| line(what, now, before)).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.now.max(line.before)));
    lines
}

fn line(what: String, now: u64, before: u64) -> Line {
    Line { what, now, before, change: change(now, before) }
}

/// A change in words where a percentage says nothing.
fn change(now: u64, before: u64) -> String {
    match percent((now, before)) {
        None if now == 0 => String::new(),
        None => "nieuw".to_owned(),
        Some(0) => "gelijk".to_owned(),
        Some(percent) => format!("{percent:+}%"),
    }
}

pub(super) fn intake(now: &Flow, before: &Flow) -> Vec<Line> {
    vec![line("alle signalen".to_owned(), now.signals, before.signals)]
}

pub(super) fn channels(now: &Flow, before: &Flow) -> Vec<Line> {
    let name = |channel: &str| if channel.is_empty() { "niet gezegd" } else { channel }.to_owned();
    lines(now, before, |flow| flow.by_channel.iter().map(|c| (name(&c.channel), c.count)).collect())
}

pub(super) fn partners(now: &Flow, before: &Flow) -> Vec<Line> {
    lines(now, before, |flow| flow.by_partner.iter().map(|c| (c.partner.clone(), c.count)).collect())
}

/// The kinds that changed most, in signals and not in percents: a kind of which there were two is no trend.
pub(super) fn kinds(now: &Flow, before: &Flow) -> Vec<Line> {
    let named = |flow: &Flow| flow.by_kind.iter().map(|c| (dutch(&c.kind).to_owned(), c.count)).collect();
    let mut lines = lines(now, before, named);
    lines.sort_by_key(|line| std::cmp::Reverse(line.now.abs_diff(line.before)));
    lines.truncate(KINDS);
    lines
}

pub(super) fn repeats(now: &Flow, before: &Flow) -> Vec<Line> {
    let name = |class| match class {
        SubjectClass::Unspecified => "onbekend",
        SubjectClass::Person => "persoon",
        SubjectClass::Household => "huishouden",
        SubjectClass::Place => "plek",
    };
    lines(now, before, |flow| {
        flow.repeats.iter().map(|r| (name(r.subject_class()).to_owned(), r.subjects)).collect()
    })
}

pub(super) fn steps(now: &Flow, before: &Flow) -> Vec<Line> {
    lines(now, before, |flow| flow.steps.iter().map(|counted| (step(counted), counted.count)).collect())
}

fn step(counted: &StepCount) -> String {
    let rung = match counted.rung() {
        Rung::Unspecified => "",
        Rung::Workfloor => " naar de werkvloer",
        Rung::Team => " naar het team",
        Rung::Regisseur => " naar de regisseur",
        Rung::College => " naar het college",
    };
    let what = match counted.step() {
        Step::Unspecified => "onbekend",
        Step::Opened => "geopend",
        Step::Attached => "signaal erbij",
        Step::MadeIntegral => "integraal geworden",
        Step::Climbed => "opgeschaald",
        Step::Lowered => "afgeschaald",
        Step::HandedOver => "overgedragen",
        Step::Refused => "geweigerd",
        Step::Decided => "besloten",
        Step::Resolved => "afgehandeld",
        Step::Reopened => "heropend",
    };
    format!("{what}{rung}")
}

/// What needs attention, and how deadlines stand.
pub(super) fn stalled(figures: &Figures) -> Vec<Fact> {
    let of = |alarm: Alarm| figures.by_alarm.iter().filter(|c| c.alarm() == alarm).map(|c| c.count).sum();
    let deadlines = figures.deadlines.unwrap_or_default();
    let fact = |what, now| Fact { what, now };
    vec![
        fact("te laat", deadlines.overdue),
        fact("termijn loopt vandaag af", deadlines.today),
        fact("termijn loopt binnen vijf werkdagen af", deadlines.soon),
        fact("tussen wal en schip: te lang zonder trekker", of(Alarm::NoLead)),
        fact("tussen wal en schip: te vaak geweigerd", of(Alarm::Refused)),
        fact("stagnatie: de trekker zwijgt", of(Alarm::LeadSilent)),
        fact("stagnatie: te vaak overgedragen", of(Alarm::PingPong)),
    ]
}

pub(super) fn gap(gap: &Gap) -> GapRow {
    let Gap { kind, open, no_lead, refused } = gap;
    GapRow { kind: dutch(kind), open: *open, no_lead: *no_lead, refused: *refused }
}

pub(super) fn score(score: &Score) -> ScoreRow {
    let reached = match (score.percent, score.met) {
        (Some(percent), Some(true)) => format!("{percent}%, gehaald"),
        (Some(percent), _) => format!("{percent}%, niet gehaald"),
        _ => "nog niets te zeggen".to_owned(),
    };
    ScoreRow {
        partner: score.partner.clone(),
        agreed: format!("{}% binnen {}", score.agreed_percent, score.pick_up),
        kept: score.kept,
        late: score.late,
        passed_on: score.passed_on,
        waiting: score.waiting,
        reached,
    }
}

/// The whole first, then where it is.
pub(super) fn theme(theme: &Theme) -> Vec<ThemeRow> {
    let goal = Goal::try_from(theme.goal()).map_or("onbekend", Goal::dutch);
    let row = |area: &str, counts: &Option<ThemeCounts>| {
        let ThemeCounts { open, overdue, alarmed, high } = counts.unwrap_or_default();
        ThemeRow { goal, area: area.to_owned(), open, overdue, alarmed, high }
    };
    let inside = theme.areas.iter().map(|area| row(&area.area_name, &area.counts));
    std::iter::once(row("alles", &theme.counts)).chain(inside).collect()
}

/// An area directly inside, with its open cases.
#[derive(Debug)]
pub(super) struct AreaRow {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) open: u64,
    pub(super) overdue: u64,
}

pub(super) fn area(area: &SubArea) -> AreaRow {
    let counts = area.counts.clone().unwrap_or_default();
    AreaRow {
        code: area.area_code.clone(),
        name: area.area_name.clone(),
        open: counts.open,
        overdue: counts.overdue,
    }
}

fn dutch(kind: &str) -> &'static str {
    Kind::from_code(kind).map_or("onbekend", Kind::dutch)
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_contract::proto::monitor::v1::KindCount;

    fn flow(kinds: &[(&str, u64)]) -> Flow {
        let kind = |(kind, count): &(&str, u64)| KindCount { kind: (*kind).to_owned(), count: *count };
        Flow { by_kind: kinds.iter().map(kind).collect(), ..Flow::default() }
    }

    #[test]
    fn kinds_that_changed_most_come_first_and_a_change_is_never_made_greater() {
        let now = flow(&[("police.e33", 4), ("housing.soc.gel", 41), ("housing.fin.hua", 30)]);
        let before = flow(&[("police.e33", 2), ("housing.soc.gel", 60), ("municipal.waste", 3)]);
        let seen: Vec<_> = kinds(&now, &before).into_iter().map(|line| (line.now, line.change)).collect();
        let expected = [(30, "nieuw"), (41, "-31%"), (0, "-100%"), (4, "+100%")];
        assert_eq!(seen, expected.map(|(now, change)| (now, change.to_owned())));
        assert_eq!([change(5, 5), change(0, 0), change(199, 200)], ["gelijk", "", "gelijk"]);
    }
}
