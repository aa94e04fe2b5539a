//! Two counts by month or week, as bars side by side.

use anyhow::anyhow;
use plotters::prelude::*;

/// The first of two, and the second.
const COLOURS: [RGBColor; 2] = [RGBColor(0, 90, 156), RGBColor(214, 94, 0)];
const SIZE: (u32, u32) = (760, 260);

/// One month or week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// What stands below it; nothing where there is no room.
    pub(crate) name: String,
    /// The two counts.
    pub(crate) counts: [u64; 2],
}

/// The bars of `columns` as SVG. The same columns give the same bytes.
pub(crate) fn bars(columns: &[Column]) -> anyhow::Result<String> {
    let mut svg = String::new();
    draw(columns, &mut svg).map_err(|error| anyhow!("a chart can't be drawn: {error}"))?;
    Ok(svg)
}

fn draw(columns: &[Column], svg: &mut String) -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
    let highest = columns.iter().flat_map(|column| column.counts).max().unwrap_or_default().max(4) as f64;
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    let mut chart = ChartBuilder::on(&area)
        .margin(8)
        .x_label_area_size(26)
        .y_label_area_size(44)
        .build_cartesian_2d(-0.5..columns.len() as f64 - 0.5, 0.0..highest * 1.05)?;
    let name = |x: &f64| {
        let whole = x.round();
        let column =
            if (x - whole).abs() < 0.01 && whole >= 0.0 { columns.get(whole as usize) } else { None };
        column.map(|column| column.name.clone()).unwrap_or_default()
    };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(2 * columns.len() + 1)
        .x_label_formatter(&name)
        .y_labels(5)
        .y_label_formatter(&|y| format!("{y:.0}"))
        .draw()?;
    for (side, colour) in COLOURS.iter().enumerate() {
        let left = [-0.36, 0.02][side];
        chart.draw_series(columns.iter().enumerate().map(|(at, column)| {
            let from = at as f64 + left;
            Rectangle::new([(from, 0.0), (from + 0.34, column.counts[side] as f64)], colour.filled())
        }))?;
    }
    area.present()
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn every_column_is_named_and_has_two_bars_and_the_same_columns_are_the_same_bytes() {
        let column = |name: &str, counts| Column { name: name.into(), counts };
        let columns = [column("jan 2026", [12, 3]), column("feb", [0, 7]), column("mrt", [40, 21])];
        let svg = bars(&columns).unwrap();
        for column in &columns {
            assert_eq!(svg.matches(&format!("\n{}\n", column.name)).count(), 1, "{svg}");
        }
        for fill in ["#005A9C", "#D65E00"] {
            assert_eq!(svg.matches(&format!("fill=\"{fill}\"")).count(), 3, "{svg}");
        }
        assert_eq!(bars(&columns).unwrap(), svg);
        assert!(bars(&[]).is_ok());
    }
}
