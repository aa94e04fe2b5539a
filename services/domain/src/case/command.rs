//! What can be asked of a case, and why it can be refused.

use jiff::Timestamp;

use super::Act;
use crate::area::AreaCode;
use crate::calendar::{CalendarError, Term};
use crate::feedback::Outcome;
use crate::ids::{CaseId, PartnerId, SignalId, SubjectId};
use crate::kind::Kind;
use crate::ladder::{PlannedStep, Rung};
use crate::matching::Match;
use crate::routing::NoRule;
use crate::sector::Urgency;

/// What a case keeps of a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalToFollow {
    /// The signal.
    pub id: SignalId,
    /// Its kind.
    pub kind: Kind,
    /// How fast.
    pub urgency: Urgency,
    /// Where.
    pub area: AreaCode,
    /// The persons it is about.
    pub subjects: Vec<SubjectId>,
}

/// What can be asked of a case.
#[derive(Debug, Clone)]
pub enum CaseCommand {
    /// Opens it for a signal that belongs nowhere else.
    OpenCase {
        /// The case; a function of the signal.
        id: CaseId,
        /// The signal.
        signal: SignalToFollow,
        /// The hub's clock.
        at: Timestamp,
    },
    /// Adds a signal.
    AttachSignal {
        /// The signal.
        signal: SignalToFollow,
        /// What they have in common.
        because: Match,
        /// The hub's clock.
        at: Timestamp,
    },
    /// Names the partner who leads.
    AssignLead {
        /// Who.
        lead: PartnerId,
        /// Who says so.
        act: Act,
    },
    /// Picks it up on its present rung.
    Acknowledge {
        /// Who.
        act: Act,
    },
    /// Passes the lead on.
    HandOver {
        /// To whom.
        to: PartnerId,
        /// Who does it.
        act: Act,
    },
    /// Refuses it on behalf of a partner.
    Refuse {
        /// Who refuses.
        partner: PartnerId,
        /// Who says so.
        act: Act,
    },
    /// Climbs as planned.
    RaiseByTimer {
        /// The plan the timer holds; an outdated one changes nothing.
        step: PlannedStep,
        /// The hub's clock.
        at: Timestamp,
    },
    /// Climbs as planned, after a silence of the hub: past every rung whose term has ended as well by now.
    CatchUp {
        /// The plan the timer holds; an outdated one changes nothing.
        step: PlannedStep,
        /// The hub's clock.
        at: Timestamp,
    },
    /// Reminds whoever stands on its rung of the climb that is planned.
    Remind {
        /// The plan the timer holds; an outdated one reminds nobody.
        step: PlannedStep,
        /// The reminder the timer holds.
        planned_at: Timestamp,
        /// The hub's clock.
        at: Timestamp,
    },
    /// Climbs because a person says so.
    RaiseRung {
        /// Where to.
        to: Rung,
        /// Who.
        act: Act,
    },
    /// Comes down because a person says so.
    LowerRung {
        /// Where to.
        to: Rung,
        /// Who.
        act: Act,
    },
    /// Pauses it.
    Pause {
        /// The end of the pause.
        until: Timestamp,
        /// Who, with a note why.
        act: Act,
    },
    /// Ends a pause before its time.
    Resume {
        /// Who.
        act: Act,
    },
    /// Puts the next reminder off.
    Snooze {
        /// Until when.
        until: Timestamp,
        /// Who.
        act: Act,
    },
    /// Judges it by the policy in force from here on.
    MigratePolicy {
        /// Who.
        act: Act,
    },
    /// Decides who leads, against a partner if need be (doorzettingsmacht).
    Decide {
        /// Who leads.
        lead: PartnerId,
        /// Who decides.
        act: Act,
    },
    /// Tells the partners that reported what became of it (terugkoppelen).
    GiveFeedback {
        /// What became of it.
        outcome: Outcome,
        /// Who tells them. What he tells them beyond the outcome is sealed with it.
        act: Act,
    },
    /// Closes it.
    Resolve {
        /// Who.
        act: Act,
    },
    /// Opens it again.
    Reopen {
        /// Who.
        act: Act,
    },
}

/// Why a case refuses a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseRefusal {
    /// Nothing was opened under this id.
    #[error("there is no such case")]
    NoSuchCase,
    /// It is done; reopen it first.
    #[error("the case is closed")]
    CaseIsClosed,
    /// It is not done, so it can't be reopened.
    #[error("the case is open")]
    CaseIsOpen,
    /// The partner is not in the profile.
    #[error("{0} is no partner here")]
    NoSuchPartner(PartnerId),
    /// It leads already.
    #[error("{0} leads the case already")]
    LeadsAlready(PartnerId),
    /// Raising goes up, lowering goes down.
    #[error("the case is on rung {now}: {to} is not {direction} it")]
    WrongDirection {
        /// The rung it is on.
        now: Rung,
        /// The rung asked for.
        to: Rung,
        /// `above` or `below`.
        direction: &'static str,
    },
    /// Skipping a rung needs a note.
    #[error("from {now} to {to} skips a rung: say why in a note")]
    SkipNeedsNote {
        /// The rung it is on.
        now: Rung,
        /// The rung asked for.
        to: Rung,
    },
    /// A pause needs a note.
    #[error("a pause holds up what others wait for: say why in a note")]
    PauseNeedsNote,
    /// A pause, or what is put off, ends in the future.
    #[error("{until} is not in the future")]
    NotInTheFuture {
        /// The end that was asked for.
        until: Timestamp,
    },
    /// The policy allows no pause as long as that.
    #[error("a case may be paused until {at_most} at most, by the policy's {term}")]
    PauseTooLong {
        /// The longest there is now.
        at_most: Timestamp,
        /// The policy's term.
        term: Term,
    },
    /// Only a case on the regisseur's rung or above can be decided.
    #[error("the case is on rung {0}: it can be decided from rung regisseur on")]
    NotYetToDecide(Rung),
    /// A timer fired before its time.
    #[error("the step is due at {due_at}, not before")]
    NotYetDue {
        /// When it may.
        due_at: Timestamp,
    },
    /// No routing rule fits.
    #[error("the case can't be routed")]
    NoRoute(#[source] NoRule),
    /// The policy is not known here (yet).
    #[error("profile version {0} is not known here")]
    UnknownPolicy(u32),
    /// A term reaches beyond the calendar.
    #[error("the next term can't be counted")]
    BeyondCalendar(#[source] CalendarError),
}

impl From<CalendarError> for CaseRefusal {
    fn from(error: CalendarError) -> Self {
        Self::BeyondCalendar(error)
    }
}
