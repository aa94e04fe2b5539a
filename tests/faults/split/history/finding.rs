//! What can be wrong with a run. Each names the place in the log or the id where it is.

use jiff::Timestamp;
use seinhuis_domain::ids::{CaseId, NoticeId, SignalId, SubjectId};
use seinhuis_domain::ladder::Rung;

use super::Moment;

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Finding {
    // The log itself.
    #[error("position {found} follows where {expected} was due")]
    NotDense { expected: u64, found: u64 },
    #[error("at {position}: version {found} of {stream} where {expected} was due")]
    Version { stream: String, expected: u64, found: u64, position: u64 },
    #[error("verify: {what}")]
    Unsound { what: String },
    #[error("read model {model} differs from its rebuild")]
    ModelDiffers { model: String },

    // Receipts.
    #[error("{reference} was acknowledged at {told} and is not in the log")]
    Lost { reference: String, told: u64 },
    #[error("{reference} was acknowledged at {told} and stands at {found}")]
    Elsewhere { reference: String, told: u64, found: u64 },
    #[error("{reference} stands at {first} and again at {again}")]
    Doubled { reference: String, first: u64, again: u64 },
    #[error("at {position}: {reference} is not what its partner sent")]
    OtherContent { reference: String, position: u64 },
    #[error("at {position}: nobody sent {reference}")]
    Unsent { reference: String, position: u64 },
    #[error("at {position}: household {key:?} has another pseudonym than at {before}")]
    OtherPseudonym { key: String, before: u64, position: u64 },
    #[error("at {position}: household {key:?} shares its pseudonym with {other:?}")]
    SharedPseudonym { key: String, other: String, position: u64 },
    #[error("{by} was told that an act on {case} stands at {position}, and it does not")]
    ActLost { case: CaseId, by: String, position: u64 },

    // Cases.
    #[error("signal {signal} at {position} is in no case")]
    Unplaced { signal: SignalId, position: u64 },
    #[error("at {position}: signal {signal} joins {case}, and is in {before} already")]
    InTwoCases { signal: SignalId, before: CaseId, case: CaseId, position: u64 },
    #[error("at {position}: {case} takes in signal {signal}, which is not in the log before it")]
    FromNowhere { signal: SignalId, case: CaseId, position: u64 },
    #[error("at {position}: {case} is opened beside {other}, which is open for the same household")]
    OpenedBeside { case: CaseId, other: CaseId, position: u64 },

    // Rungs.
    #[error("at {again}: {case} reaches {rung} in cycle {cycle} as it did at {first}")]
    RungTwice { case: CaseId, rung: Rung, cycle: u32, first: u64, again: u64 },
    #[error("at {position}: {case} climbs by a timer it did not have")]
    NotPlanned { case: CaseId, position: u64 },
    #[error("at {position}: {case} climbs before {due}")]
    Early { case: CaseId, due: Timestamp, position: u64 },
    #[error("at {position}: the term after {due} does not count from it")]
    CountedFromFiring { case: CaseId, due: Timestamp, position: u64 },
    #[error("{case} was due on {rung} at {due} (planned at {position}) and never came there")]
    NeverFired { case: CaseId, rung: Rung, due: Timestamp, position: u64 },

    // Notices.
    #[error("notice {notice} of the climb at {position} has no outcome")]
    Untold { notice: NoticeId, position: u64 },
    #[error("at {again}: notice {notice} is settled as it was at {first}")]
    SettledTwice { notice: NoticeId, first: u64, again: u64 },
    #[error("at {position}: notice {notice} failed: {reason}")]
    NotDelivered { notice: NoticeId, position: u64, reason: String },
    #[error("at {position}: the outcome of notice {notice}, which no climb made")]
    OutcomeOfNothing { notice: NoticeId, position: u64 },
    #[error("notice {notice} was delivered at {position}, and no mail came")]
    NoMail { notice: NoticeId, position: u64 },
    #[error("a mail came of notice {notice}, which no climb made")]
    MailOfNothing { notice: NoticeId },
    #[error("notice {notice} came again after {after:?} without a crash to explain it")]
    SentAgain { notice: NoticeId, after: Moment },
    #[error("notice {notice} came again after {after:?}, when it was settled at {position} already")]
    SentAfterSettled { notice: NoticeId, after: Moment, position: u64 },

    // Erasures.
    #[error("{subject} was to be erased by the order at {position}, and is not")]
    NotErased { subject: SubjectId, position: u64 },
    #[error("at {again}: {subject} is erased as at {first}")]
    ErasedTwice { subject: SubjectId, first: u64, again: u64 },
    #[error("at {position}: {subject} is erased, and nobody asked for it")]
    ErasedUnasked { subject: SubjectId, position: u64 },

    // The feed.
    #[error("at {position}: a public fact that was not published")]
    NotPublished { position: u64 },
    #[error("the fact at {position} is published again")]
    PublishedTwice { position: u64 },
    #[error("the fact at {position} is published after the one at {after}")]
    PublishedLate { position: u64, after: u64 },
    #[error("what is published of {position} is not what stands there")]
    PublishedOtherwise { position: u64 },
    #[error("{id:?} is published, and no public fact is called so")]
    PublishedOfNothing { id: String },

    // Leases.
    #[error("lease {lease}: epoch {to} after {from}")]
    EpochFell { lease: String, from: u64, to: u64 },
    #[error("lease {lease}: epoch {epoch} was held by {one} and by {other}")]
    TwoHolders { lease: String, epoch: u64, one: String, other: String },
    #[error("{role}: nothing from a successor within {within:?}")]
    NoSuccessor { role: String, within: Moment },
    #[error("{role}: the successor was at work after {took:?}")]
    SlowTakeover { role: String, took: Moment },
}

impl Finding {
    /// Whether it may still come right while the hub works on.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Unplaced { .. }
                | Self::NeverFired { .. }
                | Self::Untold { .. }
                | Self::NoMail { .. }
                | Self::NotErased { .. }
                | Self::NotPublished { .. }
        )
    }
}
