//! The heads that a page touches: loaded together, folded, saved together.

use std::collections::BTreeMap;

use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::ids::CaseId;

use super::CaseHead;
use crate::backend::Draft;
use crate::cell::Cell;
use crate::entry::Entry;
use crate::fault::Fault;
use crate::table::Table;

/// Brings the heads in `table` up to the end of `page`.
pub(crate) async fn fold(page: &[Entry], table: &Table, draft: &mut Draft) -> Result<(), Fault> {
    let mut known: Vec<Cell> = page.iter().filter_map(Entry::case).map(|(id, _)| id.into()).collect();
    known.sort_unstable();
    known.dedup();
    let mut heads: BTreeMap<CaseId, CaseHead> = BTreeMap::new();
    for row in draft.load(table, known).await? {
        let head = CaseHead::read(row)?;
        heads.insert(head.id, head);
    }
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
    draft.put(table, heads.values().map(CaseHead::cells).collect()).await
}
