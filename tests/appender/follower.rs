//! A follower inside a process that also appends: what it was given, page by page.

use seinhuis_eventstore::{Fault, Log, Position};
use seinhuis_tests::told::{Page, Told};

use crate::mouth::Mouth;

/// The largest page.
const PAGE: usize = 256;

/// Follows from the beginning; ends only when a page has a gap, and says where.
pub(crate) async fn follow(log: Log, mouth: Mouth) -> String {
    let mut tail = log.tail(Position::START);
    loop {
        match tail.next(PAGE).await {
            Ok(page) => {
                let positions: Vec<u64> = page.events.iter().map(|event| event.position.0).collect();
                let (Some(first), Some(last)) = (positions.first(), positions.last()) else {
                    return "a page without events".to_owned();
                };
                if !positions.iter().copied().eq(*first..=*last) {
                    return format!("a page with a gap: {positions:?}");
                }
                mouth.tell(&Told::Saw(Page { first: *first, last: *last, at: mouth.now() }));
            }
            Err(fault @ Fault::Unavailable { .. }) => mouth.fault_of_reading(&fault).await,
            Err(other) => return other.to_string(),
        }
    }
}
