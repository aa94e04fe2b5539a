//! Every fact the log can hold, as one type: what followers read.

use crate::area::AreasEvent;
use crate::case::CaseEvent;
use crate::notice::NoticeEvent;
use crate::partner::PartnerEvent;
use crate::person::PersonEvent;
use crate::profile::ProfileEvent;
use crate::signal::SignalEvent;
use crate::subject::SubjectEvent;

/// One event of any aggregate.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// About the municipality's configuration.
    Profile(ProfileEvent),
    /// About the imported map.
    Areas(AreasEvent),
    /// About an organisation.
    Partner(PartnerEvent),
    /// About an official.
    Person(PersonEvent),
    /// About a signal.
    Signal(SignalEvent),
    /// About a case.
    Case(CaseEvent),
    /// About a notice.
    Notice(NoticeEvent),
    /// About a subject.
    Subject(SubjectEvent),
}

/// The stored name and schema version of every event: what a golden file pins.
pub const STORED_NAMES: &[(&str, u32)] = &[
    ("areas.imported", 1),
    ("case.acknowledged", 1),
    ("case.decided", 1),
    ("case.feedback_given", 1),
    ("case.handed_over", 1),
    ("case.lead_assigned", 1),
    ("case.lead_refused", 1),
    ("case.made_integral", 1),
    ("case.opened", 1),
    ("case.paused", 1),
    ("case.policy_migrated", 1),
    ("case.reminded", 1),
    ("case.reopened", 1),
    ("case.resolved", 1),
    ("case.resumed", 1),
    ("case.rung_lowered", 1),
    ("case.rung_reached", 1),
    ("case.signal_attached", 1),
    ("case.snoozed", 1),
    ("case.step_planned", 1),
    ("notice.delivered", 1),
    ("notice.failed", 1),
    ("notice.replayed", 1),
    ("notice.withdrawn", 1),
    ("partner.registered", 1),
    ("partner.token_issued", 1),
    ("partner.token_revoked", 1),
    ("person.admitted", 1),
    ("person.token_issued", 1),
    ("person.token_revoked", 1),
    ("profile.adopted", 1),
    ("signal.reported", 1),
    ("subject.erased", 2),
    ("subject.erasure_ordered", 1),
    ("subject.held", 1),
    ("subject.hold_lifted", 1),
];
