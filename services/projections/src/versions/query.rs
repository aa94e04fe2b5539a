//! The cases of areas as they stood at a position.

use seinhuis_domain::area::AreaCode;
use seinhuis_eventstore::Position;

use super::{CaseVersion, NOW, PAST, interval};
use crate::board::{codes, places};
use crate::cell::Cell;
use crate::fault::{Fault, NotYet};
use crate::model::Model;
use crate::views::Views;

impl Views {
    /// The open cases that lay in `areas` when the log ended at `position`, as it was known then; ordered by id. Areas are
    /// taken one by one: who asks for a district passes what lies in it too.
    /// Errs where the log has not been taken in up to there.
    pub async fn open_cases_at(
        &self,
        areas: &[AreaCode],
        position: Position,
    ) -> Result<Vec<CaseVersion>, Fault> {
        self.must_hold(Model::Versions);
        let at = self.position();
        if position > at {
            return Err(NotYet { wanted: position, at }.into());
        }
        if position == Position::START || areas.is_empty() {
            return Ok(vec![]);
        }
        let nodes = interval::nodes(position);
        let asked = [
            (&NOW, "resolved_at IS NULL AND position <= ?".to_owned(), &[][..]),
            (&PAST, in_nodes(&nodes.before, "until_position > ?"), &nodes.before),
            (&PAST, in_nodes(&nodes.after, "position <= ?"), &nodes.after),
        ];
        let mut found = Vec::new();
        // One moment for all three: a version that ends between two questions would be in neither answer, or in both.
        let mut now = self.snapshot().await?;
        for (table, which, nodes) in asked {
            let columns = NOW.all_names();
            let sql =
                format!("SELECT {columns} FROM {} WHERE area IN ({}) AND {which}", table.name, places(areas));
            let nodes = nodes.iter().map(|node| Cell::from(*node));
            let values = codes(areas).into_iter().chain(nodes).chain([position.into()]).collect();
            for row in now.fetch(table.name, sql, values).await? {
                found.push(CaseVersion::read(row)?);
            }
        }
        now.done().await?;
        found.sort_unstable_by_key(|version| version.head.id);
        Ok(found)
    }
}

fn in_nodes(nodes: &[u64], and: &str) -> String {
    format!("node IN ({}) AND {and}", places(nodes))
}
