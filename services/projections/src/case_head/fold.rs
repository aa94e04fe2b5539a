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
    let mut known: Vec<CaseId> = page.iter().filter_map(Entry::case).map(|(id, _)| id).collect();
    known.sort_unstable();
    known.dedup();
    match draft {
        Draft::Memory(memory) => {
            if let Some(heads) = memory.heads(table, known, last.position()).await? {
                take_in(page, heads);
            }
            Ok(())
        }
        Draft::Stored(change) => {
            let mut heads = BTreeMap::new();
            for row in change.load(table, known.into_iter().map(Into::into).collect()).await? {
                let head = CaseHead::read(row)?;
                heads.insert(head.id, head);
            }
            take_in(page, &mut heads);
            change.put(table, heads.values().map(CaseHead::cells).collect()).await
        }
    }
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
