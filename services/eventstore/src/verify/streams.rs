//! Every row in order of stream and version: continuity, and one order with the positions.

use super::{Findings, Step};
use crate::fault::Fault;
use crate::log::Log;

/// Rows of the index read in one go.
const PAGE: usize = 4_096;

/// What the index of streams tells.
#[derive(Default)]
pub(super) struct Streams {
    indexed: u64,
    /// It can't be read to its end.
    damaged: bool,
    found: Findings,
}

impl Streams {
    /// What was found, also about the number of events in it.
    pub(super) fn found(mut self, events: u64) -> Findings {
        if !self.damaged && self.indexed != events {
            let indexed = self.indexed;
            self.found.note(0, format!("the index of streams holds {indexed} events, the log {events}"));
        }
        self.found
    }
}

/// Looks at every row of the index up to position `until`.
pub(super) async fn look(log: &Log, until: i64) -> Result<Streams, Fault> {
    let mut after = (Vec::new(), i64::MIN);
    let mut stream = Stream::default();
    let mut streams = Streams::default();
    loop {
        let page = match log.backend().by_stream(&after, PAGE).await? {
            Ok(page) => page,
            Err(damage) => {
                streams.found.note(0, format!("the index of streams is damaged: {damage}"));
                streams.damaged = true;
                return Ok(streams);
            }
        };
        if let Some(last) = page.last() {
            after = (last.stream.clone(), last.version);
        }
        let full = page.len() == PAGE;
        for step in page.into_iter().filter(|step| step.position <= until) {
            streams.indexed += 1;
            stream.follow(step, &mut streams.found);
        }
        if !full {
            return Ok(streams);
        }
    }
}

/// How far one stream has been followed.
#[derive(Default)]
struct Stream {
    name: Vec<u8>,
    version: i64,
    position: i64,
}

impl Stream {
    fn follow(&mut self, step: Step, found: &mut Findings) {
        if step.stream != self.name {
            *self = Self { name: step.stream, version: 0, position: 0 };
        }
        if step.version != self.version + 1 {
            let was = self.version;
            found
                .note(step.position, format!("version {} of its stream follows version {was}", step.version));
        } else if step.position <= self.position {
            found.note(step.position, "it stands before an earlier event of its stream");
        }
        (self.version, self.position) = (step.version, step.position);
    }
}
