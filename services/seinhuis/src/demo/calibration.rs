//! How signals come in over a week and a day, as measured.
//!
//! Figures: 3,024 public-space reports of one Dutch municipality over twelve weeks (share per weekday and hour, share
//! per main category, days until closed), computed from its public map feed.

/// Share of a week's signals per weekday, Monday first.
pub(super) const PER_WEEKDAY: [f64; 7] = [0.2166, 0.1829, 0.1491, 0.1336, 0.1855, 0.0747, 0.0575];

/// Share of a day's signals per local hour.
pub(super) const PER_HOUR: [f64; 24] = [
    0.0119, 0.0036, 0.0013, 0.0, 0.0007, 0.0013, 0.0063, 0.0152, 0.0724, 0.1683, 0.12, 0.0688, 0.0691,
    0.0678, 0.0754, 0.0728, 0.0622, 0.0241, 0.0291, 0.0288, 0.036, 0.0258, 0.0238, 0.0152,
];

/// Share of the municipality's own signals per kind.
pub(super) const PER_MUNICIPAL_KIND: [(&str, f64); 8] = [
    ("municipal.green", 0.3115),
    ("municipal.waste", 0.2523),
    ("municipal.roads", 0.2232),
    ("municipal.nuisance", 0.1184),
    ("municipal.animals", 0.0513),
    ("municipal.other", 0.0251),
    ("municipal.sewers", 0.0152),
    ("municipal.structures", 0.003),
];

/// Days until a report was no longer open, per share of the reports: half within two days, one in a hundred after 118.
pub(super) const DAYS_UNTIL_CLOSED: [(f64, f64); 8] = [
    (0.0, 0.0),
    (0.10, 0.2),
    (0.25, 1.0),
    (0.50, 2.0),
    (0.75, 9.0),
    (0.90, 29.0),
    (0.95, 51.0),
    (0.99, 118.0),
];

/// Draws an index by weight.
pub(super) fn weighted(weights: impl Iterator<Item = f64> + Clone, draw: f64) -> usize {
    let mut left = draw * weights.clone().sum::<f64>();
    let mut last = 0;
    for (index, weight) in weights.enumerate() {
        if weight > 0.0 {
            last = index;
            if left < weight {
                return index;
            }
        }
        left -= weight;
    }
    last
}

/// Days until closed at a share, between the measured points in a straight line.
pub(super) fn days_until_closed(share: f64) -> f64 {
    let above = DAYS_UNTIL_CLOSED.iter().position(|(at, _)| *at > share);
    match above {
        None => DAYS_UNTIL_CLOSED[DAYS_UNTIL_CLOSED.len() - 1].1,
        Some(0) => DAYS_UNTIL_CLOSED[0].1,
        Some(i) => {
            let ((x0, y0), (x1, y1)) = (DAYS_UNTIL_CLOSED[i - 1], DAYS_UNTIL_CLOSED[i]);
            y0 + (share - x0) / (x1 - x0) * (y1 - y0)
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_draw_falls_where_its_weight_lies() {
        let weights = [0.0, 1.0, 3.0];
        assert_eq!(weighted(weights.into_iter(), 0.0), 1);
        assert_eq!(weighted(weights.into_iter(), 0.24), 1);
        assert_eq!(weighted(weights.into_iter(), 0.26), 2);
        assert_eq!(weighted(weights.into_iter(), 1.0), 2);
    }

    #[test]
    fn half_of_the_reports_are_closed_within_two_days() {
        assert_eq!(days_until_closed(0.5), 2.0);
        assert_eq!(days_until_closed(1.0), 118.0);
    }
}
