//! Where areas lie, as polygons to be drawn.

use seinhuis_contract::proto::history::v1::{Outline, Polygon, Ring};
use seinhuis_domain::area::{self, Area, AreaCode, AreaMap};

use crate::board::count::one_level_down;

/// Of the areas directly inside those asked for, as far as the map knows where they lie.
pub(super) fn outlines(asked: &[AreaCode], map: &AreaMap) -> Vec<Outline> {
    let outline = |area: &Area| Outline { area_code: area.code.to_string(), polygons: polygons(area, map) };
    one_level_down(asked, map).map(outline).filter(|outline| !outline.polygons.is_empty()).collect()
}

/// Of the area itself, or else of all that lies in it.
fn polygons(area: &Area, map: &AreaMap) -> Vec<Polygon> {
    let shapes: Vec<_> = match &area.shape {
        Some(shape) => vec![shape],
        None => map
            .all()
            .filter(|inner| map.lies_in(&inner.code, &area.code))
            .filter_map(|inner| inner.shape.as_ref())
            .collect(),
    };
    let ring = |ring: area::Ring| Ring { positions: ring.into_iter().flatten().collect() };
    let polygon = |rings: Vec<area::Ring>| Polygon { rings: rings.into_iter().map(ring).collect() };
    shapes.into_iter().flat_map(|shape| Vec::from(shape.clone())).map(polygon).collect()
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_domain::area::{AreaLevel, Shape};

    fn area(code: &str, level: AreaLevel, parent: Option<&str>, east: Option<f64>) -> Area {
        let square = |x: f64| vec![vec![vec![[x, 52.0], [x + 1.0, 52.0], [x + 1.0, 53.0], [x, 52.0]]]];
        Area {
            code: AreaCode::new(code).unwrap(),
            name: code.into(),
            level,
            parent: parent.map(|parent| AreaCode::new(parent).unwrap()),
            shape: east.map(|x| Shape::from(square(x))),
        }
    }

    #[test]
    fn an_area_lies_where_it_is_drawn_or_where_what_is_in_it_is_and_otherwise_is_left_out() {
        let map = AreaMap::new([
            area("GM1509", AreaLevel::Municipality, None, None),
            area("WK150900", AreaLevel::District, Some("GM1509"), Some(4.0)),
            area("BU15090000", AreaLevel::Neighbourhood, Some("WK150900"), Some(9.0)),
            area("WK150901", AreaLevel::District, Some("GM1509"), None),
            area("BU15090100", AreaLevel::Neighbourhood, Some("WK150901"), Some(6.0)),
            area("BU15090101", AreaLevel::Neighbourhood, Some("WK150901"), Some(7.0)),
            area("WK150902", AreaLevel::District, Some("GM1509"), None),
        ])
        .unwrap();
        let outlines = outlines(&[AreaCode::new("GM1509").unwrap()], &map);
        let first = |polygon: &Polygon| polygon.rings[0].positions[0];
        let places: Vec<(&str, Vec<f64>)> = outlines
            .iter()
            .map(|outline| (outline.area_code.as_str(), outline.polygons.iter().map(first).collect()))
            .collect();
        assert_eq!(places, [("WK150900", vec![4.0]), ("WK150901", vec![6.0, 7.0])]);
        assert_eq!(outlines[0].polygons[0].rings[0].positions.len(), 8);
    }
}
