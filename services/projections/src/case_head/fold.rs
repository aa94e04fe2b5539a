//! The heads that a page touches: loaded together, folded, saved together.

use std::collections::BTreeMap;

use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::ids::CaseId;

use super::CaseHead;
use crate::backend::Draft;
use crate::entry::Entry;
use crate::fault::Fault;
use crate::table::Table;

/// Brings the heads in `table` up to the end of `page`.
pub(crate) async fn fold(page: &[Entry], table: &Table, draft: &mut Draft<'_>) -> Result<(), Fault> {
    let Some(last) = page.last() else { return Ok(()) };
    draft.fold(table, Entry::cases(page), last.position(), |heads| take_in(page, heads)).await
}

fn take_in(page: &[Entry], heads: &mut BTreeMap<CaseId, CaseHead>) {
    for entry in page {
        match entry.case() {
            Some((id, CaseEvent::CaseOpened(opened))) => {
                heads.insert(id, CaseHead::opened(opened, entry.position()));
            }
            Some((id, event)) => {
                if let Some(head) = heads.get_mut(&id) {
                    head.apply(event, entry.position());
                }
            }
            None => {}
        }
    }
}
