//! Feedback (terugkoppeling): what partners hear of the case their signals went to.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::Term;
use crate::sector::named;

named! {
    /// What became of what was reported, in one word. What more there is to say is sealed beside it.
    Outcome {
        /// Somebody is working on it. How it ends is still to be told.
        PickedUp = "picked_up", "opgepakt";
        /// It was known before, and is in hand.
        AlreadyKnown = "already_known", "was al bekend";
        /// Another partner sees to it.
        PassedOn = "passed_on", "doorgezet naar een andere partner";
        /// It was looked into and nothing needs to be done.
        NoGround = "no_ground", "geen aanleiding om iets te doen";
        /// It was seen to, and the case is closed.
        Resolved = "resolved", "afgehandeld";
    }
}

impl Outcome {
    /// What it says, in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::PickedUp => "picked up",
            Self::AlreadyKnown => "known already",
            Self::PassedOn => "passed on to another partner",
            Self::NoGround => "no ground for doing anything",
            Self::Resolved => "resolved",
        }
    }

    /// Whether whoever hears it knows how it ended.
    pub fn is_final(self) -> bool {
        self != Self::PickedUp
    }
}

/// By when the partners that reported are to hear how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedbackDue {
    /// By then.
    pub due_at: Timestamp,
    /// The term that was counted, from the closing on.
    pub term: Term,
}
