//! Why a subject is erased or kept: closed lists, so that nothing about a person can slip into the log.

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::sector::named;

named! {
    /// Why a subject is erased.
    ErasureReason {
        /// He asked for it (AVG art. 17, 1 a to c).
        Request = "request", "verzoek van de betrokkene";
        /// His data are no longer needed.
        Retention = "retention", "bewaartermijn voorbij";
        /// His data should never have been kept.
        Unlawful = "unlawful", "onrechtmatig verwerkt";
        /// A partner reported the wrong one.
        Mistake = "mistake", "ten onrechte gemeld";
        /// A court or the supervisory authority ordered it.
        Ordered = "ordered", "bevel van rechter of toezichthouder";
        /// Erased before reasons were recorded; never given any more.
        Unrecorded = "unrecorded", "reden niet vastgelegd";
    }
}

named! {
    /// Why a subject may not be erased for now: a legal hold (AVG art. 17, 3).
    HoldReason {
        /// A court has a case.
        Proceedings = "proceedings", "lopende procedure";
        /// An objection or appeal is being handled.
        Objection = "objection", "bezwaar of beroep";
        /// The police or the public prosecutor investigates.
        Investigation = "investigation", "strafrechtelijk onderzoek";
        /// Somebody claims damages.
        Claim = "claim", "aansprakelijkstelling";
        /// The law on archives asks for it.
        Archive = "archive", "archiefplicht";
    }
}

impl ErasureReason {
    /// The English words.
    pub fn english(self) -> &'static str {
        match self {
            Self::Request => "request of the data subject",
            Self::Retention => "retention period over",
            Self::Unlawful => "processed unlawfully",
            Self::Mistake => "reported by mistake",
            Self::Ordered => "ordered by a court or the supervisory authority",
            Self::Unrecorded => "reason not recorded",
        }
    }
}

impl HoldReason {
    /// The English words.
    pub fn english(self) -> &'static str {
        match self {
            Self::Proceedings => "court proceedings",
            Self::Objection => "objection or appeal",
            Self::Investigation => "criminal investigation",
            Self::Claim => "claim for damages",
            Self::Archive => "duty to archive",
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn each_reason_to_hold_has_words_of_its_own_in_both_languages() {
        let words = |word: fn(HoldReason) -> &'static str| {
            let all: std::collections::BTreeSet<_> =
                HoldReason::ALL.iter().map(|reason| word(*reason)).collect();
            all.into_iter().filter(|word| word.len() > 5).count()
        };
        assert_eq!((words(HoldReason::dutch), words(HoldReason::english)), (5, 5));
        assert_eq!(HoldReason::Claim.english(), "claim for damages");
    }
}
