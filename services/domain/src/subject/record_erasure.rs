//! Recording that a subject's keys are gone.

use super::{Subject, SubjectEvent, SubjectRefusal};
use crate::ids::SubjectId;

/// Records what was ordered as done. Whoever finds it done already adds nothing.
pub(super) fn record_erasure(subject: &Subject, id: SubjectId) -> Result<Vec<SubjectEvent>, SubjectRefusal> {
    match subject.ordered {
        _ if subject.erased => Ok(vec![]),
        None => Err(SubjectRefusal::NotOrdered),
        Some(reason) => Ok(vec![SubjectEvent::SubjectErased { subject: id, reason }]),
    }
}

#[cfg(test)]
mod specs {
    use super::super::SubjectCommand;
    use super::super::given::{erased, leads_to, ordered, subject};
    use super::*;

    #[test]
    fn what_was_ordered_is_recorded_once_with_its_reason() {
        let record = || SubjectCommand::RecordErasure { subject: subject() };
        leads_to(&[ordered()], record(), Ok(vec![erased()]));
        leads_to(&[ordered(), erased()], record(), Ok(vec![]));
        leads_to(&[erased()], record(), Ok(vec![]));
    }

    #[test]
    fn nothing_is_erased_that_nobody_ordered() {
        let record = SubjectCommand::RecordErasure { subject: subject() };
        leads_to(&[], record, Err(SubjectRefusal::NotOrdered));
    }
}
