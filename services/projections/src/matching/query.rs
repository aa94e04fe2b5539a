//! What casework asks: which signals wait, and which open cases share something with one.

use seinhuis_domain::ids::{CaseId, SubjectId};
use seinhuis_domain::matching::{Candidate, Match};

use super::{PENDING, PendingSignal};
use crate::cell::{Cell, Cells, cells};
use crate::fault::Fault;
use crate::model::Model;
use crate::views::Views;

/// Cases one signal is held against at most (INV-11). Of each class those seen last come first.
const CANDIDATES_MAX: usize = 256;

impl Views {
    /// Up to `limit` signals that no case has taken in, in the order of the log.
    pub async fn pending(&self, limit: usize) -> Result<Vec<PendingSignal>, Fault> {
        let sql = format!("SELECT {} FROM matching_pending ORDER BY position LIMIT $1", PENDING.all_names());
        let rows = self.ask(Model::Matching, sql, cells![limit]).await?;
        rows.into_iter().map(PendingSignal::read).collect()
    }

    /// The open cases that share a person, a household, or a place and kind with `signal`; one for each thing shared.
    pub async fn candidates(&self, signal: &PendingSignal) -> Result<Vec<Candidate>, Fault> {
        let keys = signal.keys();
        if keys.is_empty() {
            return Ok(vec![]);
        }
        let sql = format!(
            "WITH own (key, class, kind) AS (VALUES {}) \
             SELECT k.class, k.key, k.case_id, c.opened_at, k.last_seen FROM own \
             CROSS JOIN matching_key k ON k.key = own.key AND k.class = own.class AND k.kind = own.kind \
             CROSS JOIN matching_case c ON c.id = k.case_id WHERE c.open = 1 \
             ORDER BY k.class, k.last_seen DESC, k.case_id LIMIT ?",
            vec!["(?,?,?)"; keys.len()].join(",")
        );
        let mut values: Vec<Cell> =
            keys.into_iter().flat_map(|(class, key, kind)| cells![key, class as i64, kind]).collect();
        values.push(CANDIDATES_MAX.into());
        self.ask(Model::Matching, sql, values).await?.into_iter().map(read).collect()
    }
}

fn read(mut row: Cells) -> Result<Candidate, Fault> {
    let (class, key): (i64, _) = (row.int()?, SubjectId(row.id()?));
    let shared = match class {
        0 => Match::SameSubject { subject: key },
        1 => Match::SameHousehold { household: key },
        2 => Match::SamePlaceAndKind { place: key },
        _ => return Err(Fault::Damaged { table: super::KEY.name, what: format!("{class} is no class") }),
    };
    Ok(Candidate { case: CaseId(row.id()?), opened_at: row.instant()?, shared, last_seen: row.instant()? })
}
