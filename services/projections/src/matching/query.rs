//! What casework asks: which signals wait, and which open cases share something with one.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use seinhuis_domain::ids::{CaseId, SubjectId};
use seinhuis_domain::matching::{Candidate, Match};

use super::{PENDING, PendingSignal};
use crate::cell::{Cell, Cells, cells};
use crate::fault::Fault;
use crate::model::Model;
use crate::views::Views;

/// Cases one signal is held against at most (INV-11). Of each class those seen last come first.
const CANDIDATES_MAX: usize = 256;
/// Keys asked for at once: of a signal or two, and of a page of them.
const FEW: usize = 8;
const MANY: usize = 256;

impl Views {
    /// Up to `limit` signals that no case has taken in, in the order of the log.
    pub async fn pending(&self, limit: usize) -> Result<Vec<PendingSignal>, Fault> {
        let sql = format!("SELECT {} FROM matching_pending ORDER BY position LIMIT $1", PENDING.all_names());
        let rows = self.ask(Model::Matching, sql, cells![limit]).await?;
        rows.into_iter().map(PendingSignal::read).collect()
    }

    /// For each of `signals` in turn the open cases that share a person, a household, or a place and kind with it; one for
    /// each thing shared, what weighs most and was seen last first.
    pub async fn candidates(&self, signals: &[PendingSignal]) -> Result<Vec<Vec<Candidate>>, Fault> {
        let keys: BTreeSet<SubjectId> =
            signals.iter().flat_map(PendingSignal::keys).map(|key| key.1).collect();
        let mut found: HashMap<Shared, Vec<Candidate>> = HashMap::new();
        for keys in keys.into_iter().collect::<Vec<_>>().chunks(MANY) {
            for row in self.ask(Model::Matching, open_cases_by(keys.len()), padded(keys)).await? {
                let (shared, candidate) = read(row)?;
                found.entry(shared).or_default().push(candidate);
            }
        }
        let of = |signal: &PendingSignal| {
            let keys = signal.keys();
            let shared = keys.into_iter().map(|(class, key, kind)| (class as i64, key, kind.to_owned()));
            let found = shared.filter_map(|shared| Some((shared.0, found.get(&shared)?)));
            let mut all: Vec<_> =
                found.flat_map(|(class, all)| all.iter().map(move |one| (class, one))).collect();
            all.sort_by_key(|(class, one)| (*class, Reverse(one.last_seen), one.case));
            all.into_iter().take(CANDIDATES_MAX).map(|(_, one)| one.clone()).collect()
        };
        Ok(signals.iter().map(of).collect())
    }
}

/// What can be shared: class, pseudonym and, for a place, the kind.
type Shared = (i64, SubjectId, String);

/// A statement for few keys and one for many, so that both stay prepared.
fn open_cases_by(keys: usize) -> String {
    let places = vec!["?"; if keys <= FEW { FEW } else { MANY }].join(",");
    format!(
        "SELECT k.class, k.key, k.kind, k.case_id, c.opened_at, k.last_seen FROM matching_key k \
         CROSS JOIN matching_case c ON c.id = k.case_id WHERE k.key IN ({places}) AND c.open = 1"
    )
}

/// The keys, the last one again and again until all places are taken.
fn padded(keys: &[SubjectId]) -> Vec<Cell> {
    let places = if keys.len() <= FEW { FEW } else { MANY };
    let again = keys.last().into_iter().cycle().take(places - keys.len());
    keys.iter().chain(again).map(|key| (*key).into()).collect()
}

fn read(mut row: Cells) -> Result<(Shared, Candidate), Fault> {
    let (class, key, kind): (i64, _, _) = (row.int()?, SubjectId(row.id()?), row.text()?);
    let shared = match class {
        0 => Match::SameSubject { subject: key },
        1 => Match::SameHousehold { household: key },
        2 => Match::SamePlaceAndKind { place: key },
        _ => return Err(Fault::Damaged { table: super::KEY.name, what: format!("{class} is no class") }),
    };
    let candidate =
        Candidate { case: CaseId(row.id()?), opened_at: row.instant()?, shared, last_seen: row.instant()? };
    Ok(((class, key, kind), candidate))
}
