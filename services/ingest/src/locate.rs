//! Which area a signal is about: by code, by name, by point, or by several of them that agree.

use seinhuis_contract::status::Violation;
use seinhuis_domain::area::{Area, AreaCode, AreaMap, GeoPoint};

const CODE: &str = "signal.common.area_code";
const NAME: &str = "signal.common.area_name";
const POINT: &str = "signal.common.point";

/// The smallest area that all of what was given lies in. Empty texts count as not given.
pub(crate) fn area(
    map: &AreaMap,
    code: &str,
    name: &str,
    point: Option<GeoPoint>,
) -> Result<AreaCode, Violation> {
    let by_code = if code.is_empty() { None } else { Some(by_code(map, code)?) };
    let by_name = if name.trim().is_empty() { None } else { Some(by_name(map, name.trim())?) };
    let named = [by_code, by_name].into_iter().flatten();
    let by_point = match point {
        Some(point) => by_point(map, point, by_code.is_some() || by_name.is_some())?,
        None => None,
    };
    let found: Vec<&Area> = named.chain(by_point).collect();
    if found.is_empty() {
        return Err(Violation::absent(CODE, "given, or area_name or point"));
    }
    let smallest = found.iter().find(|area| found.iter().all(|other| map.lies_in(&area.code, &other.code)));
    smallest.map(|area| area.code.clone()).ok_or_else(|| disagreement(&found, by_point))
}

fn by_code<'a>(map: &'a AreaMap, code: &str) -> Result<&'a Area, Violation> {
    let known = AreaCode::new(code).ok().and_then(|code| map.get(&code));
    known.ok_or_else(|| Violation::new(CODE, code, format!("the code of an area {}", on_the_map(map))))
}

fn by_name<'a>(map: &'a AreaMap, name: &str) -> Result<&'a Area, Violation> {
    map.named(name).ok_or_else(|| {
        let several = map.all().filter(|area| area.name.eq_ignore_ascii_case(name)).count() > 1;
        let rule = match several {
            true => "the name of one area; several bear it, so give area_code".to_owned(),
            false => format!("the name of an area {}", on_the_map(map)),
        };
        Violation::new(NAME, name, rule)
    })
}

/// The area around a point. A map without shapes can't tell; then the area must be named, and the point only says
/// where in it.
fn by_point(map: &AreaMap, point: GeoPoint, named: bool) -> Result<Option<&Area>, Violation> {
    if map.has_shapes() {
        let inside = map.locate(point).map(Some);
        return inside.map_err(|_| Violation::withheld(POINT, "a point inside the municipality"));
    }
    if named {
        return Ok(None);
    }
    Err(Violation::withheld(POINT, "given with area_code or area_name: the map here has no shapes"))
}

fn disagreement(found: &[&Area], by_point: Option<&Area>) -> Violation {
    // The area that a point lies in says too much about the point.
    let shown = found.iter().filter(|area| by_point.is_none_or(|own| own.code != area.code));
    let shown: Vec<&str> = shown.map(|area| area.code.as_str()).collect();
    Violation::new(
        CODE,
        &shown.join(", "),
        "in agreement with area_name and point: areas that lie in one another",
    )
}

fn on_the_map(map: &AreaMap) -> String {
    match map.municipality() {
        Some(municipality) => format!("of {} ({})", municipality.code, municipality.name),
        None => "of a map that isn't adopted yet".to_owned(),
    }
}

#[cfg(test)]
mod specs {
    use seinhuis_domain::area::{AreaLevel, Shape};

    use super::*;

    /// A municipality from 0,0 to 10,10 with two districts side by side, split at 5; and two areas called Centrum.
    fn map(shapes: bool) -> AreaMap {
        let square = |from: f64, to: f64| {
            let ring = vec![[from, 0.0], [to, 0.0], [to, 10.0], [from, 10.0], [from, 0.0]];
            shapes.then(|| Shape::from(vec![vec![ring]]))
        };
        let area = |code: &str, name: &str, level, parent: Option<&str>, shape| Area {
            code: AreaCode::new(code).unwrap(),
            name: name.into(),
            level,
            parent: parent.map(|p| AreaCode::new(p).unwrap()),
            shape,
        };
        AreaMap::new([
            area("GM01", "Stad", AreaLevel::Municipality, None, square(0.0, 10.0)),
            area("WK01", "West", AreaLevel::District, Some("GM01"), square(0.0, 5.0)),
            area("WK02", "Oost", AreaLevel::District, Some("GM01"), square(5.0, 10.0)),
            area("BU01", "Centrum", AreaLevel::Neighbourhood, Some("WK01"), None),
            area("BU02", "Centrum", AreaLevel::Neighbourhood, Some("WK02"), None),
        ])
        .unwrap()
    }

    fn located(code: &str, name: &str, point: Option<(f64, f64)>) -> Result<String, String> {
        let point = point.map(|(lon, lat)| GeoPoint { lon, lat });
        area(&map(true), code, name, point)
            .map(|a| a.to_string())
            .map_err(|v| format!("{} {}", v.field, v.value))
    }

    #[test]
    fn an_area_is_found_by_code_name_or_point() {
        assert_eq!(located("WK01", "", None), Ok("WK01".into()));
        assert_eq!(located("", " west ", None), Ok("WK01".into()));
        assert_eq!(located("", "", Some((7.0, 1.0))), Ok("WK02".into()));
    }

    #[test]
    fn of_several_that_agree_the_smallest_counts() {
        assert_eq!(located("GM01", "West", Some((1.0, 1.0))), Ok("WK01".into()));
        assert_eq!(located("BU01", "West", Some((1.0, 1.0))), Ok("BU01".into()));
    }

    #[test]
    fn several_that_disagree_are_refused_without_telling_where_the_point_lies() {
        assert_eq!(located("WK01", "", Some((7.0, 1.0))), Err("signal.common.area_code WK01".into()));
        assert_eq!(located("WK01", "Oost", None), Err("signal.common.area_code WK01, WK02".into()));
    }

    #[test]
    fn an_unknown_area_a_point_outside_and_no_area_at_all_are_refused() {
        assert_eq!(located("WK99", "", None), Err("signal.common.area_code WK99".into()));
        assert_eq!(located("wk01", "", None), Err("signal.common.area_code wk01".into()));
        assert_eq!(located("", "Noord", None), Err("signal.common.area_name Noord".into()));
        assert_eq!(located("", "", Some((20.0, 1.0))), Err("signal.common.point (withheld)".into()));
        assert_eq!(located("", "", None), Err("signal.common.area_code (absent)".into()));
    }

    #[test]
    fn a_name_that_two_areas_bear_is_refused_with_the_way_out() {
        let refused = area(&map(true), "", "Centrum", None).unwrap_err();
        assert!(refused.rule.contains("area_code"), "{refused:?}");
    }

    #[test]
    fn on_a_map_without_shapes_a_point_needs_an_area_beside_it() {
        let point = Some(GeoPoint { lon: 1.0, lat: 1.0 });
        assert_eq!(area(&map(false), "WK02", "", point).unwrap().as_str(), "WK02");
        assert_eq!(area(&map(false), "", "", point).unwrap_err().field, POINT);
    }
}
