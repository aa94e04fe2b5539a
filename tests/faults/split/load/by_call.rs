//! A partner that makes a call for each signal, several at a time.

use std::sync::Arc;
use std::time::Duration;

use seinhuis::client::Authed;
use seinhuis::send::may_retry;
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::care_ingest_service_client::CareIngestServiceClient;
use seinhuis_contract::proto::ingest::v1::police_ingest_service_client::PoliceIngestServiceClient;
use seinhuis_contract::proto::ingest::v1::receipt::Outcome;
use seinhuis_contract::proto::ingest::v1::{
    CareIngestServiceReportRequest, PoliceIngestServiceReportRequest, Receipt,
};
use tokio::sync::{Semaphore, watch};
use tokio::time::interval;
use tonic::Status;

use super::books::Shared;
use super::channels::{Channels, heard};
use super::signals::{Flight, Signals};

/// Calls under way, at the most.
const IN_FLIGHT: u32 = 64;

pub(super) struct ByCall {
    pub(super) signals: Signals,
    pub(super) channels: Channels,
    pub(super) books: Shared,
    pub(super) rate: f64,
    pub(super) stopped: watch::Receiver<bool>,
}

impl ByCall {
    pub(super) async fn run(mut self, number: usize) {
        let mut tick = interval(Duration::from_secs_f64(1.0 / self.rate));
        let places = Arc::new(Semaphore::new(IN_FLIGHT as usize));
        let mut turn = number;
        while !*self.stopped.borrow() {
            tokio::select! {
                _ = tick.tick() => {}
                _ = self.stopped.changed() => break,
            }
            let place = Arc::clone(&places).acquire_owned().await.unwrap();
            let flight = self.signals.next();
            self.books.sent(flight.sent.clone());
            turn += 1;
            let (channels, books) = (self.channels.clone().beginning_at(turn), self.books.clone());
            tokio::spawn(async move {
                until_acknowledged(flight, channels, books).await;
                drop(place);
            });
        }
        // Whoever is under way still holds a place.
        drop(places.acquire_many(IN_FLIGHT).await.unwrap());
    }
}

/// What is sent once more goes another way: it has its first receipt again, whoever took it in.
async fn until_acknowledged(flight: Flight, mut channels: Channels, books: Shared) {
    let mut left = if flight.twice { 2 } else { 1 };
    loop {
        match heard(report(channels.current(), flight.message.clone())).await {
            Ok(Receipt { outcome: Some(Outcome::Accepted(accepted)), .. }) => {
                books.acknowledged(flight.sent.id(), accepted.position);
                left -= 1;
                if left == 0 {
                    return;
                }
            }
            Ok(other) => return books.refused(format!("{}: {other:?}", flight.sent.reference)),
            Err(status) if may_retry(status.code()) => books.retried(),
            Err(status) => return books.refused(format!("{}: {status}", flight.sent.reference)),
        }
        channels.turn().await;
    }
}

async fn report(hub: Authed, signal: SectorSignal) -> Result<Receipt, Status> {
    let receipt = match signal {
        SectorSignal::Police(signal) => {
            let request = PoliceIngestServiceReportRequest { signal: Some(signal) };
            PoliceIngestServiceClient::new(hub).report(request).await?.into_inner().receipt
        }
        SectorSignal::Care(signal) => {
            let request = CareIngestServiceReportRequest { signal: Some(signal) };
            CareIngestServiceClient::new(hub).report(request).await?.into_inner().receipt
        }
        SectorSignal::Housing(_) | SectorSignal::Municipal(_) => {
            unreachable!("its partner reports by stream")
        }
    };
    receipt.ok_or_else(|| Status::internal("an answer without a receipt"))
}
