//! The four sectors partners belong to, and the lane, track, goal and urgency of the work.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal, $dutch:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The name used in files, in the log and on the command line.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)+ }
            }

            /// The word officials and residents read.
            pub fn dutch(self) -> &'static str {
                match self { $($name::$variant => $dutch,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::sector::UnknownName;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|v| v.as_str() == text).ok_or_else(|| crate::sector::UnknownName {
                    kind: stringify!($name),
                    value: text.to_owned(),
                    known: Self::ALL.iter().map(|v| v.as_str()).collect::<Vec<_>>().join(", "),
                })
            }
        }
    };
}
pub(crate) use named;

/// A name that is not on the list of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is no {kind}; known are {known}")]
pub struct UnknownName {
    /// The list that was asked.
    pub kind: &'static str,
    /// What was given.
    pub value: String,
    /// What would have been right.
    pub known: String,
}

named! {
    /// Who reports: each sector has its own door, its own kinds and its own law.
    Sector {
        /// Politie.
        Police = "police", "politie";
        /// Woningcorporatie.
        Housing = "housing", "woningcorporatie";
        /// Zorg en welzijn.
        Care = "care", "zorg en welzijn";
        /// The municipality's own services: desk, contact centre, public space.
        Municipal = "municipal", "gemeente";
    }
}

named! {
    /// Which half of a neighbourhood's life a case belongs to. A resident sees both as one.
    Lane {
        /// Streets, green, rubbish, buildings.
        Physical = "physical", "fysiek";
        /// People: care, safety, debts, quarrels.
        Social = "social", "sociaal";
    }
}

named! {
    /// Whether one partner's own process does, or several must act together.
    Track {
        /// One partner's ordinary process.
        Regular = "regular", "regulier";
        /// Several partners, one plan.
        Integral = "integral", "integraal";
    }
}

named! {
    /// The municipality's three policy goals.
    Goal {
        /// Streets, safety, cohesion.
        Liveability = "liveability", "leefbaarheid";
        /// Care for the vulnerable.
        Care = "care", "zorg voor kwetsbaren";
        /// Work, income, learning.
        Progress = "progress", "sociaal-economische stijging";
    }
}

named! {
    /// How fast somebody must look. Ordered: urgent is more than normal.
    Urgency {
        /// The ordinary term.
        Normal = "normal", "gewoon";
        /// The short term.
        Urgent = "urgent", "spoed";
    }
}
