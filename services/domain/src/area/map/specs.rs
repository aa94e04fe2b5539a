//! Trees of areas: what is on them, and lists that are none.

use super::*;

fn area(code: &str, level: AreaLevel, parent: Option<&str>) -> Area {
    Area {
        code: AreaCode::new(code).unwrap(),
        name: format!("name of {code}"),
        level,
        parent: parent.map(|p| AreaCode::new(p).unwrap()),
        shape: None,
    }
}

fn lelystad() -> Vec<Area> {
    vec![
        area("GM0995", AreaLevel::Municipality, None),
        area("OV-NO", AreaLevel::WorkingArea, Some("GM0995")),
        area("WK099511", AreaLevel::District, Some("OV-NO")),
    ]
}

#[test]
fn a_path_runs_from_small_to_large() {
    let map = AreaMap::new(lelystad()).unwrap();
    let path: Vec<_> =
        map.path(&AreaCode::new("WK099511").unwrap()).iter().map(|a| a.code.to_string()).collect();
    assert_eq!(path, ["WK099511", "OV-NO", "GM0995"]);
}

#[test]
fn an_import_adds_neighbourhoods_and_never_moves_a_district_out_of_its_overlay() {
    let import = [
        area("GM0995", AreaLevel::Municipality, None),
        area("WK099511", AreaLevel::District, Some("GM0995")),
        area("BU09951101", AreaLevel::Neighbourhood, Some("WK099511")),
    ];
    let map = AreaMap::overlaid(&lelystad(), &import).unwrap();
    let inner = AreaCode::new("BU09951101").unwrap();
    assert!(map.lies_in(&inner, &AreaCode::new("OV-NO").unwrap()));
}

#[test]
fn a_shape_comes_from_the_import_where_the_profile_draws_none() {
    let shape = Shape::from(vec![vec![vec![[5., 52.], [6., 52.], [6., 53.], [5., 52.]]]]);
    let mut import = lelystad();
    import[2].shape = Some(shape.clone());
    let (bare, map) = (AreaMap::new(lelystad()).unwrap(), AreaMap::overlaid(&lelystad(), &import).unwrap());
    assert_eq!(map.get(&AreaCode::new("WK099511").unwrap()).unwrap().shape, Some(shape));
    assert_eq!((bare.has_shapes(), map.has_shapes()), (false, true));
}

#[test]
fn the_municipality_is_on_top() {
    let map = AreaMap::new(lelystad()).unwrap();
    assert_eq!(map.municipality().unwrap().code.as_str(), "GM0995");
    assert_eq!(AreaMap::default().municipality(), None);
}

#[test]
fn an_area_is_found_by_its_name_unless_two_bear_it() {
    let mut list = lelystad();
    list.push(area("WK099512", AreaLevel::District, Some("OV-NO")));
    list[3].name = "Name of WK099511".into();
    let named = |list: &[Area], name: &str| {
        let map = AreaMap::new(list.to_vec()).unwrap();
        map.named(name).map(|area| area.code.to_string())
    };
    assert_eq!(named(&list[..3], "NAME OF WK099511").as_deref(), Some("WK099511"));
    assert_eq!((named(&list, "name of WK099511"), named(&list, "nowhere")), (None, None));
}

#[test]
fn a_drawn_map_says_where_it_was_drawn_from() {
    let own = DrawnMap { map: AreaMap::new(lelystad()).unwrap(), vintage: None };
    let imported = DrawnMap { vintage: Some("cbs-2017".into()), ..own.clone() };
    assert_eq!((own.to_string(), imported.to_string()), ("the profile's own".into(), "cbs-2017".into()));
    assert!(DrawnMap::default().is_blank() && !own.is_blank());
}

#[test]
fn each_level_has_the_word_that_people_use() {
    let words: Vec<_> =
        [AreaLevel::Neighbourhood, AreaLevel::District, AreaLevel::WorkingArea, AreaLevel::Municipality]
            .map(AreaLevel::dutch)
            .into();
    assert_eq!(words, ["buurt", "wijk", "werkgebied", "gemeente"]);
}

#[test]
fn a_list_with_a_stranger_for_a_parent_is_refused() {
    let mut list = lelystad();
    list.push(area("WK1", AreaLevel::District, Some("OV-XX")));
    assert!(matches!(AreaMap::new(list), Err(AreaMapFault::NoParent { .. })));
}

#[test]
fn a_parent_of_the_same_level_is_refused_because_paths_could_run_in_circles() {
    let mut list = lelystad();
    list.push(area("WK1", AreaLevel::District, Some("WK099511")));
    assert!(matches!(AreaMap::new(list), Err(AreaMapFault::NotLarger { .. })));
}

#[test]
fn a_code_named_twice_is_refused() {
    let mut list = lelystad();
    list.push(area("OV-NO", AreaLevel::WorkingArea, Some("GM0995")));
    assert!(matches!(AreaMap::new(list), Err(AreaMapFault::Twice(_))));
}
