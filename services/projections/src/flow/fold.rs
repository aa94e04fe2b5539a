//! What an event adds to the flow.

use std::collections::{BTreeMap, BTreeSet};

use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::fact::Fact as _;
use seinhuis_domain::ids::{CaseId, SubjectId};
use seinhuis_domain::signal::SignalFacts;
use seinhuis_domain::subject::SubjectEvent;
use seinhuis_eventstore::Position;

use super::spell::SPELL;
use super::{ABOUT, Class, ERASED, SIGNAL, STEP, Spell, Step};
use crate::backend::Draft;
use crate::cell::{Cell, cells};
use crate::entry::{About, Entry};
use crate::fault::Fault;

pub(crate) async fn apply(page: &[Entry], draft: &mut Draft<'_>) -> Result<(), Fault> {
    let (mut signals, mut steps) = (Vec::new(), Vec::new());
    for entry in page {
        match &entry.about {
            About::Signal(_, facts) => signals.push(signal(facts, entry.position())),
            About::Case(_, event) => steps.extend(step(event, entry.position())),
            About::Notice(_) | About::Subject(_) | About::Elsewhere | About::Unreadable(_) => {}
        }
    }
    draft.put(&SIGNAL, signals).await?;
    draft.put(&STEP, steps).await?;
    spells(page, draft).await?;
    subjects(page, draft).await
}

fn signal(facts: &SignalFacts, position: Position) -> Vec<Cell> {
    let SignalFacts { area, occurred_at, partner, kind, channel, .. } = facts;
    cells![area.as_str(), position, *occurred_at, partner.as_str(), kind.code(), channel.as_deref()]
}

fn step(event: &CaseEvent, position: Position) -> Option<Vec<Cell>> {
    let step = Step::of(event)?;
    let area = event.area().map(AreaCode::as_str);
    Some(cells![area, position, step.name(), step.rung()])
}

async fn spells(page: &[Entry], draft: &mut Draft<'_>) -> Result<(), Fault> {
    let known: BTreeSet<CaseId> = page.iter().filter_map(Entry::case).map(|(id, _)| id).collect();
    let mut last: BTreeMap<CaseId, Spell> = BTreeMap::new();
    for row in draft.load(&SPELL, known.into_iter().map(Cell::from).collect()).await? {
        let spell = Spell::read(row)?;
        let later = last.get(&spell.case).is_some_and(|other| other.position > spell.position);
        if !later {
            last.insert(spell.case, spell);
        }
    }
    let mut changed: BTreeMap<(CaseId, Position), Spell> = BTreeMap::new();
    for entry in page {
        let (Some((id, event)), position) = (entry.case(), entry.position()) else { continue };
        let next = match (event, last.get_mut(&id)) {
            (CaseEvent::CaseOpened(opened), _) => Some(Spell::opened(opened, position)),
            (event, Some(spell)) => {
                let before = spell.clone();
                let next = spell.apply(event, position);
                if *spell != before {
                    changed.insert((id, spell.position), spell.clone());
                }
                next
            }
            (_, None) => None,
        };
        if let Some(next) = next {
            changed.insert((id, position), next.clone());
            last.insert(id, next);
        }
    }
    draft.put(&SPELL, changed.values().map(Spell::cells).collect()).await
}

async fn subjects(page: &[Entry], draft: &mut Draft<'_>) -> Result<(), Fault> {
    let named: BTreeSet<SubjectId> = page.iter().flat_map(about).map(|(_, subject)| subject).collect();
    let mut erased: BTreeSet<SubjectId> = BTreeSet::new();
    for mut row in draft.load(&ERASED, named.into_iter().map(Cell::from).collect()).await? {
        erased.insert(SubjectId(row.id()?));
    }
    let gone: BTreeSet<SubjectId> = page.iter().filter_map(erasure).collect();
    erased.extend(&gone);
    let mut rows = BTreeSet::new();
    for entry in page {
        let About::Signal(_, facts) = &entry.about else { continue };
        for (class, subject) in about(entry).filter(|(_, subject)| !erased.contains(subject)) {
            let area = facts.area.as_str();
            rows.insert(cells![subject, entry.position(), class as i64, area, facts.occurred_at]);
        }
    }
    // Whoever is erased within the page is in none of its rows, whether they come before or after.
    draft.put(&ABOUT, rows.into_iter().collect()).await?;
    draft.put(&ERASED, gone.iter().map(|subject| cells![*subject]).collect()).await?;
    draft.remove(&ABOUT, gone.into_iter().map(Cell::from).collect()).await
}

/// Whom and which places the signal in an entry is about.
fn about(entry: &Entry) -> impl Iterator<Item = (Class, SubjectId)> {
    let facts = if let About::Signal(_, facts) = &entry.about { Some(facts) } else { None };
    facts.into_iter().flat_map(|facts| {
        let persons = facts.subjects.iter().map(|subject| (Class::Person, *subject));
        let household = facts.household.map(|subject| (Class::Household, subject));
        persons.chain(household).chain(facts.place.map(|subject| (Class::Place, subject)))
    })
}

/// Who is erased by an entry.
fn erasure(entry: &Entry) -> Option<SubjectId> {
    match &entry.about {
        About::Subject(SubjectEvent::SubjectErased { subject, .. }) => Some(*subject),
        _ => None,
    }
}
