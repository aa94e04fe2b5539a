//! By which map the past is told: as it was at the moment, or as it is today.

use seinhuis_contract::proto::history::v1 as wire;
use seinhuis_contract::status::Problem;
use seinhuis_domain::access::Ask;
use seinhuis_domain::area::{AreaCode, AreaMap};
use seinhuis_eventstore::Position;
use seinhuis_projections::MapAt;

use crate::asker::{AskedAreas, Asker};
use crate::hub::Hub;

/// Which map was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Then,
    Today,
    End,
}

/// The map of an answer.
#[derive(Debug, Clone)]
pub(super) struct Told {
    choice: Choice,
    position: Position,
    map: MapAt,
}

impl Choice {
    /// By its number in the contract.
    pub(super) fn of(number: i32) -> Result<Self, Problem> {
        match wire::MapChoice::try_from(number) {
            Ok(wire::MapChoice::Unspecified | wire::MapChoice::Then) => Ok(Self::Then),
            Ok(wire::MapChoice::Today) => Ok(Self::Today),
            Ok(wire::MapChoice::End) => Ok(Self::End),
            Err(_) => Err(Problem::field(
                "map",
                &number.to_string(),
                "MAP_CHOICE_THEN, MAP_CHOICE_TODAY or MAP_CHOICE_END",
            )),
        }
    }

    /// The map for what was so at `position`; of a series whose end is asked for, that is its end.
    pub(super) fn at(self, hub: &Hub, position: Position) -> Told {
        let by = match self {
            Self::Then | Self::End => position,
            Self::Today => Position(u64::MAX),
        };
        Told { choice: self, position, map: hub.parts.directory.map_at(by) }
    }
}

impl Told {
    pub(super) fn map(&self) -> &AreaMap {
        &self.map.drawn.map
    }

    /// What lies in `areas`, as far as the one who asks may see it today. An area that the map doesn't have is refused where
    /// it is the only one.
    pub(super) fn asked(&self, asker: &Asker, areas: Vec<AreaCode>) -> Result<AskedAreas, Problem> {
        if let Some(area) = areas.first().filter(|area| areas.len() == 1 && self.map().get(area).is_none()) {
            let until = format!("position {} ({})", self.position, self.map.drawn);
            return Err(Problem::NotOnTheMap { area: area.to_string(), until });
        }
        Ok(self.lie_on(asker, areas))
    }

    /// The same, but nothing lies in what the map doesn't have.
    pub(super) fn lie_on(&self, asker: &Asker, areas: Vec<AreaCode>) -> AskedAreas {
        let mut asked = AskedAreas::on(areas, self.map());
        asked.within.retain(|area| asker.can(Ask::Board(area)));
        asked
    }

    pub(super) fn to_wire(&self) -> wire::ToldMap {
        let choice = match self.choice {
            Choice::Then => wire::MapChoice::Then,
            Choice::Today => wire::MapChoice::Today,
            Choice::End => wire::MapChoice::End,
        };
        let vintage = self.map.drawn.vintage.clone().unwrap_or_default();
        wire::ToldMap { choice: choice.into(), position: self.map.since.0, vintage }
    }

    /// As a file says it of itself.
    pub(super) fn words(&self) -> String {
        let choice = match self.choice {
            Choice::Then | Choice::End => "then",
            Choice::Today => "today",
        };
        format!("{choice}: position {} ({})", self.map.since, self.map.drawn)
    }
}
