//! One signal, all the way in.

use seinhuis_contract::status::Problem;
use seinhuis_domain::ids::SignalId;
use seinhuis_domain::signal::{ReportSignal, Signal, SignalFacts};
use seinhuis_eventstore::keyring::SealError;
use seinhuis_eventstore::{Committed, Context};
use seinhuis_runtime::trace::Step;

use crate::caller::Caller;
use crate::checked::Checked;
use crate::incoming::Incoming;
use crate::rate::Rate;
use crate::validate::{self, Rules};
use crate::{Ingest, problem, pseudonyms, seal};

/// A signal that is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reported {
    pub(crate) id: SignalId,
    pub(crate) committed: Committed,
}

impl Ingest {
    /// Takes a signal in. The cheap checks come first: what breaks a rule costs no key, and no disk.
    pub(crate) async fn report(
        &self,
        caller: &Caller,
        rate: &Rate,
        incoming: Option<Incoming>,
        step: &Step,
    ) -> Result<Reported, Problem> {
        step.word("seinhuis.sector", caller.sector.as_str());
        let (now, directory) = (self.now(), (self.parts().directory)());
        let rules = Rules { map: directory.areas(), now, clock_skew: self.parts().limits.clock_skew };
        let signal = validate::signal(incoming, &rules)?;
        step.word("seinhuis.kind", signal.kind.code()).area(signal.area.as_str());
        rate.take().map_err(|retry_after| Problem::RateLimited { retry_after })?;
        let id = SignalId::of(&caller.partner, &signal.reference);
        let municipality = directory.areas().municipality().map_or("", |area| area.code.as_str());
        let facts = self.sealed(caller, signal, id, municipality).await?;
        let context = Context { actor: caller.actor.clone(), at: now, trace: step.traceparent() };
        let command = ReportSignal { facts: Box::new(facts), now };
        let done = self.parts().log.execute_new::<Signal>(&(), &id.to_string(), command, &context).await;
        let committed = done.map_err(problem::of_execute)?;
        step.number("seinhuis.position", committed.position.0);
        Ok(Reported { id, committed })
    }

    /// The facts of a signal, with everything personal in its envelope.
    async fn sealed(
        &self,
        caller: &Caller,
        signal: Checked,
        id: SignalId,
        municipality: &str,
    ) -> Result<SignalFacts, Problem> {
        let keyring = &self.parts().keyring;
        // Somebody may be erased between the two steps. Whoever is still reported then is somebody new.
        for _ in 0..2 {
            let known = pseudonyms::of(keyring, &signal, id, &caller.partner, municipality).await;
            let known = known.map_err(|fault| problem::of_fault(&fault))?;
            match seal::of(keyring, &signal, id, &known).await {
                Ok(sealed) => {
                    return Ok(SignalFacts {
                        partner: caller.partner.clone(),
                        reference: signal.reference,
                        kind: signal.kind,
                        occurred_at: signal.occurred_at,
                        area: signal.area,
                        urgency: signal.urgency,
                        channel: signal.channel,
                        subjects: seal::once_each(&known.persons),
                        household: known.household,
                        place: known.place,
                        #[cfg(feature = "tomorrow")]
                        tomorrow: Some(caller.partner.to_string()),
                        sealed,
                    });
                }
                Err(SealError::Erased { .. }) => {}
                Err(SealError::Fault(fault)) => return Err(problem::of_fault(&fault)),
                Err(SealError::Parts { reason }) => {
                    tracing::error!(reason, "a checked signal doesn't fit an envelope");
                    return Err(Problem::Internal);
                }
            }
        }
        Err(Problem::Conflict)
    }
}
