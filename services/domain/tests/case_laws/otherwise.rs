//! The same story once more: as it is decided again from the log, and as it is where a draft really is in force.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use jiff::Timestamp;
use seinhuis_domain::case::{Case, CaseCommand, CaseEvent};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::policy::Reminders;
use seinhuis_domain::profile::{Profile, ProfileEvent};
use seinhuis_domain::what_if::{WhatIf, Would};

use crate::world::{World, hasty, settled};

/// A policy none of whose terms is one that really held, so that no climb is planned as it was.
pub(crate) fn draft() -> Profile {
    let mut draft = hasty();
    let ladder = &mut draft.policy.ladder;
    for (terms, days) in [(&mut ladder.workfloor, 3), (&mut ladder.team, 7), (&mut ladder.regisseur, 13)] {
        terms.pick_up = format!("{days}d").parse().unwrap();
        terms.pick_up_urgent = format!("{}h", 11 * days).parse().unwrap();
        terms.progress = format!("{}d", 2 * days).parse().unwrap();
    }
    ladder.no_lead = "31h".parse().unwrap();
    ladder.lead_silent_climb = Some("4d".parse().unwrap());
    ladder.reminders =
        Some(Reminders { at_percent: 50, again_every: Some("9h".parse().unwrap()), at_most: 2 });
    draft
}

/// What comes of the world's log, up to a month after its end.
pub(crate) fn lived_again(world: &World, mut again: WhatIf) -> Vec<CaseEvent> {
    let case = world.state().id.to_string();
    let mut would = Vec::new();
    for (at, event) in &world.told {
        would.extend(again.take(&case, event, *at).unwrap());
    }
    would.extend(again.until(end(world)));
    let happens = |would| match would {
        Would::Happen(_, event) => Some(event),
        Would::BeRefused(..) => None,
    };
    would.into_iter().filter_map(happens).collect()
}

/// What comes of the commands of the world where the draft is in force from the beginning, and timers are on time.
pub(crate) fn lived_under_the_draft(world: &World) -> Vec<CaseEvent> {
    let mut who = Directory::default();
    let adopted = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(draft()) };
    who.apply("profile", &Event::Profile(adopted)).unwrap();
    let (mut case, mut log) = (Case::default(), vec![]);
    let mut last = Timestamp::MIN;
    for (at, command) in &world.given {
        // Of commands at one instant nobody can say what comes between them.
        if last < *at {
            climb(&mut case, &who, last, *at, &mut log);
        }
        // The timers of the world are not those of here.
        if !matches!(command, CaseCommand::RaiseByTimer { .. } | CaseCommand::Remind { .. }) {
            log.extend(answered(&mut case, command.clone(), &who));
        }
        last = *at;
    }
    climb(&mut case, &who, last, end(world), &mut log);
    log
}

fn end(world: &World) -> Timestamp {
    world.now + jiff::SignedDuration::from_hours(24 * 30)
}

/// Fires what falls due up to `until`; nothing before `last`, when something else happened.
fn climb(case: &mut Case, who: &Directory, last: Timestamp, until: Timestamp, log: &mut Vec<CaseEvent>) {
    while let Some(state) = case.state()
        && let Some(step) = state.planned.clone()
    {
        // A reminder comes before its climb, and not once that is due.
        let reminder = state.remind_at.filter(|at| last.max(*at) < step.due_at);
        let command = match reminder {
            Some(planned_at) => CaseCommand::Remind { step, planned_at, at: planned_at.max(last) },
            None => CaseCommand::RaiseByTimer { at: step.due_at.max(last), step },
        };
        let (CaseCommand::Remind { at, .. } | CaseCommand::RaiseByTimer { at, .. }) = &command else {
            return;
        };
        if *at > until {
            return;
        }
        log.extend(answered(case, command, who));
    }
}

fn answered(case: &mut Case, command: CaseCommand, who: &Directory) -> Vec<CaseEvent> {
    let sink = EventSink::default();
    match settled(case.handle(command, who, &sink)) {
        Ok(()) => settled(sink.collect()),
        Err(_) => vec![],
    }
}
