//! What somebody who watches wants to be told. Two who want the same are told the same, and by the same rule whether it
//! reaches them as it comes or from the log.

use bytes::Bytes;
use seinhuis_contract::proto::common::v1 as words;
use seinhuis_contract::status::Problem;
use seinhuis_domain::access::Denied;
use seinhuis_domain::event::STORED_NAMES;
use seinhuis_domain::sector::Sector;
use seinhuis_eventstore::Fault;

use super::sight::Sight;
use super::told::Told;
use crate::asker::Asker;

/// Types that may be asked for at a time.
const TYPES: usize = 32;

/// Of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum What {
    /// Every fact.
    Facts,
    /// What becomes of notices.
    Notices,
    /// Climbs that a timer made.
    Fired,
}

impl What {
    pub(crate) const ALL: &'static [Self] = &[Self::Facts, Self::Notices, Self::Fired];
}

/// What somebody wants to be told.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wanted {
    pub(crate) what: What,
    pub(crate) sight: Sight,
    /// Only facts with these names, in order; empty: all.
    types: Vec<String>,
    /// Only facts that name one of these, in order; empty: all.
    sectors: Vec<Sector>,
}

impl Wanted {
    /// All of it that is seen.
    pub(crate) fn all(what: What, sight: Sight) -> Self {
        Self { what, sight, types: vec![], sectors: vec![] }
    }

    /// Only facts of these types and sectors, as they are asked for. What a fact is about is no secret in one's own areas
    /// only.
    pub(crate) fn only(self, asker: &Asker, types: &[String], sectors: &[i32]) -> Result<Self, Problem> {
        if types.len() > TYPES {
            return Err(Problem::field("types", &types.len().to_string(), &format!("at most {TYPES}")));
        }
        let known = |name: &&String| STORED_NAMES.iter().any(|(known, _)| *known == name.as_str());
        if let Some(stranger) = types.iter().find(|name| !known(name)) {
            return Err(Problem::field(
                "types",
                stranger,
                "the stored name of a fact, as in signal.reported",
            ));
        }
        if !sectors.is_empty() && self.sight == Sight::Outline {
            let denied = Denied::NotAllowed { actor: asker.actor(), what: "see what facts are about" };
            return Err(Problem::Denied(denied));
        }
        let sector = |number: &i32| {
            let word = words::Sector::try_from(*number).ok().and_then(|word| Sector::try_from(word).ok());
            word.ok_or_else(|| Problem::field("sectors", &number.to_string(), "a sector"))
        };
        let sectors = sectors.iter().map(sector).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { types: in_order(types.to_vec()), sectors: in_order(sectors), ..self })
    }

    /// The message for him; nothing where the fact is nothing for him. `Err` where it would be, and can't be read.
    pub(crate) fn message(&self, told: &Told<'_>) -> Result<Option<Bytes>, Fault> {
        let Some(sharpness) = self.sight.sees(told.row.area.as_ref(), told.directory.areas()) else {
            return Ok(None);
        };
        if !self.types.is_empty() && self.types.binary_search(&told.row.name).is_err() {
            return Ok(None);
        }
        if !self.sectors.is_empty() && !told.sectors()?.iter().any(|named| self.sectors.contains(named)) {
            return Ok(None);
        }
        told.message(self.what, sharpness)
    }
}

/// Each once, so that those who want the same are found to.
fn in_order<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list.dedup();
    list
}
