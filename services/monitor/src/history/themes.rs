//! Each policy goal over all areas.

use seinhuis_contract::proto::common::v1 as words;
use seinhuis_contract::proto::history::v1::{AreaTheme, Theme, ThemeCounts};
use seinhuis_domain::area::{AreaCode, AreaMap};
use seinhuis_projections::CaseVersion;
use seinhuis_projections::report::{self, AlarmedCase, Moment};

use crate::board::count;

/// The goals that `cases` serve, as a whole and per area directly inside `asked`.
pub(super) fn themes(
    asked: &[AreaCode],
    cases: &[CaseVersion],
    alarms: &[AlarmedCase],
    moment: Moment<'_>,
    map: &AreaMap,
) -> Vec<Theme> {
    let mut areas = Vec::new();
    for area in count::one_level_down(asked, map) {
        let inside = cases.iter().filter(|case| map.lies_in(&case.head.area, &area.code));
        areas.extend(report::themes(inside, alarms, moment).into_iter().map(|theme| (area, theme)));
    }
    let theme = |whole: report::Theme| Theme {
        goal: words::Goal::from(whole.goal).into(),
        counts: Some(counts(&whole)),
        areas: areas
            .iter()
            .filter(|(_, theme)| theme.goal == whole.goal)
            .map(|(area, theme)| AreaTheme {
                area_code: area.code.to_string(),
                area_name: area.name.clone(),
                counts: Some(counts(theme)),
            })
            .collect(),
    };
    report::themes(cases, alarms, moment).into_iter().map(theme).collect()
}

fn counts(theme: &report::Theme) -> ThemeCounts {
    let report::Theme { open, overdue, alarmed, high, .. } = *theme;
    ThemeCounts { open, overdue, alarmed, high }
}
