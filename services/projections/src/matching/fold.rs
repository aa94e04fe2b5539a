//! What an event changes in what signals and cases can be recognised by.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seinhuis_domain::case::{CaseEvent, SignalToFollow};
use seinhuis_domain::ids::{CaseId, SignalId, SubjectId};
use seinhuis_domain::signal::SignalFacts;
use seinhuis_domain::subject::SubjectEvent;
use seinhuis_eventstore::Recorded;
use seinhuis_runtime::trace::Traced;

use super::{CASE, Class, ERASED, KEY, PENDING, PendingSignal};
use crate::backend::Draft;
use crate::cell::{Cell, cells};
use crate::entry::{About, Entry};
use crate::fault::Fault;
use crate::table::Sought;

pub(crate) async fn apply(page: &[Entry], draft: &mut Draft<'_>) -> Result<(), Fault> {
    // An erasure goes through all rows, so what came before it must be in them. Erasures are rare.
    let erases = |entry: &Entry| matches!(entry.about, About::Subject(SubjectEvent::SubjectErased { .. }));
    for stretch in page.split_inclusive(erases) {
        let mut fold = Fold::load(stretch, draft).await?;
        for entry in stretch {
            fold.apply(entry);
        }
        fold.save(draft).await?;
        if let Some(About::Subject(SubjectEvent::SubjectErased { subject, .. })) =
            stretch.last().map(|e| &e.about)
        {
            erase(*subject, draft).await?;
        }
    }
    Ok(())
}

/// The rows that a stretch of the log touches.
#[derive(Default)]
struct Fold {
    pending: BTreeMap<SignalId, PendingSignal>,
    /// Signals of earlier stretches that cases took in.
    gone: BTreeSet<SignalId>,
    cases: BTreeMap<CaseId, (Timestamp, bool)>,
    keys: BTreeMap<(SubjectId, Class, &'static str, CaseId), Timestamp>,
    erased: BTreeSet<SubjectId>,
}

impl Fold {
    async fn load(stretch: &[Entry], draft: &mut Draft<'_>) -> Result<Self, Fault> {
        let (mut signals, mut cases, mut subjects) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for entry in stretch {
            match &entry.about {
                About::Signal(_, facts) => subjects.extend(named(facts)),
                About::Case(case, event) => {
                    if matches!(event, CaseEvent::CaseResolved { .. } | CaseEvent::CaseReopened { .. }) {
                        cases.insert(*case);
                    }
                    if let Some((signal, about, _)) = taken_in(event) {
                        signals.insert(signal);
                        subjects.extend(about);
                    }
                }
                About::Notice(_) | About::Subject(_) | About::Elsewhere | About::Unreadable(_) => {}
            }
        }
        let mut fold = Self::default();
        for row in draft.load(&PENDING, values(signals)).await? {
            let signal = PendingSignal::read(row)?;
            fold.pending.insert(signal.signal.id, signal);
        }
        for mut row in draft.load(&CASE, values(cases)).await? {
            fold.cases.insert(CaseId(row.id()?), (row.instant()?, row.int()? == 1));
        }
        for mut row in draft.load(&ERASED, values(subjects)).await? {
            fold.erased.insert(SubjectId(row.id()?));
        }
        Ok(fold)
    }

    fn apply(&mut self, entry: &Entry) {
        match &entry.about {
            About::Signal(id, facts) => {
                let mut signal = pending(*id, facts, &entry.recorded);
                for erased in &self.erased {
                    signal.forget(*erased);
                }
                self.pending.insert(*id, signal);
            }
            About::Case(case, event) => self.apply_case(*case, event),
            About::Notice(_) | About::Subject(_) | About::Elsewhere | About::Unreadable(_) => {}
        }
    }

    fn apply_case(&mut self, case: CaseId, event: &CaseEvent) {
        match event {
            CaseEvent::CaseOpened(opened) => drop(self.cases.insert(case, (opened.at, true))),
            CaseEvent::CaseResolved { .. } | CaseEvent::CaseReopened { .. } => {
                if let Some((_, open)) = self.cases.get_mut(&case) {
                    *open = matches!(event, CaseEvent::CaseReopened { .. });
                }
            }
            _ => {}
        }
        if let Some((signal, subjects, at)) = taken_in(event) {
            self.take_in(case, signal, subjects, at);
        }
    }

    /// The case is recognised from here on by what the signal was about.
    fn take_in(&mut self, case: CaseId, signal: SignalId, subjects: &[SubjectId], at: Timestamp) {
        let known = self.pending.remove(&signal);
        self.gone.insert(signal);
        let seen = known.as_ref().map_or(at, |signal| signal.recorded_at);
        let own = known.as_ref().map(PendingSignal::keys).unwrap_or_default();
        let said = subjects.iter().map(|subject| (Class::Subject, *subject, ""));
        for (class, key, kind) in own.into_iter().chain(said) {
            if !self.erased.contains(&key) {
                let last_seen = self.keys.entry((key, class, kind, case)).or_insert(seen);
                *last_seen = seen.max(*last_seen);
            }
        }
    }

    async fn save(self, draft: &mut Draft<'_>) -> Result<(), Fault> {
        draft.remove(&PENDING, values(self.gone)).await?;
        draft.put(&PENDING, self.pending.values().map(PendingSignal::cells).collect()).await?;
        let cases =
            self.cases.into_iter().map(|(id, (opened_at, open))| cells![id, opened_at, i64::from(open)]);
        draft.put(&CASE, cases.collect()).await?;
        let keys = self
            .keys
            .into_iter()
            .map(|((key, class, kind, case), seen)| cells![key, class as i64, kind, case, seen]);
        draft.put(&KEY, keys.collect()).await
    }
}

/// Takes a subject out of every row.
async fn erase(subject: SubjectId, draft: &mut Draft<'_>) -> Result<(), Fault> {
    draft.put(&ERASED, vec![cells![subject]]).await?;
    draft.remove(&KEY, vec![subject.into()]).await?;
    let sought = [
        Sought::Is("household", subject.into()),
        Sought::Is("place", subject.into()),
        Sought::Holds("subjects", subject.to_string()),
    ];
    let mut without = Vec::new();
    for row in draft.find(&PENDING, &sought).await? {
        let mut signal = PendingSignal::read(row)?;
        if signal.forget(subject) {
            without.push(signal.cells());
        }
    }
    draft.put(&PENDING, without).await
}

fn pending(id: SignalId, facts: &SignalFacts, at: &Recorded) -> PendingSignal {
    let SignalFacts { kind, urgency, area, subjects, household, place, .. } = facts;
    let (kind, urgency, area, subjects) = (*kind, *urgency, area.clone(), subjects.clone());
    PendingSignal {
        position: at.position,
        recorded_at: at.recorded_at,
        signal: SignalToFollow { id, kind, urgency, area, subjects },
        household: *household,
        place: *place,
        trace: Traced::of(at.trace.as_deref(), at.recorded_at),
    }
}

/// Every pseudonym a signal holds.
fn named(facts: &SignalFacts) -> impl Iterator<Item = SubjectId> {
    facts.subjects.iter().copied().chain(facts.household).chain(facts.place)
}

/// The signal a case event takes in, whom the event says it is about, and when.
fn taken_in(event: &CaseEvent) -> Option<(SignalId, &[SubjectId], Timestamp)> {
    match event {
        CaseEvent::CaseOpened(opened) => Some((opened.signal, &opened.subjects, opened.at)),
        CaseEvent::SignalAttached { signal, subjects, at, .. } => Some((*signal, subjects, *at)),
        _ => None,
    }
}

fn values<T: Into<Cell>>(ids: BTreeSet<T>) -> Vec<Cell> {
    ids.into_iter().map(Into::into).collect()
}
