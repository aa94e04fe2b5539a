//! Signal: what a partner reports. One immutable fact per signal.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::area::AreaCode;
use crate::fact::Fact;
use crate::ids::{PartnerId, SubjectId};
use crate::kind::Kind;
use crate::sealed::Sealed;
use crate::sector::Urgency;

mod report;

pub use report::{ReportSignal, SignalRefusal};

/// What the hub knows of a signal. Nothing personal: persons, households and places are pseudonyms, and what
/// identifies them lies in the sealed part (INV-9).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalFacts {
    /// Who reported.
    pub partner: PartnerId,
    /// What the partner calls it.
    pub reference: String,
    /// What it is about.
    pub kind: Kind,
    /// When it happened, by the partner's clock.
    pub occurred_at: Timestamp,
    /// Where.
    pub area: AreaCode,
    /// How fast somebody must look.
    pub urgency: Urgency,
    /// How it reached the partner: `phone`, `desk`, `app` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The persons it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<SubjectId>,
    /// The household it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<SubjectId>,
    /// The place it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<SubjectId>,
    /// What a later version adds.
    #[cfg(feature = "tomorrow")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tomorrow: Option<String>,
    /// The personal part, sealed. Stored beside the payload.
    #[serde(skip)]
    pub sealed: Option<Sealed>,
}

/// What happened to a signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum SignalEvent {
    /// A partner reported it.
    #[serde(rename = "signal.reported")]
    SignalReported(Box<SignalFacts>),
}

impl DomainEvent for SignalEvent {
    fn event_type(&self) -> String {
        "signal.reported".into()
    }
    fn event_version(&self) -> String {
        "1".into()
    }
}

impl Fact for SignalEvent {
    fn area(&self) -> Option<&AreaCode> {
        let Self::SignalReported(facts) = self;
        Some(&facts.area)
    }

    fn sealed(&self) -> Option<&Sealed> {
        let Self::SignalReported(facts) = self;
        facts.sealed.as_ref()
    }

    fn attach_sealed(&mut self, sealed: Sealed) {
        let Self::SignalReported(facts) = self;
        facts.sealed = Some(sealed);
    }
}

/// One signal as reported.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Signal {
    reported: Option<Box<SignalFacts>>,
}

impl Aggregate for Signal {
    const TYPE: &'static str = "signal";
    type Command = ReportSignal;
    type Event = SignalEvent;
    type Error = SignalRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: ReportSignal,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), SignalRefusal> {
        if let Some(event) = report::decide(self.reported.as_deref(), command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: SignalEvent) {
        let SignalEvent::SignalReported(facts) = event;
        self.reported = Some(facts);
    }
}
