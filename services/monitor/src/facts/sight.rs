//! What of the log somebody sees, and how sharply.
//!
//! Who keeps the hub running sees that facts flow: place in the log, name and time of every one, and nothing of what
//! they say, not even where. All others see what happened in their areas, in words, and nothing of the rest.

use jiff::Timestamp;
use seinhuis_contract::proto::monitor::v1::Fact;
use seinhuis_contract::status::Problem;
use seinhuis_contract::time;
use seinhuis_domain::access::Ask;
use seinhuis_domain::area::AreaCode;
use seinhuis_eventstore::{Fault, Recorded};

use super::headline;
use crate::asker::Asker;

/// What somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sight {
    /// Every fact in outline.
    Outline,
    /// What happened in these areas and in what lies in them.
    Areas(Vec<AreaCode>),
}

impl Sight {
    /// What `asker` sees when he asks for `area`; for an empty one, all that he may see.
    pub(super) fn of(asker: &Asker, area: &str) -> Result<Self, Problem> {
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

    /// The fact in `row` as it is seen, or nothing.
    pub(super) fn see(&self, asker: &Asker, row: &Recorded) -> Result<Option<Fact>, Fault> {
        let seen = |area: &AreaCode| match self {
            Self::Outline => false,
            Self::Areas(areas) => {
                areas.iter().any(|own| asker.map().lies_in(area, own)) && asker.can(Ask::Facts(area))
            }
        };
        match (&row.area, self) {
            (_, Self::Outline) => Ok(Some(outline(row, row.recorded_at))),
            (Some(area), Self::Areas(_)) if seen(area) => {
                let told = headline::headline(&row.event()?, &row.stream, asker.directory());
                Ok(Some(Fact {
                    area_code: area.to_string(),
                    summary_dutch: told.dutch,
                    summary_english: told.english,
                    ..outline(row, row.recorded_at)
                }))
            }
            (_, Self::Areas(_)) => Ok(None),
        }
    }
}

fn outline(row: &Recorded, at: Timestamp) -> Fact {
    Fact {
        position: row.position.0,
        r#type: row.name.clone(),
        recorded_at: Some(time::to_wire(at)),
        ..Fact::default()
    }
}
