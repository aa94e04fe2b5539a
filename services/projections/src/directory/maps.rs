//! The maps there were: few, and each from one position of the log on.

use std::sync::Arc;

use seinhuis_domain::area::DrawnMap;
use seinhuis_eventstore::Position;

/// A map, and since when.
#[derive(Debug, Clone, Default)]
pub struct MapAt {
    /// The event by which it was drawn; 0 where there is no map at all.
    pub since: Position,
    /// The map.
    pub drawn: Arc<DrawnMap>,
}

/// All maps up to now, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Maps(Vec<MapAt>);

impl Maps {
    /// From `since` on it is this one, which may be the one it was.
    pub(super) fn push(&mut self, since: Position, drawn: &Arc<DrawnMap>) {
        let is_news = self.0.last().is_none_or(|last| !Arc::ptr_eq(&last.drawn, drawn));
        if is_news && !drawn.is_blank() {
            self.0.push(MapAt { since, drawn: Arc::clone(drawn) });
        }
    }

    /// The one at `position`. Before there was any, what comes first is told by the first.
    pub(super) fn at(&self, position: Position) -> MapAt {
        let until = self.0.partition_point(|map| map.since <= position);
        self.0.get(until.saturating_sub(1)).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_domain::area::AreaMap;
    use seinhuis_domain::example;

    fn drawn(vintage: &str) -> Arc<DrawnMap> {
        let map = AreaMap::new(example::profile().areas).unwrap();
        Arc::new(DrawnMap { map, vintage: Some(vintage.to_owned()) })
    }

    #[test]
    fn a_map_holds_from_its_event_until_another_is_drawn_and_the_first_one_also_before() {
        let (mut maps, first, second) = (Maps::default(), drawn("cbs-2017"), drawn("cbs-2026"));
        let none = maps.at(Position(5));
        assert!(none.since == Position::START && none.drawn.vintage.is_none());
        maps.push(Position(1), &Arc::default());
        maps.push(Position(3), &first);
        maps.push(Position(4), &first);
        maps.push(Position(7), &second);
        let since = |position| maps.at(Position(position)).since.0;
        assert_eq!([1, 3, 6, 7, 90].map(since), [3, 3, 3, 7, 7]);
        assert_eq!(maps.at(Position(6)).drawn.vintage.as_deref(), Some("cbs-2017"));
    }
}
