//! The map: the areas of an area, the darker the more cases are open there, each with how many.

use anyhow::anyhow;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use seinhuis_contract::proto::history::v1::{Outline, Polygon as Part};

/// Pixels across, and at most down.
const WIDTH: u32 = 760;
const HEIGHT: f64 = 720.0;
/// Nothing open, and the most.
const LIGHT: (u8, u8, u8) = (230, 238, 245);
const DARK: (u8, u8, u8) = (0, 90, 156);
const LINE: RGBColor = RGBColor(90, 90, 90);

/// An area on the map.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    /// Its open cases.
    pub(super) open: u64,
    /// Where it lies: lines of points in degrees east and north.
    pub(super) lines: Vec<Vec<(f64, f64)>>,
}

impl Place {
    /// The area of an outline. Holes are left out: another area lies there, and is drawn.
    pub(super) fn of(outline: &Outline, open: u64) -> Self {
        let outside = |part: &Part| part.rings.first().map(|ring| points(&ring.positions));
        Self { open, lines: outline.polygons.iter().filter_map(outside).collect() }
    }
}

fn points(positions: &[f64]) -> Vec<(f64, f64)> {
    positions.as_chunks::<2>().0.iter().map(|[east, north]| (*east, *north)).collect()
}

/// The map as SVG; nothing where no place is known. The same places give the same bytes.
pub(super) fn drawn(places: &[Place]) -> anyhow::Result<Option<String>> {
    let Some(frame) = Frame::around(places) else { return Ok(None) };
    let mut svg = String::new();
    draw(places, &frame, &mut svg).map_err(|error| anyhow!("a map can't be drawn: {error}"))?;
    Ok(Some(svg))
}

/// The smallest rectangle around all places, where a degree east is as long as it is at its middle.
struct Frame {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    /// A degree east over a degree north.
    narrow: f64,
}

impl Frame {
    fn around(places: &[Place]) -> Option<Self> {
        let points = || places.iter().flat_map(|place| &place.lines).flatten();
        let least = |of: fn(&(f64, f64)) -> f64| points().map(of).reduce(f64::min);
        let most = |of: fn(&(f64, f64)) -> f64| points().map(of).reduce(f64::max);
        let (west, east) = (least(|point| point.0)?, most(|point| point.0)?);
        let (south, north) = (least(|point| point.1)?, most(|point| point.1)?);
        let narrow = f64::midpoint(south, north).to_radians().cos();
        (west < east && south < north).then_some(Self { west, south, east, north, narrow })
    }

    /// Pixels across and down, as large as fits.
    fn size(&self) -> (u32, u32) {
        let down = f64::from(WIDTH) * (self.north - self.south) / ((self.east - self.west) * self.narrow);
        match down <= HEIGHT {
            true => (WIDTH, down.round() as u32),
            false => ((f64::from(WIDTH) * HEIGHT / down).round() as u32, HEIGHT as u32),
        }
    }
}

fn draw(
    places: &[Place],
    frame: &Frame,
    svg: &mut String,
) -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
    let most = places.iter().map(|place| place.open).max().unwrap_or_default().max(1);
    let (across, down) = frame.size();
    let area = SVGBackend::with_string(svg, (across + 8, down + 8)).into_drawing_area();
    let mut chart = ChartBuilder::on(&area)
        .margin(4)
        .build_cartesian_2d(frame.west..frame.east, frame.south..frame.north)?;
    for place in places {
        let share = place.open as f64 / most as f64;
        let fill = shade(share).filled();
        chart.draw_series(place.lines.iter().map(|line| Polygon::new(line.clone(), fill)))?;
        chart.draw_series(place.lines.iter().map(|line| PathElement::new(line.clone(), LINE)))?;
    }
    for place in places {
        let Some(middle) = middle(place) else { continue };
        let colour = if place.open * 2 > most { WHITE } else { BLACK };
        let style = ("sans-serif", 13).into_font().color(&colour).pos(Pos::new(HPos::Center, VPos::Center));
        chart.draw_series([Text::new(place.open.to_string(), middle, style)])?;
    }
    area.present()
}

/// Between light and dark.
fn shade(share: f64) -> RGBColor {
    let between =
        |light: u8, dark: u8| (f64::from(light) + (f64::from(dark) - f64::from(light)) * share) as u8;
    RGBColor(between(LIGHT.0, DARK.0), between(LIGHT.1, DARK.1), between(LIGHT.2, DARK.2))
}

/// The middle of its largest part.
fn middle(place: &Place) -> Option<(f64, f64)> {
    let bounds = |line: &Vec<(f64, f64)>| {
        let around = Frame::around(&[Place { open: 0, lines: vec![line.clone()] }])?;
        let size = (around.east - around.west) * (around.north - around.south);
        Some((size, (f64::midpoint(around.west, around.east), f64::midpoint(around.south, around.north))))
    };
    let largest = place.lines.iter().filter_map(bounds).max_by(|one, other| one.0.total_cmp(&other.0));
    largest.map(|(_, middle)| middle)
}

#[cfg(test)]
mod specs {
    use super::*;

    fn place(open: u64, west: f64) -> Place {
        let line = vec![(west, 52.0), (west + 0.1, 52.0), (west + 0.1, 52.1), (west, 52.1), (west, 52.0)];
        Place { open, lines: vec![line] }
    }

    #[test]
    fn every_place_is_drawn_with_its_cases_the_busiest_the_darkest() {
        let svg = drawn(&[place(12, 6.0), place(0, 6.1)]).unwrap().unwrap();
        assert_eq!(svg.matches("<polygon").count(), 2, "{svg}");
        for part in ["#005A9C", "#E6EEF5", "\n12\n", "\n0\n"] {
            assert!(svg.contains(part), "{part} is missing in {svg}");
        }
        assert_eq!(drawn(&[place(12, 6.0), place(0, 6.1)]).unwrap().unwrap(), svg);
    }

    #[test]
    fn a_map_is_as_high_as_the_land_and_never_higher_than_a_screen() {
        let wide = Frame::around(&[place(1, 6.0), place(1, 6.3)]).unwrap().size();
        // Four tenths of a degree across, one down, and a degree east is 0.61 of one north there.
        assert_eq!(wide, (760, 309));
        let high = Place { open: 1, lines: vec![vec![(6.0, 51.0), (6.1, 51.0), (6.1, 53.0), (6.0, 51.0)]] };
        assert_eq!(Frame::around(&[high]).unwrap().size().1, 720);
    }

    #[test]
    fn where_no_place_is_known_there_is_no_map() {
        assert_eq!(drawn(&[]).unwrap(), None);
        assert_eq!(drawn(&[Place { open: 3, lines: vec![] }]).unwrap(), None);
    }
}
