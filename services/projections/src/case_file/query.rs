//! Asking for a case, by its id, by the number people call it, or by one of its signals.

use seinhuis_domain::ids::{CaseId, SignalId};
use seinhuis_eventstore::Position;

use super::{CaseFile, CaseSignal, FACT, HEAD, HISTORY_MAX, HistoryEntry, HistoryFact, SIGNAL};
use crate::backend::Snapshot;
use crate::case_head::CaseHead;
use crate::cell::{Cells, cells};
use crate::fault::Fault;
use crate::model::Model;
use crate::views::Views;

impl Views {
    /// The case with its history.
    pub async fn case_file(&self, id: CaseId) -> Result<Option<CaseFile>, Fault> {
        self.must_hold(Model::CaseFile);
        // Heading and history from the same moment.
        let mut now = self.snapshot().await?;
        let sql = format!("SELECT {} FROM case_file_head WHERE id = $1", HEAD.all_names());
        let row = now.fetch(HEAD.name, sql, cells![id]).await?.into_iter().next();
        let mut history = history(&mut now, id, Position::START, HISTORY_MAX + 1).await?;
        now.done().await?;
        let Some(row) = row else { return Ok(None) };
        let head = CaseHead::read(row)?;
        let more = history.len() > HISTORY_MAX;
        history.truncate(HISTORY_MAX);
        Ok(Some(CaseFile { head, history, more }))
    }

    /// Where the case stands, without its history.
    pub async fn case_head(&self, id: CaseId) -> Result<Option<CaseHead>, Fault> {
        let sql = format!("SELECT {} FROM case_file_head WHERE id = $1", HEAD.all_names());
        let rows = self.ask(Model::CaseFile, sql, cells![id]).await?;
        rows.into_iter().next().map(CaseHead::read).transpose()
    }

    /// Up to `limit` steps of the case after `after`.
    pub async fn case_history(
        &self,
        id: CaseId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<HistoryEntry>, Fault> {
        self.must_hold(Model::CaseFile);
        let mut now = self.snapshot().await?;
        let history = history(&mut now, id, after, limit).await?;
        now.done().await?;
        Ok(history)
    }

    /// The cases people call `number`, as they may write it: `7k3m92qf` is `7K3M-92QF`, and an O is a zero. More than
    /// one only by rare chance; the newest first.
    pub async fn cases_numbered(&self, number: &str) -> Result<Vec<CaseId>, Fault> {
        let Some(number) = number_as_written(number) else { return Ok(vec![]) };
        let sql = "SELECT id FROM case_file_head WHERE number = $1 ORDER BY opened_at DESC, id LIMIT 10";
        let rows = self.ask(Model::CaseFile, sql, cells![number]).await?;
        rows.into_iter().map(|mut row| row.id().map(CaseId)).collect()
    }

    /// The case that took `signal` in.
    pub async fn case_of_signal(&self, signal: SignalId) -> Result<Option<CaseId>, Fault> {
        let sql = "SELECT case_id FROM case_file_signal WHERE id = $1";
        match self.ask(Model::CaseFile, sql, cells![signal]).await?.into_iter().next() {
            Some(mut row) => Ok(row.maybe_id()?.map(CaseId)),
            None => Ok(None),
        }
    }
}

/// Facts and signals merged by position. A signal stands where it was reported: before the event that took it in.
async fn history(
    now: &mut Snapshot,
    id: CaseId,
    after: Position,
    limit: usize,
) -> Result<Vec<HistoryEntry>, Fault> {
    let facts = "SELECT position, recorded_at, name, actor, payload FROM case_file_fact \
                 WHERE case_id = $1 AND position > $2 ORDER BY position LIMIT $3";
    let signals = "SELECT position, recorded_at, actor, id, partner, reference, kind, area, urgency, occurred_at \
                   FROM case_file_signal WHERE case_id = $1 AND position > $2 ORDER BY position LIMIT $3";
    let mut history = Vec::new();
    for row in now.fetch(FACT.name, facts, cells![id, after, limit]).await? {
        history.push(fact(row)?);
    }
    for row in now.fetch(SIGNAL.name, signals, cells![id, after, limit]).await? {
        history.push(signal(row)?);
    }
    history.sort_by_key(|entry| entry.position);
    history.truncate(limit);
    Ok(history)
}

fn fact(mut row: Cells) -> Result<HistoryEntry, Fault> {
    Ok(HistoryEntry {
        position: row.position()?,
        recorded_at: row.instant()?,
        name: row.text()?,
        actor: row.text()?,
        fact: HistoryFact::Payload(row.text()?),
    })
}

fn signal(mut row: Cells) -> Result<HistoryEntry, Fault> {
    Ok(HistoryEntry {
        position: row.position()?,
        recorded_at: row.instant()?,
        name: "signal.reported".to_owned(),
        actor: row.text()?,
        fact: HistoryFact::Signal(CaseSignal {
            id: SignalId(row.id()?),
            partner: row.named()?,
            reference: row.text()?,
            kind: row.named()?,
            area: row.named()?,
            urgency: row.parsed()?,
            occurred_at: row.instant()?,
        }),
    })
}

/// Crockford's base 32 forgives: case doesn't count, O is 0, I and L are 1, dashes and spaces are for the eye.
fn number_as_written(text: &str) -> Option<String> {
    let mut digits = String::with_capacity(9);
    for letter in text.chars().filter(|letter| !matches!(letter, '-' | ' ')) {
        if digits.len() == 4 {
            digits.push('-');
        }
        digits.push(match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other if other.is_ascii_alphanumeric() => other,
            _ => return None,
        });
        if digits.len() > 9 {
            return None;
        }
    }
    (digits.len() == 9).then_some(digits)
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_number_is_found_however_people_write_it() {
        for written in ["7K3M-92QF", "7k3m92qf", "7k3m 92qf"] {
            assert_eq!(number_as_written(written).as_deref(), Some("7K3M-92QF"));
        }
        assert_eq!(number_as_written("OIL0-0000").as_deref(), Some("0110-0000"));
        for no_number in ["", "7K3M-92Q", "7K3M-92QFF", "7K3M-92Q'"] {
            assert_eq!(number_as_written(no_number), None, "{no_number:?}");
        }
    }
}
