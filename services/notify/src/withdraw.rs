//! Notices that were held and of which nothing is left to tell by now: they are withdrawn, and that is recorded.

use cqrs_es::Aggregate;
use jiff::Timestamp;
use seinhuis_domain::case::Case;
use seinhuis_domain::event::Event;
use seinhuis_domain::notice::{Moot, Tells, moot};
use seinhuis_eventstore::{Fault, Log, StreamId};
use seinhuis_projections::NoticeRow;

/// Why `notice` is to be withdrawn, which `goes_out` then; none where it isn't. One that was to go out at once is sent in any
/// case.
pub(crate) async fn why(log: &Log, notice: &NoticeRow, goes_out: Timestamp) -> Result<Option<Moot>, Fault> {
    if goes_out <= notice.at {
        return Ok(None);
    }
    let stream = StreamId::new(Case::TYPE, &notice.case.to_string());
    let mut case = Case::default();
    for recorded in log.read_stream(&stream).await? {
        if let Event::Case(event) = recorded.event()? {
            case.apply(event);
        }
    }
    let reminds_of = notice.reminder.and(notice.deadline);
    let tells = Tells { rung: notice.rung, cycle: notice.cycle, reminds_of };
    Ok(case.state().and_then(|state| moot(state, tells)))
}
