//! From a point on the map to the area around it.

use geo::{BoundingRect, Contains, Coord, LineString, MultiPolygon, Point, Polygon, Rect};
use serde::{Deserialize, Serialize};

/// A point in degrees, WGS 84 (EPSG:4326).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GeoPoint {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
}

/// The point lies in no area of the municipality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the point lies outside the municipality")]
pub struct OutsideMunicipality;

/// One ring: positions as `[lon, lat]`, the last equal to the first (RFC 7946).
pub type Ring = Vec<[f64; 2]>;

/// Where an area lies: polygons of rings, the first ring the outside, the others holes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Vec<Ring>>", into = "Vec<Vec<Ring>>")]
pub struct Shape {
    polygons: MultiPolygon<f64>,
    // Kept because most points fail here, without a walk along the rings.
    bounds: Option<Rect<f64>>,
}

impl Shape {
    /// Whether the point lies inside.
    pub fn contains(&self, point: GeoPoint) -> bool {
        let point = Point::new(point.lon, point.lat);
        self.bounds.is_some_and(|bounds| geo::Intersects::intersects(&bounds, &point))
            && self.polygons.contains(&point)
    }
}

impl From<Vec<Vec<Ring>>> for Shape {
    fn from(polygons: Vec<Vec<Ring>>) -> Self {
        let line = |ring: Ring| LineString::from_iter(ring.into_iter().map(|[x, y]| Coord { x, y }));
        let polygons: MultiPolygon<f64> = polygons
            .into_iter()
            .map(|rings| {
                let mut rings = rings.into_iter().map(line);
                Polygon::new(rings.next().unwrap_or_else(|| LineString::new(vec![])), rings.collect())
            })
            .collect();
        Self { bounds: polygons.bounding_rect(), polygons }
    }
}

impl From<Shape> for Vec<Vec<Ring>> {
    fn from(shape: Shape) -> Self {
        let ring = |line: &LineString<f64>| line.coords().map(|c| [c.x, c.y]).collect::<Ring>();
        shape
            .polygons
            .iter()
            .map(|polygon| {
                std::iter::once(ring(polygon.exterior()))
                    .chain(polygon.interiors().iter().map(ring))
                    .collect()
            })
            .collect()
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn square_with_a_hole() -> Shape {
        let square = |a: f64, b: f64| vec![[a, a], [b, a], [b, b], [a, b], [a, a]];
        Shape::from(vec![vec![square(0.0, 10.0), square(4.0, 6.0)]])
    }

    #[test]
    fn a_point_inside_is_inside_and_one_in_a_hole_is_not() {
        let shape = square_with_a_hole();
        assert!(shape.contains(GeoPoint { lon: 1.0, lat: 1.0 }));
        assert!(!shape.contains(GeoPoint { lon: 5.0, lat: 5.0 }));
        assert!(!shape.contains(GeoPoint { lon: 11.0, lat: 1.0 }));
    }

    #[test]
    fn a_shape_survives_being_written_and_read() {
        let shape = square_with_a_hole();
        let text = serde_json::to_string(&shape).unwrap();
        assert_eq!(serde_json::from_str::<Shape>(&text).unwrap(), shape);
    }
}
