//! Every climb is told to whom it names: each notice has one outcome, at least one mail, and at most one more for each crash
//! between sending and recording (INV-8). What was settled before is never sent again.

use std::collections::BTreeMap;
use std::time::Duration;

use seinhuis_domain::case::{CaseEvent, Reminded, RungReached};
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{CaseId, NoticeId};
use seinhuis_domain::notice::NoticeEvent;

use super::{Finding, History, Moment};

/// A mail is taken in by a thread of its own, and the log is looked at now and then: so far apart may what happens at one
/// moment be seen.
const SLACK: Duration = Duration::from_millis(1_000);

/// A mail as it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mail {
    /// What its Message-ID names.
    pub(crate) notice: NoticeId,
    pub(crate) at: Moment,
}

impl Mail {
    /// What a received message says of itself.
    pub(crate) fn read(text: &str, at: Moment) -> Option<Self> {
        let line = text.lines().find_map(|line| line.strip_prefix("Message-ID: <"))?;
        Some(Self { notice: line.split_once("@seinhuis>")?.0.parse().ok()?, at })
    }
}

/// A stretch in which a process of notify died, or was paused while another took over: what it had sent and not told the log was
/// forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crash {
    pub(crate) from: Moment,
    pub(crate) until: Moment,
}

/// One notice: the climb that made it, and what became of it.
#[derive(Default)]
struct Told {
    /// The climb, and whether it had its time to be told by the end.
    climb: Option<(u64, bool)>,
    settled: Option<u64>,
    /// It was held until nothing was left to tell: it makes no mail.
    withdrawn: bool,
    mails: Vec<Moment>,
}

pub(super) fn check(history: &History) -> Vec<Finding> {
    let mut notices: BTreeMap<NoticeId, Told> = BTreeMap::new();
    let mut found = Vec::new();
    for entry in &history.log {
        let position = entry.position;
        match &entry.event {
            Event::Case(CaseEvent::RungReached(reached)) => {
                let due = history
                    .horizon
                    .is_some_and(|horizon| reached.planned_at.unwrap_or(reached.at) <= horizon);
                for notice in entry.case().into_iter().flat_map(|case| made_by(case, reached)) {
                    notices.entry(notice).or_default().climb.get_or_insert((position, due));
                }
            }
            Event::Case(CaseEvent::CaseReminded(reminded)) => {
                let due = history.horizon.is_some_and(|horizon| reminded.planned_at <= horizon);
                for notice in entry.case().into_iter().flat_map(|case| made_by_reminder(case, reminded)) {
                    notices.entry(notice).or_default().climb.get_or_insert((position, due));
                }
            }
            Event::Notice(event) => {
                let notice = event.facts().notice;
                let told = notices.entry(notice).or_default();
                if told.climb.is_none() {
                    found.push(Finding::OutcomeOfNothing { notice, position });
                }
                if matches!(event, NoticeEvent::NoticeReplayed { .. }) {
                    told.settled = None;
                } else if let Some(first) = told.settled.replace(position) {
                    found.push(Finding::SettledTwice { notice, first, again: position });
                }
                told.withdrawn |= matches!(event, NoticeEvent::NoticeWithdrawn { .. });
                if let NoticeEvent::NoticeFailed { reason, .. } = event {
                    found.push(Finding::NotDelivered { notice, position, reason: reason.clone() });
                }
            }
            _ => {}
        }
    }
    for mail in &history.mails {
        notices.entry(mail.notice).or_default().mails.push(mail.at);
    }
    for (notice, told) in &mut notices {
        told.mails.sort_unstable();
        found.extend(judge(*notice, told, history));
    }
    found
}

/// The notices that a climb makes, as the hub names them.
fn made_by(case: CaseId, reached: &RungReached) -> impl Iterator<Item = NoticeId> {
    let RungReached { policy_version, rung, cycle, tell, .. } = reached;
    let what = format!("{case}:{policy_version}:{rung}:{cycle}");
    tell.iter().map(move |person| NoticeId::of(&what, person))
}

/// The same of a reminder.
fn made_by_reminder(case: CaseId, reminded: &Reminded) -> impl Iterator<Item = NoticeId> {
    let Reminded { policy_version, rung, cycle, nth, tell, .. } = reminded;
    let what = format!("{case}:{policy_version}:{rung}:{cycle}:reminder:{nth}");
    tell.iter().map(move |person| NoticeId::of(&what, person))
}

fn judge(notice: NoticeId, told: &Told, history: &History) -> Vec<Finding> {
    let mut found = Vec::new();
    match (told.climb, told.settled) {
        (Some((position, true)), None) => found.push(Finding::Untold { notice, position }),
        (_, Some(position)) if told.mails.is_empty() && !told.withdrawn => {
            found.push(Finding::NoMail { notice, position })
        }
        (None, None) => found.push(Finding::MailOfNothing { notice }),
        _ => {}
    }
    found.extend(again(notice, told, history));
    found
}

/// Mails after the first: each needs a crash of its own that came after the mail before it and before the outcome was
/// recorded.
fn again(notice: NoticeId, told: &Told, history: &History) -> Vec<Finding> {
    let settled = told.settled.and_then(|position| Some((position, history.seen(position)?)));
    let mut left = history.crashes.clone();
    let mut found = Vec::new();
    for pair in told.mails.windows(2) {
        let (before, after) = (pair[0], pair[1]);
        let between = |crash: &Crash| crash.until + SLACK >= before && crash.from <= after;
        let in_time = |crash: &Crash| settled.is_none_or(|(_, seen)| crash.from <= seen + SLACK);
        if let Some(at) = left.iter().position(|crash| between(crash) && in_time(crash)) {
            left.remove(at);
            continue;
        }
        found.push(match settled.filter(|_| left.iter().any(between)) {
            Some((position, _)) => Finding::SentAfterSettled { notice, after, position },
            None => Finding::SentAgain { notice, after },
        });
    }
    found
}
