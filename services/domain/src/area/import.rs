//! An imported map: shapes and neighbourhoods from the national statistics office, dated by its vintage.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use serde::{Deserialize, Serialize};

use super::{Area, AreaMap, AreaMapFault};
use crate::fact::Fact;

/// Takes a map as the one to locate points on.
#[derive(Debug, Clone)]
pub struct ImportAreas {
    /// Year and source: `cbs-2017`. Codes mean something only with it.
    pub vintage: String,
    /// The areas with their shapes.
    pub areas: Vec<Area>,
}

/// What happened to the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum AreasEvent {
    /// A map was imported; it holds from here on.
    #[serde(rename = "areas.imported")]
    AreasImported {
        /// Year and source.
        vintage: String,
        /// The areas with their shapes.
        areas: Vec<Area>,
    },
}

impl DomainEvent for AreasEvent {
    fn event_type(&self) -> String {
        "areas.imported".into()
    }
    fn event_version(&self) -> String {
        "1".into()
    }
}

impl Fact for AreasEvent {}

/// The map as last imported.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ImportedAreas {
    vintage: String,
    areas: Vec<Area>,
}

impl Aggregate for ImportedAreas {
    const TYPE: &'static str = "areas";
    type Command = ImportAreas;
    type Event = AreasEvent;
    type Error = AreaMapFault;
    type Services = ();

    async fn handle(
        &mut self,
        command: ImportAreas,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), AreaMapFault> {
        let ImportAreas { vintage, areas } = command;
        AreaMap::new(areas.clone())?;
        if self.vintage != vintage || self.areas != areas {
            sink.write(AreasEvent::AreasImported { vintage, areas }, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: AreasEvent) {
        let AreasEvent::AreasImported { vintage, areas } = event;
        *self = Self { vintage, areas };
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::example;
    use cqrs_es::test::TestFramework;

    #[test]
    fn importing_the_same_map_twice_imports_it_once() {
        let (vintage, areas) = ("cbs-2017".to_owned(), example::profile().areas);
        TestFramework::<ImportedAreas>::with(())
            .given(vec![AreasEvent::AreasImported { vintage: vintage.clone(), areas: areas.clone() }])
            .when(ImportAreas { vintage, areas })
            .then_expect_events(vec![]);
    }

    #[test]
    fn the_same_areas_of_another_year_are_imported_again() {
        let areas = example::profile().areas;
        let imported =
            |vintage: &str| AreasEvent::AreasImported { vintage: vintage.into(), areas: areas.clone() };
        TestFramework::<ImportedAreas>::with(())
            .given(vec![imported("cbs-2017")])
            .when(ImportAreas { vintage: "cbs-2018".into(), areas: areas.clone() })
            .then_expect_events(vec![imported("cbs-2018")]);
    }

    #[test]
    fn a_list_that_is_no_tree_is_refused() {
        TestFramework::<ImportedAreas>::with(())
            .given_no_previous_events()
            .when(ImportAreas { vintage: "cbs-2017".into(), areas: vec![] })
            .then_expect_error(AreaMapFault::Municipalities(0));
    }
}
