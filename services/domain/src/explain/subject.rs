//! A hold or an erasure in words. Whom it is about is not said: a resident is never named, not even by pseudonym.

use super::Explanation;
use crate::subject::SubjectEvent;

/// Explains what happened to one of those whom a case is about.
pub fn explain_subject(event: &SubjectEvent) -> Explanation {
    let (dutch, english) = match event {
        SubjectEvent::SubjectHeld { reason, until: None, .. } => (
            format!("iemand in deze zaak mag niet gewist worden: {}", reason.dutch()),
            format!("somebody in this case may not be erased: {}", reason.english()),
        ),
        SubjectEvent::SubjectHeld { reason, until: Some(until), .. } => (
            format!("iemand in deze zaak mag tot en met {until} niet gewist worden: {}", reason.dutch()),
            format!("somebody in this case may not be erased until {until}: {}", reason.english()),
        ),
        SubjectEvent::HoldLifted { reason, .. } => (
            format!("een reden om iemand in deze zaak niet te wissen is vervallen: {}", reason.dutch()),
            format!("a reason not to erase somebody in this case has ended: {}", reason.english()),
        ),
        SubjectEvent::ErasureOrdered { reason, .. } => (
            format!("opdracht om iemand in deze zaak te wissen: {}", reason.dutch()),
            format!("order to erase somebody in this case: {}", reason.english()),
        ),
        SubjectEvent::SubjectErased { reason, .. } => (
            format!("iemand in deze zaak is gewist: {}", reason.dutch()),
            format!("somebody in this case was erased: {}", reason.english()),
        ),
    };
    Explanation::new(dutch, english)
}

#[cfg(test)]
mod specs {
    use jiff::civil::date;

    use super::*;
    use crate::subject::{ErasureReason, HoldReason};

    #[test]
    fn an_erasure_says_why_and_never_who() {
        let subject = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001".parse().unwrap();
        let told = explain_subject(&SubjectEvent::SubjectErased { subject, reason: ErasureReason::Request });
        assert_eq!(told.dutch, "iemand in deze zaak is gewist: verzoek van de betrokkene");
        assert_eq!(told.english, "somebody in this case was erased: request of the data subject");
    }

    #[test]
    fn a_hold_says_its_last_day() {
        let subject = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001".parse().unwrap();
        let until = Some(date(2026, 12, 31));
        let told = explain_subject(&SubjectEvent::SubjectHeld { subject, reason: HoldReason::Claim, until });
        assert_eq!(
            told.dutch,
            "iemand in deze zaak mag tot en met 2026-12-31 niet gewist worden: aansprakelijkstelling"
        );
    }
}
