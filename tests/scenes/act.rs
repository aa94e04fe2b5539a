//! What somebody does, as a page says it.

use jiff::Timestamp;
use seinhuis_domain::case::{Act, CaseCommand, SignalToFollow};
use seinhuis_domain::feedback::Outcome;
use seinhuis_domain::ids::{CaseId, PartnerId, SignalId, SubjectId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::matching::Match;
use seinhuis_domain::sealed::Sealed;
use seinhuis_domain::sector::Urgency;

use crate::words::{Words, place};

/// All signals of a scene are about this household.
const HOUSEHOLD: &str = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001";

/// The command to the case, `None` while there is none yet.
pub(crate) fn command(text: &str, at: Timestamp, case: Option<CaseId>, words: &Words) -> CaseCommand {
    if let Some((partner, what)) = text.split_once(" meldt ") {
        return reported(&words.partner(partner), what, at, case, words);
    }
    if let Some(partner) = text.strip_suffix(" weigert de zaak") {
        let partner = words.partner(partner);
        let by = format!("partner:{partner}");
        return CaseCommand::Refuse { partner, act: Act { by, at, note: None } };
    }
    // The longest name that fits: that of one may begin like that of another.
    let ends = text.match_indices(' ').map(|(end, _)| end).rev();
    let mut named = ends.filter_map(|end| Some((words.person(&text[..end])?, &text[end + 1..])));
    let (who, what) = named.next().unwrap_or_else(|| panic!("nobody is named in: {text}"));
    acted(what, Act { by: format!("person:{who}"), at, note: None }, words)
}

fn acted(what: &str, act: Act, words: &Words) -> CaseCommand {
    let rung = |to: &str| Rung::ALL.iter().copied().find(|rung| place(*rung) == to).unwrap();
    if what == "pakt de zaak op" {
        return CaseCommand::Acknowledge { act };
    }
    if what == "sluit de zaak" {
        return CaseCommand::Resolve { act };
    }
    if what == "heropent de zaak" {
        return CaseCommand::Reopen { act };
    }
    if let Some(to) = what.strip_prefix("draagt de zaak over aan ") {
        return CaseCommand::HandOver { to: words.partner(to), act };
    }
    if let Some(lead) = what.strip_prefix("geeft de leiding aan ") {
        return CaseCommand::AssignLead { lead: words.partner(lead), act };
    }
    if let Some(lead) = what.strip_prefix("beslist: de leiding is voor ") {
        return CaseCommand::Decide { lead: words.partner(lead), act };
    }
    if let Some(to) = what.strip_prefix("schaalt af naar ") {
        return CaseCommand::LowerRung { to: rung(to), act };
    }
    if let Some(to) = what.strip_prefix("schaalt op naar ") {
        let (to, note) = match to.strip_suffix(", met de reden erbij") {
            Some(to) => (to, Some(Sealed { keys: vec![], bytes: vec![1] })),
            None => (to, None),
        };
        return CaseCommand::RaiseRung { to: rung(to), act: Act { note, ..act } };
    }
    if let Some(told) = what.strip_prefix("koppelt terug: ") {
        let outcome = Outcome::ALL.iter().copied().find(|outcome| outcome.dutch() == told).unwrap();
        return CaseCommand::GiveFeedback { outcome, act };
    }
    panic!("nobody can do this: {what}")
}

fn reported(
    partner: &PartnerId,
    what: &str,
    at: Timestamp,
    case: Option<CaseId>,
    words: &Words,
) -> CaseCommand {
    let (urgency, what) = match what.strip_suffix(", met spoed") {
        Some(what) => (Urgency::Urgent, what),
        None => (Urgency::Normal, what),
    };
    let (kind, area) = what.rsplit_once(" in ").unwrap();
    let mut kinds = Kind::all().filter(|known| known.sector() == words.sector(partner));
    let kind = kinds.find(|known| known.dutch() == kind).unwrap_or_else(|| panic!("{kind} is no kind"));
    let household: SubjectId = HOUSEHOLD.parse().unwrap();
    let id = SignalId::of(partner, &at.to_string());
    let signal = SignalToFollow { id, kind, urgency, area: words.area(area), subjects: vec![] };
    match case {
        None => CaseCommand::OpenCase { id: CaseId::opened_by(id), signal, at },
        Some(_) => CaseCommand::AttachSignal { signal, because: Match::SameHousehold { household }, at },
    }
}
