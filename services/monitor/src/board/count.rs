//! How many open cases there are, by everything a board counts by, and per area directly inside.

use std::collections::BTreeMap;

use seinhuis_contract::proto::common::v1 as words;
use seinhuis_contract::proto::monitor::v1::{
    BoardCounts, KindCount, LaneCount, RungCount, SubArea, UrgencyCount,
};
use seinhuis_domain::area::{Area, AreaCode, AreaMap};
use seinhuis_projections::Workload;

/// The sums of `work`.
pub(crate) fn counts<'a>(work: impl IntoIterator<Item = &'a Workload>) -> BoardCounts {
    let (mut open, mut overdue) = (0, 0);
    let (mut rungs, mut lanes) = (BTreeMap::new(), BTreeMap::new());
    let (mut kinds, mut urgencies) = (BTreeMap::new(), BTreeMap::new());
    for alike in work {
        open += alike.cases;
        overdue += alike.overdue;
        *rungs.entry(alike.rung).or_default() += alike.cases;
        *lanes.entry(alike.lane).or_default() += alike.cases;
        *kinds.entry(alike.kind.code()).or_default() += alike.cases;
        *urgencies.entry(alike.urgency).or_default() += alike.cases;
    }
    let rung = |(rung, count)| RungCount { rung: words::Rung::from(rung).into(), count };
    let lane = |(lane, count)| LaneCount { lane: words::Lane::from(lane).into(), count };
    let kind = |(kind, count): (&str, u64)| KindCount { kind: kind.to_owned(), count };
    let urgency = |(urgency, count)| UrgencyCount { urgency: words::Urgency::from(urgency).into(), count };
    BoardCounts {
        open,
        overdue,
        by_rung: rungs.into_iter().map(rung).collect(),
        by_lane: lanes.into_iter().map(lane).collect(),
        by_kind: kinds.into_iter().map(kind).collect(),
        by_urgency: urgencies.into_iter().map(urgency).collect(),
    }
}

/// One level down: the areas directly inside the one asked for, or, where several were, those themselves. Ordered by code.
pub(crate) fn one_level_down<'m>(asked: &[AreaCode], map: &'m AreaMap) -> impl Iterator<Item = &'m Area> {
    map.all().filter(move |area| match asked {
        [one] => area.parent.as_ref() == Some(one),
        several => several.contains(&area.code),
    })
}

/// The areas [`one_level_down`], each with all that lies in it.
pub(crate) fn sub_areas(asked: &[AreaCode], work: &[Workload], map: &AreaMap) -> Vec<SubArea> {
    let sub_area = |area: &Area| SubArea {
        area_code: area.code.to_string(),
        area_name: area.name.clone(),
        counts: Some(counts(work.iter().filter(|alike| map.lies_in(&alike.area, &area.code)))),
    };
    one_level_down(asked, map).map(sub_area).collect()
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_domain::example;
    use seinhuis_domain::kind::Kind;
    use seinhuis_domain::ladder::Rung;
    use seinhuis_domain::sector::{Lane, Urgency};

    fn code(text: &str) -> AreaCode {
        AreaCode::new(text).unwrap()
    }

    fn work(area: &str, rung: Rung, cases: u64, overdue: u64) -> Workload {
        let kind = Kind::from_code("housing.soc.gel").unwrap();
        Workload {
            area: code(area),
            rung,
            lane: Lane::Social,
            kind,
            urgency: Urgency::Normal,
            cases,
            overdue,
        }
    }

    fn ulft_and_gendringen() -> Vec<Workload> {
        vec![
            work("WK150900", Rung::Workfloor, 3, 1),
            work("WK150900", Rung::Regisseur, 2, 2),
            work("WK150901", Rung::Workfloor, 4, 0),
        ]
    }

    #[test]
    fn counts_add_up_per_rung_and_in_all() {
        let counts = counts(&ulft_and_gendringen());
        assert_eq!((counts.open, counts.overdue), (9, 3));
        let rungs: Vec<_> = counts.by_rung.iter().map(|c| (c.rung(), c.count)).collect();
        assert_eq!(rungs, [(words::Rung::Workfloor, 7), (words::Rung::Regisseur, 2)]);
        assert_eq!(counts.by_kind, [KindCount { kind: "housing.soc.gel".into(), count: 9 }]);
    }

    #[test]
    fn sub_areas_are_those_one_level_below_or_the_several_that_were_asked_for() {
        let map = AreaMap::new(example::profile().areas).unwrap();
        let open = |asked: &[AreaCode]| -> Vec<(String, u64)> {
            let sub_areas = sub_areas(asked, &ulft_and_gendringen(), &map);
            sub_areas.into_iter().map(|s| (s.area_code, s.counts.unwrap().open)).collect()
        };
        let both = [("WK150900".to_owned(), 5), ("WK150901".to_owned(), 4)];
        assert_eq!(open(&[code("GM1509")]), both);
        assert_eq!(open(&[code("WK150900"), code("WK150901")]), both);
        assert_eq!(open(&[code("WK150900")]), []);
    }
}
