//! Moves the rows to the hub: bounded in flight, receipts matched by ordinal, and again whatever may be tried again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{bail, ensure};
use futures::StreamExt;
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::receipt::Outcome as Answer;
use seinhuis_contract::proto::ingest::v1::{Disposition, Receipt, Refused};
use seinhuis_contract::time;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::books::Books;
use super::ledger::Outcome;
use super::map::Mapping;
use super::patience::{Left, Patience, may_retry};
use super::reader::Taken;
use super::refusal::Refusal;
use super::row::Row;
use super::source::SourceError;
use crate::client::Authed;
use crate::door::{self, Receipts};

/// How long the hub gets to end a stream from which nothing is due any more.
const FAREWELL: Duration = Duration::from_secs(1);

/// A signal without its final receipt.
struct Flight {
    number: u64,
    row: Row,
    byte: u64,
    signal: SectorSignal,
}

/// How a stream ended.
enum End {
    /// Every row is settled.
    Done,
    /// The stream broke with this status.
    Broken(Status),
}

/// One run of one file.
pub(super) struct Pump {
    hub: Authed,
    mapping: Arc<Mapping>,
    rows: mpsc::Receiver<Result<Taken, SourceError>>,
    exhausted: bool,
    in_flight: usize,
    patience: Patience,
    left: Left,
    /// What must be sent, first or again, oldest first.
    waiting: VecDeque<Flight>,
    /// What was sent on this stream and has no receipt, oldest first.
    flying: VecDeque<Flight>,
    pub(super) books: Books,
}

impl Pump {
    pub(super) fn new(
        hub: Authed,
        mapping: Arc<Mapping>,
        rows: mpsc::Receiver<Result<Taken, SourceError>>,
        in_flight: usize,
        patience: Patience,
        books: Books,
    ) -> Self {
        let (waiting, flying) = (VecDeque::new(), VecDeque::new());
        let (exhausted, left) = (false, Left::of(patience));
        Self { hub, mapping, rows, exhausted, in_flight, patience, left, waiting, flying, books }
    }

    /// Until every row is settled, over as many streams as it takes.
    pub(super) async fn run(&mut self) -> anyhow::Result<()> {
        loop {
            let status = match self.stream().await? {
                End::Done => return Ok(()),
                End::Broken(status) => status,
            };
            self.books.keep()?;
            ensure!(may_retry(status.code()), "the hub refuses the stream: {}", told(&status));
            let Some(pause) = self.left.pause(None) else {
                bail!("the hub can't be reached: {}", told(&status));
            };
            self.books.retried(&format!("stream lost ({}); again in {pause:?}", told(&status)));
            sleep(pause).await;
        }
    }

    /// One stream, from its opening to its end. What has no receipt then waits to be sent again.
    async fn stream(&mut self) -> anyhow::Result<End> {
        let (to_hub, signals) = mpsc::channel(self.in_flight);
        let end = match timeout(
            self.patience.silence,
            door::report(self.hub.clone(), self.mapping.sector, ReceiverStream::new(signals)),
        )
        .await
        {
            Ok(Ok(receipts)) => self.converse(to_hub, receipts).await?,
            Ok(Err(status)) => End::Broken(status),
            Err(_) => End::Broken(self.silent()),
        };
        self.waiting.extend(self.flying.drain(..));
        self.waiting.make_contiguous().sort_by_key(|flight| flight.number);
        Ok(end)
    }

    async fn converse(
        &mut self,
        to_hub: mpsc::Sender<SectorSignal>,
        mut receipts: Receipts,
    ) -> anyhow::Result<End> {
        let (mut ordinal, mut heard, mut paused) = (0, Instant::now(), None);
        loop {
            if paused.is_none() && self.send_waiting(&to_hub) {
                heard = Instant::now();
            }
            if self.exhausted && self.waiting.is_empty() && self.flying.is_empty() {
                drop(to_hub);
                // A hub that doesn't say goodbye has still acknowledged everything.
                let _ = timeout(FAREWELL, receipts.next()).await;
                return Ok(End::Done);
            }
            tokio::select! {
                taken = self.rows.recv(), if paused.is_none() && self.has_room() => self.take_up(taken)?,
                receipt = receipts.next() => match receipt {
                    Some(Ok(receipt)) => {
                        (ordinal, heard) = (ordinal + 1, Instant::now());
                        if let Some(refused) = self.receive(ordinal, receipt)? && paused.is_none() {
                            paused = Some(heard + self.pause_for(&refused)?);
                        }
                    }
                    Some(Err(status)) => return Ok(End::Broken(status)),
                    None => return Ok(End::Broken(Status::unavailable("the hub ended the stream"))),
                },
                () = sleep_until(paused.unwrap_or(heard)), if paused.is_some() => paused = None,
                () = sleep_until(heard + self.patience.silence), if !self.flying.is_empty() => {
                    return Ok(End::Broken(self.silent()));
                }
            }
        }
    }

    fn silent(&self) -> Status {
        Status::deadline_exceeded(format!("no word from the hub for {:?}", self.patience.silence))
    }

    /// Sends what waits. True when these are the first signals in flight.
    fn send_waiting(&mut self, to_hub: &mpsc::Sender<SectorSignal>) -> bool {
        let none_flew = self.flying.is_empty();
        while let Some(flight) = self.waiting.pop_front() {
            // There is room for all that may be in flight; a stream that is gone says so through its receipts.
            if to_hub.try_send(flight.signal.clone()).is_err() {
                self.waiting.push_front(flight);
                break;
            }
            self.flying.push_back(flight);
        }
        none_flew && !self.flying.is_empty()
    }

    fn has_room(&self) -> bool {
        !self.exhausted && self.waiting.is_empty() && self.books.open_rows() < self.in_flight
    }

    /// Takes up a row, and with it those that lie ready.
    fn take_up(&mut self, taken: Option<Result<Taken, SourceError>>) -> anyhow::Result<()> {
        let mut next = taken;
        loop {
            match next {
                None => {
                    self.exhausted = true;
                    return Ok(());
                }
                Some(taken) => self.admit(taken?)?,
            }
            if self.books.open_rows() >= self.in_flight {
                return Ok(());
            }
            next = match self.rows.try_recv() {
                Ok(taken) => Some(taken),
                Err(mpsc::error::TryRecvError::Disconnected) => None,
                Err(mpsc::error::TryRecvError::Empty) => return Ok(()),
            };
        }
    }

    fn admit(&mut self, taken: Taken) -> anyhow::Result<()> {
        let number = self.books.take_up();
        let Taken { row, byte, signal } = taken;
        match signal {
            Ok(signal) => self.waiting.push_back(Flight { number, row, byte, signal }),
            Err(refusal) => self.books.settle(number, byte, Outcome::Refused(refusal))?,
        }
        Ok(())
    }

    /// Settles the oldest signal in flight. Gives the refusal when it must be sent again.
    fn receive(&mut self, ordinal: u64, receipt: Receipt) -> anyhow::Result<Option<Refused>> {
        let due = self.flying.pop_front().filter(|_| receipt.ordinal == ordinal);
        let Some(flight) = due else {
            bail!("the hub sent receipt {} where {ordinal} was due", receipt.ordinal);
        };
        let outcome = match receipt.outcome {
            Some(Answer::Accepted(accepted)) if accepted.disposition() == Disposition::New => Outcome::New,
            Some(Answer::Accepted(_)) => Outcome::Duplicate,
            Some(Answer::Refused(refused)) if refused.retryable => {
                self.waiting.push_back(flight);
                return Ok(Some(refused));
            }
            Some(Answer::Refused(refused)) => {
                Outcome::Refused(Refusal::by_hub(&self.mapping, &flight.row, &receipt.reference, &refused))
            }
            None => bail!("the hub sent a receipt without an outcome for line {}", flight.row.line),
        };
        self.left.renew();
        self.books.settle(flight.number, flight.byte, outcome)?;
        Ok(None)
    }

    /// How long to wait before what the hub put off is sent again.
    fn pause_for(&mut self, refused: &Refused) -> anyhow::Result<Duration> {
        let asked = refused.retry_after.as_ref().map(time::span_from_wire);
        match self.left.pause(asked.and_then(|span| Duration::try_from(span).ok())) {
            Some(pause) => {
                self.books
                    .retried(&format!("the hub asks for patience ({}); again in {pause:?}", refused.message));
                Ok(pause)
            }
            None => bail!("the hub takes nothing any more: {}", refused.message),
        }
    }
}

/// A status in words, without what belongs to programs.
fn told(status: &Status) -> String {
    let code = status.code().description();
    if status.message().is_empty() {
        code.to_owned()
    } else {
        format!("{} [{:?}]", status.message(), status.code())
    }
}
