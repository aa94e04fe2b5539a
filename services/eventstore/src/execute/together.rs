//! Many aggregates read at once: a trip to the database for a piece of them, and not for each.

use std::collections::HashMap;

use cqrs_es::Aggregate;
use futures::stream::{self, StreamExt};
use seinhuis_domain::fact::Fact;

use super::{Loaded, folded};
use crate::event::Recorded;
use crate::log::Log;
use crate::stream::StreamId;

/// Streams read in one trip.
const PIECE: usize = 128;
/// Trips at the same moment.
const TRIPS: usize = 4;

impl Log {
    /// The aggregates of these streams. Those of a piece that can't be read are left out: who reads them alone is told why.
    pub(super) async fn load_together<A>(&self, streams: &[StreamId]) -> HashMap<StreamId, Loaded<A>>
    where
        A: Aggregate,
        A::Event: Fact,
    {
        let trips: Vec<_> = streams.chunks(PIECE).map(|piece| self.read_piece(piece)).collect();
        let read: Vec<_> = stream::iter(trips).buffer_unordered(TRIPS).collect().await;
        let loaded = read.into_iter().flatten().map(|(stream, rows)| Some((stream, folded(rows).ok()?)));
        loaded.flatten().collect()
    }

    async fn read_piece(&self, piece: &[StreamId]) -> HashMap<StreamId, Vec<Recorded>> {
        let Ok(rows) = self.read_streams(piece).await else { return HashMap::new() };
        // One without events is an aggregate too.
        let mut by_stream: HashMap<_, _> = piece.iter().map(|stream| (stream.clone(), vec![])).collect();
        for row in rows {
            by_stream.entry(row.stream.clone()).or_default().push(row);
        }
        by_stream
    }
}
