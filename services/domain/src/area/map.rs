//! The tree of areas: built once, then asked for paths and places.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AreaCode, GeoPoint, OutsideMunicipality, Shape};

/// How large an area is. Ordered from small to large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaLevel {
    /// CBS buurt.
    Neighbourhood,
    /// CBS wijk.
    District,
    /// A municipal overlay above the districts: stadsdeel, gebied of a wijkteam.
    WorkingArea,
    /// Gemeente.
    Municipality,
}

impl AreaLevel {
    /// The word people use.
    pub fn dutch(self) -> &'static str {
        match self {
            Self::Neighbourhood => "buurt",
            Self::District => "wijk",
            Self::WorkingArea => "werkgebied",
            Self::Municipality => "gemeente",
        }
    }
}

/// One node of the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// The code; unique in its map.
    pub code: AreaCode,
    /// What people call it.
    pub name: String,
    /// How large it is.
    pub level: AreaLevel,
    /// The area around it; only the municipality has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<AreaCode>,
    /// Where it lies; absent for areas known by name only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
}

/// A list of areas is no tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AreaMapFault {
    /// Two areas share a code.
    #[error("area {0} is named twice")]
    Twice(AreaCode),
    /// The parent is not in the list.
    #[error("area {area} lies in {parent}, which is not on the map")]
    NoParent {
        /// The area.
        area: AreaCode,
        /// The parent it names.
        parent: AreaCode,
    },
    /// The parent is not larger than the area, so that the tree could run in circles.
    #[error("area {area} lies in {parent}, which is not of a larger level")]
    NotLarger {
        /// The area.
        area: AreaCode,
        /// The parent it names.
        parent: AreaCode,
    },
    /// Only the municipality may stand on top.
    #[error("area {0} has no parent but is no municipality")]
    Floating(AreaCode),
    /// There must be exactly one municipality.
    #[error("a map has one municipality, this one has {0}")]
    Municipalities(usize),
}

/// A valid tree of areas with one municipality on top.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AreaMap {
    areas: BTreeMap<AreaCode, Area>,
}

/// A map in force, and where its neighbourhoods and shapes come from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DrawnMap {
    /// The map.
    pub map: AreaMap,
    /// Year and source of the import it was drawn from last, as in `cbs-2017`; none where there are only the profile's areas.
    pub vintage: Option<String>,
}

impl DrawnMap {
    /// Whether there is nothing on it.
    pub fn is_blank(&self) -> bool {
        self.map.areas.is_empty()
    }
}

/// The import's vintage, or that there was none.
impl fmt::Display for DrawnMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.vintage.as_deref().unwrap_or("the profile's own"))
    }
}

impl AreaMap {
    /// Builds the tree; refuses lists that are none.
    pub fn new(list: impl IntoIterator<Item = Area>) -> Result<Self, AreaMapFault> {
        let mut areas = BTreeMap::new();
        for area in list {
            if let Some(before) = areas.insert(area.code.clone(), area) {
                return Err(AreaMapFault::Twice(before.code));
            }
        }
        for area in areas.values() {
            match &area.parent {
                None if area.level != AreaLevel::Municipality => {
                    return Err(AreaMapFault::Floating(area.code.clone()));
                }
                None => {}
                Some(parent) => match areas.get(parent) {
                    None => {
                        return Err(AreaMapFault::NoParent {
                            area: area.code.clone(),
                            parent: parent.clone(),
                        });
                    }
                    Some(above) if above.level <= area.level => {
                        return Err(AreaMapFault::NotLarger {
                            area: area.code.clone(),
                            parent: parent.clone(),
                        });
                    }
                    Some(_) => {}
                },
            }
        }
        let tops = areas.values().filter(|a| a.level == AreaLevel::Municipality).count();
        if tops == 1 { Ok(Self { areas }) } else { Err(AreaMapFault::Municipalities(tops)) }
    }

    /// Lays an import over a profile's areas: the profile decides name and parent, the import adds shapes and the
    /// neighbourhoods the profile does not name. That is how a stadsdeel can lie over CBS districts.
    pub fn overlaid(profile: &[Area], import: &[Area]) -> Result<Self, AreaMapFault> {
        let mut areas: BTreeMap<AreaCode, Area> =
            import.iter().map(|area| (area.code.clone(), area.clone())).collect();
        for own in profile {
            let shape = own.shape.clone().or_else(|| areas.get(&own.code).and_then(|a| a.shape.clone()));
            areas.insert(own.code.clone(), Area { shape, ..own.clone() });
        }
        Self::new(areas.into_values())
    }

    /// One area by its code.
    pub fn get(&self, code: &AreaCode) -> Option<&Area> {
        self.areas.get(code)
    }

    /// All areas, ordered by code.
    pub fn all(&self) -> impl Iterator<Item = &Area> {
        self.areas.values()
    }

    /// The area by its name, as partners write it; `None` where no area or more than one bears it.
    pub fn named(&self, name: &str) -> Option<&Area> {
        let mut found = self.areas.values().filter(|area| area.name.eq_ignore_ascii_case(name));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// The municipality on top.
    pub fn municipality(&self) -> Option<&Area> {
        self.areas.values().find(|area| area.level == AreaLevel::Municipality)
    }

    /// The area and all around it, small to large. Empty for an unknown code.
    pub fn path(&self, code: &AreaCode) -> Vec<&Area> {
        // Levels grow strictly, so the walk ends.
        std::iter::successors(self.areas.get(code), |area| {
            area.parent.as_ref().and_then(|p| self.areas.get(p))
        })
        .collect()
    }

    /// Whether `inner` is `outer` or lies in it.
    pub fn lies_in(&self, inner: &AreaCode, outer: &AreaCode) -> bool {
        self.path(inner).iter().any(|area| area.code == *outer)
    }

    /// The smallest area around a point.
    pub fn locate(&self, point: GeoPoint) -> Result<&Area, OutsideMunicipality> {
        self.areas
            .values()
            .filter(|area| area.shape.as_ref().is_some_and(|shape| shape.contains(point)))
            .min_by_key(|area| area.level)
            .ok_or(OutsideMunicipality)
    }

    /// Whether any area has a shape, so that points can be located at all.
    pub fn has_shapes(&self) -> bool {
        self.areas.values().any(|area| area.shape.is_some())
    }
}

#[cfg(test)]
mod specs;
