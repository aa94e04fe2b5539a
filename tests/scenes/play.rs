//! Playing a scene: what people do when they do it, and in between what comes due, each on its minute.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use jiff::Timestamp;
use seinhuis_domain::calendar::in_words_nl;
use seinhuis_domain::case::{Case, CaseCommand, CaseEvent};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::profile::{Absence, ProfileEvent};

use crate::act;
use crate::page::Scene;
use crate::words::{self, Words};

/// The list as it comes out.
pub(crate) async fn play(municipality: &str, scene: &Scene) -> Vec<String> {
    let mut words = Words::of(municipality);
    let mut lines = Vec::new();
    if let Some(away) = scene.away() {
        lines.push(format!("- Afwezig: {away}"));
        absent(&mut words, away);
    }
    let mut played = Played { case: Case::default(), who: directory(&words), words, lines };
    for (moment, act) in scene.acts() {
        let at = words::moment(moment);
        played.until(Some(at)).await;
        let case = played.case.state().map(|state| state.id);
        let command = act::command(act, at, case, &played.words);
        played.lines.push(format!("- {moment}: **{act}.**"));
        played.answer(command).await;
    }
    played.until(None).await;
    played.lines
}

struct Played {
    case: Case,
    who: Directory,
    words: Words,
    lines: Vec<String>,
}

impl Played {
    /// Lets happen what comes due before `end`; all of it where there is none.
    async fn until(&mut self, end: Option<Timestamp>) {
        while let Some((at, command)) = self.due()
            && end.is_none_or(|end| at <= end)
        {
            self.lines.push(format!("- {}:", in_words_nl(at)));
            self.answer(command).await;
        }
    }

    /// What the hub does next by itself: a reminder, or a climb.
    fn due(&self) -> Option<(Timestamp, CaseCommand)> {
        let state = self.case.state()?;
        let step = state.planned.clone()?;
        Some(match state.remind_at.filter(|at| *at < step.due_at) {
            Some(at) => (at, CaseCommand::Remind { step, planned_at: at, at }),
            None => (step.due_at, CaseCommand::RaiseByTimer { at: step.due_at, step }),
        })
    }

    async fn answer(&mut self, command: CaseCommand) {
        let sink = EventSink::default();
        self.case.handle(command, &self.who, &sink).await.unwrap();
        let events: Vec<CaseEvent> = sink.collect().await;
        assert!(!events.is_empty(), "nothing came of {:?}", self.lines.last());
        let told = events.iter().flat_map(|event| self.words.told(event));
        self.lines.extend(told.map(|line| format!("  - {line}")).collect::<Vec<_>>());
    }
}

/// Takes the days down that somebody is away: `<who>, <first day> tot en met <last day>`.
fn absent(words: &mut Words, away: &str) {
    let (from_whom, until) = away.split_once(" tot en met ").unwrap();
    let (who, from) = from_whom.rsplit_once(", ").unwrap();
    let (who, absence) =
        (words.person(who).unwrap(), Absence { from: words::day(from), until: words::day(until) });
    let person = words.loaded.profile.people.iter_mut().find(|person| person.id == who).unwrap();
    person.absences.push(absence);
}

fn directory(words: &Words) -> Directory {
    let mut who = Directory::default();
    let profile = Box::new(words.loaded.profile.clone());
    who.apply("profile", &Event::Profile(ProfileEvent::ProfileAdopted { version: 1, profile })).unwrap();
    who
}
