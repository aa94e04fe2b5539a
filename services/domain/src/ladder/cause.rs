//! Why a case climbs, in both languages.

use serde::{Deserialize, Serialize};

/// Why a case climbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Nobody on the rung picked it up in time.
    NotPickedUp,
    /// It was picked up, but nothing came of it in time.
    NoProgress,
    /// No partner took the lead in time: the case falls between two stools.
    NoLead,
    /// A partner leads, but nothing was heard of it for too long: the case stagnates.
    LeadSilent,
    /// Partners refused it: the case falls between two stools.
    BetweenTwoStools,
    /// It was handed over again and again.
    PingPong,
    /// Signals of several sectors came together: more is going on.
    MoreGoingOn,
    /// A person raised it and said why.
    ByHand,
}

impl Cause {
    /// The cause as officials read it.
    pub fn dutch(self) -> &'static str {
        match self {
            Self::NotPickedUp => "niemand heeft de zaak op tijd opgepakt",
            Self::NoProgress => "de zaak is opgepakt, maar er is te lang geen voortgang",
            Self::NoLead => "geen enkele partner heeft op tijd de leiding genomen (tussen wal en schip)",
            Self::LeadSilent => "van de partner die de leiding heeft is te lang niets gehoord",
            Self::BetweenTwoStools => "meerdere partners hebben de zaak geweigerd (tussen wal en schip)",
            Self::PingPong => "de zaak is te vaak overgedragen (pingpong)",
            Self::MoreGoingOn => "signalen van meerdere partners kwamen samen: er speelt meer",
            Self::ByHand => "een medewerker heeft de zaak opgeschaald",
        }
    }

    /// The cause in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::NotPickedUp => "nobody picked the case up in time",
            Self::NoProgress => "the case was picked up, but saw no progress for too long",
            Self::NoLead => "no partner took the lead in time (between two stools)",
            Self::LeadSilent => "nothing was heard of the partner who leads for too long",
            Self::BetweenTwoStools => "several partners refused the case (between two stools)",
            Self::PingPong => "the case was handed over too often (ping-pong)",
            Self::MoreGoingOn => "signals of several partners came together: more is going on",
            Self::ByHand => "an official raised the case",
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn every_cause_has_words_in_both_languages() {
        let all = [
            Cause::NotPickedUp,
            Cause::NoProgress,
            Cause::NoLead,
            Cause::LeadSilent,
            Cause::BetweenTwoStools,
            Cause::PingPong,
            Cause::MoreGoingOn,
            Cause::ByHand,
        ];
        let words: std::collections::BTreeSet<_> =
            all.iter().flat_map(|c| [c.dutch(), c.english()]).collect();
        assert_eq!(words.len(), 2 * all.len());
    }
}
