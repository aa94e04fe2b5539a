//! One line for each fact, for those who follow the log. Shorter than an explanation, and about things only: nobody who
//! reported, acted or was told is named, not even by function, because analysts read along.

use seinhuis_domain::area::AreaCode;
use seinhuis_domain::calendar::{in_words_en, in_words_nl};
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::CaseId;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::matching::Match;
use seinhuis_domain::notice::NoticeEvent;
use seinhuis_domain::sector::Urgency;
use seinhuis_domain::signal::{SignalEvent, SignalFacts};
use seinhuis_domain::subject::SubjectEvent;
use seinhuis_eventstore::StreamId;

/// What happened, in two languages. Empty for the hub's own configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Headline {
    pub(crate) dutch: String,
    pub(crate) english: String,
}

/// The line for `event` of `stream`.
pub(super) fn headline(event: &Event, stream: &StreamId, directory: &Directory) -> Headline {
    match event {
        Event::Signal(SignalEvent::SignalReported(facts)) => signal(facts, directory),
        Event::Case(event) => {
            let number = stream.id().parse().map(|id: CaseId| id.number()).unwrap_or_default();
            let Headline { dutch, english } = case(event, directory);
            line(format!("zaak {number}: {dutch}"), format!("case {number}: {english}"))
        }
        Event::Notice(event) => notice(event),
        Event::Subject(event) => subject(event),
        Event::Profile(_) | Event::Areas(_) | Event::Partner(_) | Event::Person(_) => Headline::default(),
    }
}

fn signal(facts: &SignalFacts, directory: &Directory) -> Headline {
    let (urgent_nl, urgent_en) = match facts.urgency {
        Urgency::Normal => ("signaal", "signal"),
        Urgency::Urgent => ("spoedsignaal", "urgent signal"),
    };
    let (kind, place) = (facts.kind, name(&facts.area, directory));
    line(
        format!("{urgent_nl} over {} in {place} ({})", kind.dutch(), kind.sector().dutch()),
        format!("{urgent_en} about {} in {place} ({})", kind.english(), kind.sector()),
    )
}

/// The line for a fact of a case whose number is said elsewhere.
pub(crate) fn case(event: &CaseEvent, directory: &Directory) -> Headline {
    match event {
        CaseEvent::CaseOpened(opened) => {
            let (kind, place) = (opened.kind, name(&opened.area, directory));
            line(
                format!("geopend in {place} over {}", kind.dutch()),
                format!("opened in {place} about {}", kind.english()),
            )
        }
        CaseEvent::SignalAttached { because, .. } => {
            let (dutch, english) = shared(*because);
            line(format!("signaal erbij, {dutch}"), format!("signal added, {english}"))
        }
        CaseEvent::CaseMadeIntegral { sectors, .. } => line(
            format!("integraal, {} sectoren kwamen samen", sectors.len()),
            format!("integral, {} sectors came together", sectors.len()),
        ),
        CaseEvent::LeadAssigned { lead, .. } => {
            line(format!("{lead} heeft de leiding"), format!("{lead} leads"))
        }
        CaseEvent::CaseAcknowledged { rung, .. } => {
            let (dutch, english) = on(*rung);
            line(format!("opgepakt {dutch}"), format!("picked up {english}"))
        }
        CaseEvent::CaseHandedOver { to, .. } => {
            line(format!("overgedragen aan {to}"), format!("handed over to {to}"))
        }
        CaseEvent::LeadRefused { partner, .. } => {
            line(format!("geweigerd door {partner}"), format!("refused by {partner}"))
        }
        CaseEvent::StepPlanned { step, .. } => line(
            format!("klimt naar {} tenzij iemand iets doet, termijn {}", step.to.dutch(), step.term),
            format!("climbs to {} unless somebody acts, term {}", step.to, step.term),
        ),
        CaseEvent::RungReached(reached) => {
            let (rung, cause) = (reached.rung, reached.cause);
            line(
                format!("opgeschaald naar {}: {}", rung.dutch(), cause.dutch()),
                format!("raised to {rung}: {}", cause.english()),
            )
        }
        CaseEvent::CaseReminded(reminded) => {
            let (rung, nth) = (reminded.rung, reminded.nth);
            line(
                format!("herinnering {nth} op trede {}", rung.dutch()),
                format!("reminder {nth} on rung {rung}"),
            )
        }
        CaseEvent::PolicyMigrated { to, .. } => {
            line(format!("onder beleid versie {to} gebracht"), format!("brought under policy version {to}"))
        }
        CaseEvent::CasePaused { until, .. } => line(
            format!("gepauzeerd tot {}", in_words_nl(*until)),
            format!("paused until {}", in_words_en(*until)),
        ),
        CaseEvent::CaseResumed { .. } => line("pauze beëindigd".into(), "pause ended".into()),
        CaseEvent::CaseSnoozed { until, .. } => line(
            format!("herinnering uitgesteld tot {}", in_words_nl(*until)),
            format!("reminder put off until {}", in_words_en(*until)),
        ),
        CaseEvent::RungLowered { rung, .. } => {
            line(format!("afgeschaald naar {}", rung.dutch()), format!("brought down to {rung}"))
        }
        CaseEvent::CaseDecided { lead, .. } => {
            line(format!("besloten: {lead} heeft de leiding"), format!("decided: {lead} leads"))
        }
        CaseEvent::FeedbackGiven { outcome, .. } => line(
            format!("teruggekoppeld: {}", outcome.dutch()),
            format!("feedback given: {}", outcome.english()),
        ),
        CaseEvent::CaseResolved { .. } => line("afgehandeld".into(), "resolved".into()),
        CaseEvent::CaseReopened { .. } => line("heropend".into(), "opened again".into()),
    }
}

fn notice(event: &NoticeEvent) -> Headline {
    let facts = event.facts();
    let (number, rung) = (facts.case.number(), facts.rung);
    let (what_nl, what_en) = match facts.reminder {
        None => ("bericht", "notice"),
        Some(_) => ("herinnering", "reminder"),
    };
    match event {
        NoticeEvent::NoticeDelivered { .. } => line(
            format!("zaak {number}: {what_nl} bezorgd over trede {}", rung.dutch()),
            format!("case {number}: {what_en} delivered about rung {rung}"),
        ),
        NoticeEvent::NoticeFailed { .. } => line(
            format!("zaak {number}: {what_nl} niet bezorgd over trede {}", rung.dutch()),
            format!("case {number}: {what_en} not delivered about rung {rung}"),
        ),
        NoticeEvent::NoticeWithdrawn { because, .. } => line(
            format!(
                "zaak {number}: {what_nl} over trede {} gaat niet uit: {}",
                rung.dutch(),
                because.dutch()
            ),
            format!("case {number}: {what_en} about rung {rung} doesn't go out: {}", because.english()),
        ),
        NoticeEvent::NoticeReplayed { .. } => line(
            format!("zaak {number}: {what_nl} gaat opnieuw uit over trede {}", rung.dutch()),
            format!("case {number}: {what_en} goes out again about rung {rung}"),
        ),
    }
}

fn subject(event: &SubjectEvent) -> Headline {
    match event {
        SubjectEvent::SubjectHeld { reason, .. } => line(
            format!("iemand mag niet gewist worden: {}", reason.dutch()),
            format!("somebody may not be erased: {}", reason.english()),
        ),
        SubjectEvent::HoldLifted { reason, .. } => line(
            format!("reden om iemand niet te wissen vervallen: {}", reason.dutch()),
            format!("reason not to erase somebody ended: {}", reason.english()),
        ),
        SubjectEvent::ErasureOrdered { reason, .. } => line(
            format!("opdracht om iemand te wissen: {}", reason.dutch()),
            format!("order to erase somebody: {}", reason.english()),
        ),
        SubjectEvent::SubjectErased { reason, .. } => line(
            format!("iemand is gewist: {}", reason.dutch()),
            format!("somebody was erased: {}", reason.english()),
        ),
    }
}

fn shared(by: Match) -> (&'static str, &'static str) {
    match by {
        Match::SameSubject { .. } => ("zelfde persoon", "same person"),
        Match::SameHousehold { .. } => ("zelfde huishouden", "same household"),
        Match::SamePlaceAndKind { .. } => ("zelfde plek en soort", "same place and kind"),
    }
}

fn on(rung: Rung) -> (&'static str, &'static str) {
    match rung {
        Rung::Workfloor => ("op de werkvloer", "on the workfloor"),
        Rung::Team => ("door het team", "by the team"),
        Rung::Regisseur => ("door de regisseur", "by the regisseur"),
        Rung::College => ("door het college", "by the college"),
    }
}

fn name(area: &AreaCode, directory: &Directory) -> String {
    directory.areas().get(area).map_or_else(|| area.to_string(), |area| area.name.clone())
}

fn line(dutch: String, english: String) -> Headline {
    Headline { dutch, english }
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_domain::case::{Act, RungReached};
    use seinhuis_domain::example;
    use seinhuis_domain::ids::{NoticeId, PersonId};
    use seinhuis_domain::ladder::Cause;
    use seinhuis_domain::notice::{Channel, NoticeFacts};
    use seinhuis_domain::profile::ProfileEvent;

    const CASE: &str = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001";

    fn told(event: &Event) -> Headline {
        let mut directory = Directory::default();
        let adopted = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(example::profile()) };
        directory.apply("voorbeeld", &Event::Profile(adopted)).unwrap();
        headline(event, &StreamId::new("case", CASE), &directory)
    }

    fn ulft() -> AreaCode {
        AreaCode::new("WK150900").unwrap()
    }

    #[test]
    fn a_signal_says_what_and_where_and_never_who_reported_or_by_which_reference() {
        let facts = Box::new(example::signal("wonion", "dhr-jansen-17", "housing.soc.gel"));
        let told = told(&Event::Signal(SignalEvent::SignalReported(facts)));
        assert_eq!(told.dutch, "signaal over geluidsoverlast in Ulft (woningcorporatie)");
        assert_eq!(told.english, "signal about noise in Ulft (housing)");
    }

    #[test]
    fn an_act_says_what_was_done_and_never_by_whom() {
        let act = Act {
            by: "person:regisseur-ulft".into(),
            at: "2026-03-10T10:00:00Z".parse().unwrap(),
            note: None,
        };
        let number = CASE.parse::<CaseId>().unwrap().number();
        let told =
            told(&Event::Case(CaseEvent::CaseAcknowledged { area: ulft(), rung: Rung::Regisseur, act }));
        assert_eq!(told.dutch, format!("zaak {number}: opgepakt door de regisseur"));
        assert_eq!(told.english, format!("case {number}: picked up by the regisseur"));
    }

    #[test]
    fn a_climb_says_why_and_never_who_is_told() {
        let reached = RungReached {
            area: ulft(),
            rung: Rung::Team,
            cycle: 0,
            policy_version: 1,
            cause: Cause::NotPickedUp,
            planned_at: None,
            at: "2026-03-10T10:00:00Z".parse().unwrap(),
            passed: false,
            tell: vec![PersonId::new("coordinator-ulft").unwrap()],
            told_because: vec![],
            next: None,
            act: None,
        };
        let told = told(&Event::Case(CaseEvent::RungReached(Box::new(reached))));
        assert!(
            told.dutch.ends_with("opgeschaald naar team: niemand heeft de zaak op tijd opgepakt"),
            "{told:?}"
        );
        assert!(!format!("{told:?}").contains("coordinator"));
    }

    #[test]
    fn an_erasure_says_why_and_never_who() {
        let subject = CASE.parse().unwrap();
        let reason = seinhuis_domain::subject::ErasureReason::Retention;
        let told = told(&Event::Subject(SubjectEvent::SubjectErased { subject, reason }));
        assert_eq!(told.dutch, "iemand is gewist: bewaartermijn voorbij");
        assert_eq!(told.english, "somebody was erased: retention period over");
    }

    #[test]
    fn a_notice_says_that_it_arrived_and_never_at_whom() {
        let person = PersonId::new("regisseur-ulft").unwrap();
        let facts = NoticeFacts {
            notice: NoticeId::of("any", &person),
            case: CASE.parse().unwrap(),
            area: ulft(),
            rung: Rung::Regisseur,
            person,
            reminder: None,
        };
        let told =
            told(&Event::Notice(NoticeEvent::NoticeDelivered { facts, channel: Channel::File, attempts: 1 }));
        assert!(told.dutch.ends_with("bericht bezorgd over trede regisseur"), "{told:?}");
        assert!(!told.dutch.contains("regisseur-ulft"));
    }
}
