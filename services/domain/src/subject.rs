//! Subject: that a person, household or place was erased. The fact outlives the person; nothing of him does.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::ids::SubjectId;

/// Records that the key of a subject is destroyed (AVG art. 17).
#[derive(Debug, Clone)]
pub struct RecordErasure {
    /// Who was erased.
    pub subject: SubjectId,
}

/// What happened to a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum SubjectEvent {
    /// The key is gone, and with it the person.
    #[serde(rename = "subject.erased")]
    SubjectErased {
        /// The pseudonym that now stands for nobody.
        subject: SubjectId,
    },
}

impl DomainEvent for SubjectEvent {
    fn event_type(&self) -> String {
        "subject.erased".into()
    }
    fn event_version(&self) -> String {
        "1".into()
    }
}

impl Fact for SubjectEvent {}

/// Erasing is never refused here; the key store says whether the subject is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubjectRefusal {}

/// One subject.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Subject {
    erased: bool,
}

impl Aggregate for Subject {
    const TYPE: &'static str = "subject";
    type Command = RecordErasure;
    type Event = SubjectEvent;
    type Error = SubjectRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: RecordErasure,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), SubjectRefusal> {
        if !self.erased {
            sink.write(SubjectEvent::SubjectErased { subject: command.subject }, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, _: SubjectEvent) {
        self.erased = true;
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use cqrs_es::test::TestFramework;

    #[test]
    fn a_subject_is_erased_once() {
        let subject: SubjectId = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001".parse().unwrap();
        TestFramework::<Subject>::with(())
            .given(vec![SubjectEvent::SubjectErased { subject }])
            .when(RecordErasure { subject })
            .then_expect_events(vec![]);
    }
}
