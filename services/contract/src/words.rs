//! The shared words, from the domain to the wire and back.

use seinhuis_domain::{calendar, feedback, ladder, sector};

use crate::proto::common::v1 as wire;
use crate::proto::history::v1 as history;

/// An enum on the wire says nothing, or says what this version doesn't know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no known {0}")]
pub struct NotGiven(
    /// The word that is missing: `rung`.
    pub &'static str,
);

macro_rules! same_words {
    ($domain:ty, $wire:ty, $name:literal: $($variant:ident),+) => {
        impl From<$domain> for $wire {
            fn from(word: $domain) -> Self {
                match word { $(<$domain>::$variant => <$wire>::$variant,)+ }
            }
        }

        impl TryFrom<$wire> for $domain {
            type Error = NotGiven;
            fn try_from(word: $wire) -> Result<Self, NotGiven> {
                match word {
                    $(<$wire>::$variant => Ok(<$domain>::$variant),)+
                    <$wire>::Unspecified => Err(NotGiven($name)),
                }
            }
        }
    };
}

same_words!(sector::Sector, wire::Sector, "sector": Police, Housing, Care, Municipal);
same_words!(sector::Urgency, wire::Urgency, "urgency": Normal, Urgent);
same_words!(sector::Lane, wire::Lane, "lane": Physical, Social);
same_words!(sector::Track, wire::Track, "track": Regular, Integral);
same_words!(sector::Goal, wire::Goal, "goal": Liveability, Care, Progress);
same_words!(calendar::Every, history::Every, "every": Day, Week, Month);
same_words!(feedback::Outcome, wire::FeedbackOutcome, "outcome": PickedUp, AlreadyKnown, PassedOn, NoGround, Resolved);
same_words!(ladder::Rung, wire::Rung, "rung": Workfloor, Team, Regisseur, College);

/// The number of a domain word on the wire: `words::number::<wire::Rung>(rung)`.
pub fn number<W>(word: impl Into<W>) -> i32
where
    W: Into<i32>,
{
    word.into().into()
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn every_rung_survives_the_wire_under_its_own_name() {
        for rung in ladder::Rung::ALL {
            let sent = wire::Rung::from(*rung);
            assert_eq!(ladder::Rung::try_from(sent), Ok(*rung));
            assert_eq!(sent.as_str_name(), format!("RUNG_{}", rung.as_str().to_uppercase()));
        }
    }

    #[test]
    fn a_word_not_given_is_no_word() {
        assert_eq!(sector::Lane::try_from(wire::Lane::Unspecified), Err(NotGiven("lane")));
    }

    #[test]
    fn a_word_has_its_number() {
        assert_eq!(number::<wire::Rung>(ladder::Rung::College), 4);
    }
}
