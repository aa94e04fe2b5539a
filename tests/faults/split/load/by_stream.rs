//! A partner with one long-lived stream. When it breaks, what has no receipt goes first on the next one.

use std::collections::VecDeque;
use std::time::Duration;

use futures::StreamExt;
use seinhuis::door;
use seinhuis::send::may_retry;
use seinhuis_contract::proto::ingest::v1::Receipt;
use seinhuis_contract::proto::ingest::v1::receipt::Outcome;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, interval, sleep_until};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::books::Shared;
use super::channels::{Channels, SILENCE, heard};
use super::signals::{Flight, Signals};

/// Signals without a receipt, at the most.
const IN_FLIGHT: usize = 256;

pub(super) struct ByStream {
    pub(super) signals: Signals,
    pub(super) channels: Channels,
    pub(super) books: Shared,
    pub(super) rate: f64,
    pub(super) stopped: watch::Receiver<bool>,
}

impl ByStream {
    pub(super) async fn run(mut self, number: usize) {
        self.channels = self.channels.beginning_at(number);
        let mut open = VecDeque::new();
        while let Err(status) = self.one_stream(&mut open).await {
            if !may_retry(status.code()) {
                return self.books.refused(status);
            }
            self.books.retried();
            self.channels.turn().await;
        }
    }

    /// Until everything is acknowledged after the stop, or the stream breaks.
    async fn one_stream(&mut self, open: &mut VecDeque<Flight>) -> Result<(), Status> {
        let (to_hub, signals) = mpsc::channel(2 * IN_FLIGHT);
        for flight in open.iter() {
            // There is room for all that may be in flight.
            to_hub.try_send(flight.message.clone()).unwrap();
        }
        let opening =
            door::report(self.channels.current(), self.signals.sector(), ReceiverStream::new(signals));
        let mut receipts = heard(opening).await?;
        let mut tick = interval(Duration::from_secs_f64(1.0 / self.rate));
        let mut silent_at = Instant::now() + SILENCE;
        loop {
            let stopped = *self.stopped.borrow();
            if stopped && open.is_empty() {
                return Ok(());
            }
            tokio::select! {
                _ = tick.tick(), if !stopped && open.len() < IN_FLIGHT => {
                    if open.is_empty() {
                        silent_at = Instant::now() + SILENCE;
                    }
                    let flight = self.signals.next();
                    self.books.sent(flight.sent.clone());
                    // A stream that is gone says so through its receipts.
                    let _ = to_hub.try_send(flight.message.clone());
                    open.push_back(flight);
                }
                receipt = receipts.next() => {
                    let receipt = receipt.unwrap_or_else(|| Err(Status::unavailable("the hub ended the stream")))?;
                    silent_at = Instant::now() + SILENCE;
                    self.take(receipt, open)?;
                }
                _ = self.stopped.changed(), if !stopped => {}
                () = sleep_until(silent_at), if !open.is_empty() => return Err(Status::deadline_exceeded("silence")),
            }
        }
    }

    /// Receipts come in the order of the signals.
    fn take(&self, receipt: Receipt, open: &mut VecDeque<Flight>) -> Result<(), Status> {
        let sent = &open.front().unwrap().sent;
        match receipt.outcome {
            Some(Outcome::Accepted(accepted)) if receipt.reference == sent.reference => {
                self.books.acknowledged(sent.id(), accepted.position);
            }
            // All of it is sent again.
            Some(Outcome::Refused(refused)) if refused.retryable => {
                return Err(Status::unavailable(refused.message));
            }
            other => self.books.refused(format!("{}: {}: {other:?}", sent.reference, receipt.reference)),
        }
        open.pop_front();
        Ok(())
    }
}
