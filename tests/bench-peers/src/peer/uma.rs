//! UmaDB: its server as a process of its own, asked over gRPC by its own client.

mod server;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use umadb_client::{AsyncUmaDbClient, UmaDbClient};
use umadb_dcb::{DcbAppendCondition, DcbEvent, DcbEventStoreAsync, DcbQuery, DcbQueryItem};

use super::{Held, Load, Peer};
use crate::drive::{Run, drive};
use crate::input::{Input, Next};

pub(crate) use self::server::Server;

const SINGLE: &str = "append 1, on a condition";

/// The two ways its makers measure it: one event on a condition, and a hundred on none.
const LOADS: &[Load] = &[
    Load { what: SINGLE, like: "singles", callers: 1, batch: 1 },
    Load { what: SINGLE, like: "singles", callers: 16, batch: 1 },
    Load { what: SINGLE, like: "singles", callers: 256, batch: 1 },
    Load { what: "append 100, no condition", like: "batches", callers: 16, batch: 100 },
];

/// One client, whose connection all callers share.
pub(crate) struct Uma<'a> {
    server: &'a Server,
    client: Arc<AsyncUmaDbClient>,
}

impl<'a> Uma<'a> {
    pub(crate) async fn start(server: &'a Server) -> anyhow::Result<Self> {
        let client = UmaDbClient::new(server.url()).connect_async().await;
        Ok(Self { server, client: Arc::new(client.context("UmaDB doesn't answer")?) })
    }
}

impl Peer for Uma<'_> {
    fn name(&self) -> &'static str {
        "UmaDB 0.7"
    }

    fn loads(&self) -> &'static [Load] {
        LOADS
    }

    async fn run(&self, load: &Load, input: &Arc<Input>, time: Duration) -> anyhow::Result<Run> {
        let (client, input, batch) = (Arc::clone(&self.client), Arc::clone(input), load.batch);
        drive(load.callers, time, move || {
            let (client, input) = (Arc::clone(&client), Arc::clone(&input));
            async move {
                let (events, condition) = append(&input, batch);
                client.append(events, condition, None).await.context("append")?;
                Ok(batch as u64)
            }
        })
        .await
    }

    async fn held(&self, input: &Input) -> anyhow::Result<Held> {
        let mut everything = self.client.read(None, None, false, None).await.context("read")?;
        let mut events = 0;
        loop {
            let page = everything.next_batch().await.context("read")?;
            if page.is_empty() {
                return Ok(Held { events, bytes: self.server.bytes()? });
            }
            for stored in page {
                events += 1;
                ensure!(stored.position == events, "event {events} stands at {}", stored.position);
                ensure!(input.made(&stored.event.data), "event {events} isn't what was appended");
            }
        }
    }
}

/// The events of one call. A single one is stored only if its stream is new, as the hub stores it.
fn append(input: &Input, batch: usize) -> (Vec<DcbEvent>, Option<DcbAppendCondition>) {
    let stream = input.next().stream();
    let nothing_there = DcbQuery::new().item(DcbQueryItem::new().tags([stream.as_str()]));
    let condition = (batch == 1).then(|| DcbAppendCondition::new(nothing_there));
    ((0..batch).map(|_| event(&input.next(), &stream)).collect(), condition)
}

fn event(next: &Next<'_>, stream: &str) -> DcbEvent {
    DcbEvent::new().event_type("signal.reported").tags([stream]).data(next.payload)
}
