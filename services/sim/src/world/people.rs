//! What people do: partners report, and officials do with a case whatever the ladder lets them, whether it makes sense or not.

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::calendar::local_date;
use seinhuis_domain::case::{Act, Case, CaseCommand, CaseState, SignalToFollow};
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{CaseId, PartnerId, SignalId, SubjectId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::matching::Match;
use seinhuis_domain::notice::{Notice, NoticeCommand, NoticeEvent};
use seinhuis_domain::profile::{AdoptProfile, AdoptedProfile, Profile};
use seinhuis_domain::sealed::Sealed;
use seinhuis_domain::sector::Urgency;

use super::{DOOR, Step, World};
use crate::municipality;

const KINDS: [&str; 6] =
    ["housing.fin.hua", "housing.soc.gel", "police.e33", "care.wmo", "police.youth_nuisance", "housing.lee"];
const AREAS: [&str; 2] = ["WK150900", "WK150901"];
const PARTNERS: [&str; 4] = ["politie", "wonion", "sensire", "gemeente"];

impl World {
    /// Draws when partners report, people act of their own accord, and another profile is adopted.
    pub(super) fn expect_people(&mut self, start: Timestamp) {
        self.push(start + SignedDuration::from_secs(1), Step::Report);
        self.scatter(start, 9, |_| Step::Report);
        self.scatter(start, 30, |_| Step::Act(None));
        self.scatter(start, 1, |_| Step::Adopt);
    }

    pub(super) fn report(&mut self) {
        self.reported += 1;
        let partner = partner(self.draw.one(&PARTNERS));
        let urgency = if self.draw.chance(25) { Urgency::Urgent } else { Urgency::Normal };
        let signal = SignalToFollow {
            id: SignalId::of(&partner, &self.reported.to_string()),
            kind: Kind::from_code(self.draw.one(&KINDS)).expect("a kind on the list"),
            urgency,
            area: AreaCode::new(self.draw.one(&AREAS)).expect("a code on the map"),
            subjects: vec![],
        };
        let at = self.processes[DOOR].reads(self.now);
        match self.some_case().filter(|_| self.draw.chance(25)) {
            Some(id) => {
                let because = Match::SamePlaceAndKind { place: SubjectId(signal.id.0) };
                self.command(id, CaseCommand::AttachSignal { signal, because, at }, "role:casework");
            }
            None => {
                let id = CaseId::opened_by(signal.id);
                self.command(id, CaseCommand::OpenCase { id, signal, at }, "role:casework");
            }
        }
    }

    pub(super) fn act(&mut self, case: Option<CaseId>) {
        let Some(id) = case.or_else(|| self.some_case()) else { return };
        let (case, _) = self.log.load::<Case>(&id.to_string());
        let Some(state) = case.state() else { return };
        let command = self.drawn(state);
        self.command(id, command, "person:somebody");
    }

    fn command(&mut self, case: CaseId, command: CaseCommand, actor: &str) {
        let (who, context) = (self.log.directory(), self.context(actor, DOOR));
        match self.log.decide::<Case>(&who, &case.to_string(), command, &context) {
            // Whoever is told that the log is away has to come back; here he doesn't.
            Ok(decided) => self.tally.acts += u64::from(self.store(&decided, None).is_ok()),
            Err(refusal) => {
                self.tally.refused += 1;
                self.trace.say(self.now, format_args!("case {case}: {refusal}"));
            }
        }
    }

    fn drawn(&mut self, state: &CaseState) -> CaseCommand {
        let at = self.processes[DOOR].reads(self.now);
        let note = self.draw.chance(60).then(|| Sealed { keys: vec![], bytes: vec![0] });
        let act = Act { by: "person:somebody".into(), at, note };
        let later = at + SignedDuration::from_secs(self.draw.number(-60, 1_500_000));
        let (partner, rung) = (partner(self.draw.one(&PARTNERS)), self.draw.one(Rung::ALL));
        if state.resolved {
            return CaseCommand::Reopen { act };
        }
        match self.draw.number(0, 99) {
            0..25 => CaseCommand::Acknowledge { act },
            25..36 => CaseCommand::HandOver { to: partner, act },
            36..46 => CaseCommand::Refuse { partner: state.lead.clone().unwrap_or(partner), act },
            46..49 => CaseCommand::Refuse { partner, act },
            49..59 => CaseCommand::AssignLead { lead: partner, act },
            59..64 => CaseCommand::RaiseRung { to: rung, act },
            64..71 => CaseCommand::LowerRung { to: rung, act },
            71..79 => CaseCommand::Pause { until: later, act },
            79..83 => CaseCommand::Resume { act },
            83..89 => CaseCommand::Snooze { until: later, act },
            89..91 => CaseCommand::MigratePolicy { act },
            91..95 => CaseCommand::Decide { lead: partner, act },
            _ => CaseCommand::Resolve { act },
        }
    }

    fn some_case(&mut self) -> Option<CaseId> {
        let opened = self.log.events.iter().filter(|stored| stored.recorded.name == "case.opened");
        let cases: Vec<CaseId> =
            opened.filter_map(|stored| stored.recorded.stream.id().parse().ok()).collect();
        if cases.is_empty() { None } else { Some(self.draw.one(&cases)) }
    }

    pub(super) fn adopt_another(&mut self) {
        let profile = municipality::profile(&mut self.draw, local_date(self.now));
        self.adopt(profile);
    }

    pub(super) fn adopt(&mut self, profile: Profile) {
        let context = self.context("role:test", DOOR);
        let adopt = AdoptProfile(Box::new(profile));
        let decided = self.log.decide::<AdoptedProfile>(&(), "voorbeeld", adopt, &context);
        // While the log is away nothing is adopted.
        let _ = self.store(&decided.expect("a drawn profile holds together"), None);
    }

    /// Whoever looks after the hub has a notice tried again that failed for good.
    pub(super) fn replay(&mut self) {
        let failed = self.log.events.iter().filter_map(|stored| match &stored.event {
            Event::Notice(NoticeEvent::NoticeFailed { facts, .. }) => Some(facts.clone()),
            _ => None,
        });
        let failed: Vec<_> = failed.collect();
        if failed.is_empty() {
            return;
        }
        let facts = self.draw.one(&failed);
        let (id, context) = (facts.notice.to_string(), self.context("person:beheer", DOOR));
        if let Ok(decided) = self.log.decide::<Notice>(&(), &id, NoticeCommand::Replay { facts }, &context) {
            let _ = self.store(&decided, None);
        }
    }
}

fn partner(name: &str) -> PartnerId {
    PartnerId::new(name).expect("a name")
}
