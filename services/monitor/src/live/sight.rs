//! What of the log somebody sees, and how sharply.
//!
//! Who keeps the hub running sees that facts flow: place in the log, name and time of every one, and nothing of what
//! they say, not even where. All others see what happened in their areas, in words, and nothing of the rest.

use seinhuis_contract::status::Problem;
use seinhuis_domain::access::Ask;
use seinhuis_domain::area::{AreaCode, AreaMap};

use super::told::Sharpness;
use crate::asker::Asker;

/// What somebody sees.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Sight {
    /// Every fact in outline.
    Outline,
    /// What happened in these areas and in what lies in them. None of them lies in another.
    Areas(Vec<AreaCode>),
}

impl Sight {
    /// What `asker` sees when he asks for `area`; for an empty one, all that he may see.
    pub(crate) fn of(asker: &Asker, area: &str) -> Result<Self, Problem> {
        if area.is_empty() {
            // Partners are refused here.
            asker.may(Ask::FactsOutline)?;
            let own = asker.areas();
            let sharp = !own.is_empty() && own.iter().all(|area| asker.can(Ask::Facts(area)));
            return Ok(if sharp { Self::Areas(own) } else { Self::Outline });
        }
        let area = asker.area(area, |area| Ask::Facts(area))?;
        Ok(Self::Areas(vec![area]))
    }

    /// How a fact about `area` is seen; `None`: not at all.
    pub(crate) fn sees(&self, area: Option<&AreaCode>, map: &AreaMap) -> Option<Sharpness> {
        match (self, area) {
            (Self::Outline, _) => Some(Sharpness::Outline),
            (Self::Areas(own), Some(area)) => {
                own.iter().any(|own| map.lies_in(area, own)).then_some(Sharpness::Sharp)
            }
            (Self::Areas(_), None) => None,
        }
    }
}
