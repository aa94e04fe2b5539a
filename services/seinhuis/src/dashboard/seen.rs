//! What the hub's streams have told so far: a fold, bounded in what it keeps.

use std::collections::{BTreeMap, VecDeque};

use seinhuis_contract::proto::monitor::v1::{
    Fact, NoticeStep, NoticeStepKind, TimerFired, TimerPlan, WatchBoardsResponse, WatchPipelineResponse,
};

use super::feeds::{Feed, News};

/// Facts, fired timers and steps of notices that are kept.
const KEPT: usize = 200;
/// A signal came in.
const SIGNAL: &str = "signal.reported";

/// What was heard since the streams began.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// The newest last.
    pub(super) facts: VecDeque<Fact>,
    /// Signals heard, by code of their area.
    pub(super) signals: BTreeMap<String, u64>,
    /// The open cases.
    pub(super) board: Option<WatchBoardsResponse>,
    /// How it flows, and what was counted when the streams began.
    pub(super) pipeline: Option<WatchPipelineResponse>,
    counted: BTreeMap<String, u64>,
    /// The timers that wait.
    pub(super) plan: Option<TimerPlan>,
    /// Those that fired; the newest last.
    pub(super) fired: VecDeque<TimerFired>,
    /// What became of notices, how often.
    pub(super) outcomes: BTreeMap<&'static str, u64>,
    /// The newest last.
    pub(super) notices: VecDeque<NoticeStep>,
    /// The streams that are away, and why.
    pub(super) away: BTreeMap<Feed, String>,
    /// Facts come late: they are read from the log.
    pub(super) is_parked: bool,
}

impl Seen {
    /// Takes in what was heard.
    pub(super) fn take(&mut self, news: News) {
        match news {
            News::Fact(fact) => {
                if fact.r#type == SIGNAL {
                    *self.signals.entry(fact.area_code.clone()).or_default() += 1;
                }
                keep(&mut self.facts, fact);
            }
            News::Parked => self.is_parked = true,
            News::CaughtUp => self.is_parked = false,
            News::Board(board) => self.board = Some(board),
            News::Plan(plan) => self.plan = Some(plan),
            News::Fired(fired) => keep(&mut self.fired, fired),
            News::Notice(step) => {
                *self.outcomes.entry(step_name(step.kind())).or_default() += u64::from(step.count.max(1));
                keep(&mut self.notices, step);
            }
            News::Pipeline(pipeline) => {
                if self.pipeline.is_none() {
                    let counts = pipeline.tallies.iter().map(|tally| (tally.name.clone(), tally.count));
                    self.counted = counts.collect();
                }
                self.pipeline = Some(pipeline);
            }
            News::Here(feed) => drop(self.away.remove(&feed)),
            News::Away(feed, why) => drop(self.away.insert(feed, why)),
        }
    }

    /// What was counted under names that begin like this: the rest of each name, how many there are, and how many of those came
    /// since the streams began.
    pub(super) fn counts(&self, begin: &str) -> Vec<(&str, u64, u64)> {
        let tallies = self.pipeline.iter().flat_map(|pipeline| &pipeline.tallies);
        let named = tallies.filter_map(|tally| Some((tally, tally.name.strip_prefix(begin)?)));
        let since = |name: &str, count: u64| count - self.counted.get(name).copied().unwrap_or(0).min(count);
        named.map(|(tally, rest)| (rest, tally.count, since(&tally.name, tally.count))).collect()
    }
}

/// What a step of a notice is called.
pub(super) fn step_name(kind: NoticeStepKind) -> &'static str {
    match kind {
        NoticeStepKind::Unspecified => "other",
        NoticeStepKind::Planned => "planned",
        NoticeStepKind::Delivered => "delivered",
        NoticeStepKind::Failed => "failed",
        NoticeStepKind::Withdrawn => "withdrawn",
        NoticeStepKind::Replayed => "replayed",
        NoticeStepKind::Nobody => "nobody to tell",
    }
}

fn keep<T>(kept: &mut VecDeque<T>, one: T) {
    if kept.len() == KEPT {
        kept.pop_front();
    }
    kept.push_back(one);
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_contract::proto::monitor::v1::Tally;

    fn fact(position: u64, r#type: &str) -> News {
        let area_code = "BU15090101".to_owned();
        News::Fact(Fact { position, r#type: r#type.into(), area_code, ..Fact::default() })
    }

    fn pipeline(counts: &[(&str, u64)]) -> News {
        let tally = |(name, count): &(&str, u64)| Tally { name: (*name).to_owned(), count: *count };
        let tallies = counts.iter().map(tally).collect();
        News::Pipeline(WatchPipelineResponse { tallies, ..WatchPipelineResponse::default() })
    }

    #[test]
    fn signals_are_counted_by_area_and_other_facts_are_not() {
        let mut seen = Seen::default();
        [fact(1, SIGNAL), fact(2, "case.opened"), fact(3, SIGNAL)].into_iter().for_each(|one| seen.take(one));
        assert_eq!(seen.signals, BTreeMap::from([("BU15090101".to_owned(), 2)]));
        assert_eq!(seen.facts.len(), 3);
    }

    #[test]
    fn the_newest_facts_are_kept_and_no_more_than_that() {
        let mut seen = Seen::default();
        (0..1_000).for_each(|position| seen.take(fact(position, "case.opened")));
        let kept: Vec<u64> = seen.facts.iter().map(|fact| fact.position).collect();
        assert_eq!((kept.len(), kept[0], kept[KEPT - 1]), (KEPT, 800, 999));
    }

    #[test]
    fn counts_say_how_many_there_are_and_how_many_came_meanwhile() {
        let mut seen = Seen::default();
        seen.take(pipeline(&[("signals.police", 7), ("denied.NO_TOKEN", 2)]));
        seen.take(pipeline(&[("signals.police", 9), ("signals.housing", 1), ("denied.NO_TOKEN", 2)]));
        assert_eq!(seen.counts("signals."), [("police", 9, 2), ("housing", 1, 1)]);
        assert_eq!(seen.counts("denied."), [("NO_TOKEN", 2, 0)]);
        // The process was started anew and counts from nought.
        seen.take(pipeline(&[("denied.NO_TOKEN", 1)]));
        assert_eq!(seen.counts("denied."), [("NO_TOKEN", 1, 0)]);
    }

    #[test]
    fn a_stream_is_away_until_it_is_there_again() {
        let mut seen = Seen::default();
        seen.take(News::Away(Feed::Timers, "the hub drains".into()));
        assert_eq!(seen.away.get(&Feed::Timers).map(String::as_str), Some("the hub drains"));
        seen.take(News::Here(Feed::Timers));
        assert!(seen.away.is_empty());
    }
}
