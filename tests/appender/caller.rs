//! One caller: appends the next batch of its stream, and the same again when it can't know what became of it.

use std::time::Duration;

use seinhuis_eventstore::{AppendError, Fault, Log, StreamId, Tenure};
use seinhuis_runtime::Entropy;
use seinhuis_tests::batch::{Mark, batch};
use seinhuis_tests::told::{Receipt, Told};

use crate::mouth::Mouth;

pub(crate) struct Caller {
    pub(crate) log: Log,
    pub(crate) mouth: Mouth,
    pub(crate) by: String,
    pub(crate) stream: StreamId,
    /// What is known to be stored.
    pub(crate) version: u64,
    /// Others append to the stream too: who comes second goes on after the first.
    pub(crate) shared: bool,
    /// The longest pause, in milliseconds.
    pub(crate) pause: u64,
    pub(crate) entropy: Entropy,
    /// Of the lease it appends under. It only tells of it: a holder that doesn't look is the one to be kept out.
    pub(crate) tenure: Option<Tenure>,
}

impl Caller {
    /// Ends only when the log does what it never may, and says what.
    pub(crate) async fn append_for_ever(mut self) -> String {
        loop {
            if let Err(broken) = self.append_once().await {
                return broken;
            }
            self.rest().await;
        }
    }

    async fn append_once(&mut self) -> Result<(), String> {
        let batch = batch(&self.by, &self.stream, self.version, self.mouth.clock().now());
        let batch = batch.map_err(|error| error.to_string())?;
        let size = batch.events.len() as u64;
        match self.log.append(batch).await {
            Ok(done) => {
                self.stored(done.first.0, done.last.0, size, false);
                Ok(())
            }
            Err(AppendError::Conflict { actual, .. }) if self.shared => {
                self.version = actual;
                Ok(())
            }
            Err(AppendError::Conflict { actual, .. }) if actual == self.version + size => {
                self.find(size).await
            }
            Err(AppendError::Fault(fault @ Fault::Unavailable { .. })) => {
                self.mouth.fault(&fault).await;
                Ok(())
            }
            Err(AppendError::Fault(Fault::Fenced { epoch, .. })) => {
                let held = self.tenure.as_ref().is_some_and(Tenure::is_held);
                self.mouth.tell(&Told::Fenced { epoch, held });
                std::future::pending().await
            }
            Err(AppendError::Overloaded) => {
                tokio::task::yield_now().await;
                Ok(())
            }
            Err(other) => Err(format!("{} at {}: {other}", self.stream, self.version)),
        }
    }

    /// The batch was refused because it is there already: its answer was lost. Where does it stand?
    async fn find(&mut self, size: u64) -> Result<(), String> {
        let events = loop {
            match self.log.read_stream(&self.stream).await {
                Ok(events) => break events,
                Err(fault) => self.mouth.fault(&fault).await,
            }
        };
        let ours: Vec<_> = events.iter().filter(|event| event.version > self.version).collect();
        let marks = ours.iter().map(|event| Mark::of(event)).collect::<Vec<_>>();
        let expected = (1..=size).map(|step| {
            Some(Mark { by: self.by.clone(), stream: self.stream.to_string(), version: self.version + step })
        });
        if !marks.iter().cloned().eq(expected) {
            return Err(format!("{} holds after {} what nobody sent: {marks:?}", self.stream, self.version));
        }
        let (Some(first), Some(last)) = (ours.first(), ours.last()) else {
            return Err(format!("{} is empty after {}", self.stream, self.version));
        };
        self.stored(first.position.0, last.position.0, size, true);
        Ok(())
    }

    fn stored(&mut self, first: u64, last: u64, size: u64, found: bool) {
        let (before, version) = (self.version, self.version + size);
        let (stream, at) = (self.stream.to_string(), self.mouth.now());
        self.mouth.tell(&Told::Stored(Receipt { stream, before, version, first, last, at, found }));
        self.version = version;
    }

    async fn rest(&self) {
        if self.pause > 0 {
            let mut word = [0; 8];
            self.entropy.fill(&mut word);
            let pause = u64::from_le_bytes(word) % (self.pause * 1_000);
            tokio::time::sleep(Duration::from_micros(pause)).await;
        }
    }
}
