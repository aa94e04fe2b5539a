//! Areas from GeoJSON (RFC 7946): a collection of features with polygons in degrees, WGS 84.

use seinhuis_domain::area::{Ring, Shape};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Found;
use super::cbs::{self, Fault, Row};
use super::error::BrokenArea;

#[derive(Deserialize)]
struct Collection<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    features: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Properties,
    geometry: Geometry,
}

/// Other properties may stand beside these.
#[derive(Deserialize)]
struct Properties {
    level: String,
    code: String,
    name: String,
    #[serde(default)]
    parent: Option<String>,
}

/// Positions may carry a height behind longitude and latitude.
#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Vec<Vec<f64>>>),
    MultiPolygon(Vec<Vec<Vec<Vec<f64>>>>),
}

pub(super) fn read(file: &str, text: &str) -> Result<Vec<Found>, BrokenArea> {
    let broken = |place: String, field: &str, rule: String| BrokenArea {
        file: file.to_owned(),
        place,
        field: field.to_owned(),
        rule,
    };
    let collection: Collection<'_> =
        serde_json::from_str(text).map_err(|error| broken(String::new(), "", error.to_string()))?;
    if collection.kind != "FeatureCollection" {
        let rule = format!("{:?} is not what a map is: a FeatureCollection", collection.kind);
        return Err(broken(String::new(), "type", rule));
    }
    let numbered = collection.features.iter().enumerate();
    numbered
        .map(|(index, raw)| {
            let place = format!("feature {}", index + 1);
            let feature: Feature = serde_json::from_str(raw.get())
                .map_err(|error| broken(place.clone(), "", without_position(&error)))?;
            let area =
                area(feature).map_err(|fault| broken(place.clone(), &path(fault.field), fault.rule))?;
            Ok(Found { place, area })
        })
        .collect()
}

fn path(field: &str) -> String {
    if field == "geometry" { "geometry.coordinates".into() } else { format!("properties.{field}") }
}

/// Line and column would count from the feature's own beginning, which nobody can find back.
fn without_position(error: &serde_json::Error) -> String {
    let said = error.to_string();
    said.split_once(" at line ").map_or(said.clone(), |(rule, _)| rule.to_owned())
}

fn area(feature: Feature) -> Result<seinhuis_domain::area::Area, Fault> {
    let polygons = match feature.geometry {
        Geometry::Polygon(rings) => vec![rings],
        Geometry::MultiPolygon(polygons) => polygons,
    };
    let mut shape = Vec::with_capacity(polygons.len());
    for rings in polygons {
        shape.push(rings.into_iter().map(ring).collect::<Result<Vec<Ring>, Fault>>()?);
    }
    if shape.iter().any(Vec::is_empty) || shape.is_empty() {
        return Err(fault("an area has an outside".into()));
    }
    let Properties { level, code, name, parent } = feature.properties;
    let parent = parent.unwrap_or_default();
    cbs::area(&Row { level: &level, code: &code, name: &name, parent: &parent }, Some(Shape::from(shape)))
}

fn ring(positions: Vec<Vec<f64>>) -> Result<Ring, Fault> {
    let ring = positions.iter().map(|p| position(p)).collect::<Result<Ring, Fault>>()?;
    if ring.len() < 4 || ring.first() != ring.last() {
        return Err(fault("a ring has at least 4 positions and ends where it begins".into()));
    }
    Ok(ring)
}

fn position(numbers: &[f64]) -> Result<[f64; 2], Fault> {
    match numbers {
        [lon, lat] | [lon, lat, _] if lon.abs() <= 180.0 && lat.abs() <= 90.0 => Ok([*lon, *lat]),
        _ => Err(fault(format!(
            "{numbers:?} is no longitude and latitude in degrees (WGS 84, EPSG:4326; the national grid, RD, must be \
             converted first)"
        ))),
    }
}

fn fault(rule: String) -> Fault {
    Fault { field: "geometry", rule }
}
