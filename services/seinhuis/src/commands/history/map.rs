//! By which map areas are told.

use seinhuis_contract::proto::history::v1::{MapChoice, ToldMap};

/// Which map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Map {
    /// As it was at the moment.
    #[default]
    Then,
    /// As it is today.
    Today,
}

impl From<Map> for MapChoice {
    fn from(map: Map) -> Self {
        match map {
            Map::Then => Self::Then,
            Map::Today => Self::Today,
        }
    }
}

/// What the hub says of it.
pub(super) fn words(told: &ToldMap) -> String {
    let choice = match told.choice() {
        MapChoice::Today => "of today",
        MapChoice::Unspecified | MapChoice::Then | MapChoice::End => "of then",
    };
    let vintage = if told.vintage.is_empty() { "the profile's own" } else { &told.vintage };
    format!("map {choice}: {vintage}, drawn at position {}", told.position)
}
