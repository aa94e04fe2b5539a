//! How each read model stands: how far it is, whether it is being rebuilt, and what stands in its way.

use seinhuis_eventstore::{Log, Position};

use crate::entry::Entry;
use crate::fault::Fault;
use crate::model::Model;
use crate::views::Views;

/// How one read model stands.
#[derive(Debug)]
pub struct Standing {
    /// The model.
    pub model: Model,
    /// The version this program makes.
    pub version: u32,
    /// The version that is asked now; none where nobody has made it yet.
    pub asked: Option<u32>,
    /// Up to where it has taken the log in.
    pub position: Position,
    /// Up to where a rebuild of it is that isn't in place yet, or was cut off.
    pub beside: Option<Position>,
    /// The next event, if it can't be understood: the model stops before it.
    pub stopped: Option<Fault>,
}

impl Views {
    /// How the models here stand, and what `log` has for them next.
    pub async fn standing(&self, log: &Log) -> Result<Vec<Standing>, Fault> {
        let (asked, beside) = self.found().await?;
        let mut all = Vec::new();
        for model in self.models() {
            let at = asked.iter().find(|at| at.model == *model);
            let position = at.map_or(Position::START, |at| at.position);
            let stopped = match log.read(position, 1).await.map_err(Fault::Log) {
                Ok(page) => Entry::page(page.events, &[*model]).1,
                Err(fault) if fault.is_passing() => return Err(fault),
                Err(fault) => Some(fault),
            };
            all.push(Standing {
                model: *model,
                version: model.version(),
                asked: at.map(|at| at.version),
                position,
                beside: beside.iter().find(|(name, _)| name == model.name()).map(|(_, at)| *at),
                stopped,
            });
        }
        Ok(all)
    }
}
