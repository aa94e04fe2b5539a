//! Files of areas, made up and real.

use std::path::PathBuf;

use seinhuis_domain::area::{AreaLevel, AreaMap, GeoPoint};

use super::*;

const SQUARE: &str = "[[[6.0,51.0],[6.1,51.0],[6.1,51.1],[6.0,51.1],[6.0,51.0]]]";

fn import(name: &str, text: impl AsRef<[u8]>, municipality: &str) -> Result<ImportAreas, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    import_municipality(&path, "cbs-2017", &AreaCode::new(municipality).unwrap()).map_err(|error| {
        let source =
            std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
        format!("{error}{source}").replace(&format!("{}/", folder.path().display()), "")
    })
}

fn feature(level: &str, code: &str, parent: &str, coordinates: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{{"level":"{level}","code":"{code}","name":"n","parent":"{parent}","extra":1}},"geometry":{{"type":"Polygon","coordinates":{coordinates}}}}}"#
    )
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

fn geojson_with(second: String) -> String {
    import("kaart.geojson", collection(&[feature("gemeente", "GM1509", "", SQUARE), second]), "GM1509")
        .unwrap_err()
}

#[test]
fn a_map_is_read_with_shapes_and_parents() {
    let text = collection(&[
        feature("gemeente", "GM1509", "", SQUARE),
        feature("wijk", "WK150900", "GM1509", SQUARE),
    ]);
    let import = import("kaart.geojson", text, "GM1509").unwrap();
    assert_eq!((import.vintage.as_str(), import.areas.len()), ("cbs-2017", 2));
    let map = AreaMap::new(import.areas).unwrap();
    let found = map.locate(GeoPoint { lon: 6.05, lat: 51.05 }).unwrap();
    assert_eq!((found.code.as_str(), found.level), ("WK150900", AreaLevel::District));
}

#[test]
fn a_position_may_carry_a_height() {
    let high = "[[[6,51,3],[6.1,51,3],[6.1,51.1,3],[6,51,3]]]";
    assert!(import("kaart.json", collection(&[feature("gemeente", "GM1509", "", high)]), "GM1509").is_ok());
}

#[test]
fn a_bad_feature_is_named_by_its_place_field_and_rule() {
    for (second, said) in [
        (
            feature("wijk", "WK15", "GM1509", SQUARE),
            "feature 2: properties.code: \"WK15\" is no CBS code of a wijk: WK and 6 digits",
        ),
        (feature("wijk", "WK150900", "GM0995", SQUARE), "feature 2: parent: GM0995 is not in the file"),
        (feature("gemeente", "GM1509", "", SQUARE), "feature 2: code: GM1509 stands in the file twice"),
        (
            feature("wijk", "WK150900", "GM1509", "[[[6,51],[6.1,51],[6,51.1]]]"),
            "feature 2: geometry.coordinates: a ring has at least 4 positions and ends where it begins",
        ),
        (
            feature("wijk", "WK150900", "GM1509", "[[[155000,463000],[1,1],[1,2],[155000,463000]]]"),
            "feature 2: geometry.coordinates: [155000.0, 463000.0] is no longitude and latitude in degrees (WGS 84, \
             EPSG:4326; the national grid, RD, must be converted first)",
        ),
        (
            feature("wijk", "WK150900", "GM1509", "[]"),
            "feature 2: geometry.coordinates: an area has an outside",
        ),
        (
            r#"{"type":"Feature","properties":{"level":"wijk"},"geometry":null}"#.into(),
            "feature 2: missing field `code`",
        ),
    ] {
        assert_eq!(geojson_with(second), format!("kaart.geojson: {said}"));
    }
    let point = feature("wijk", "WK150900", "GM1509", SQUARE).replace("Polygon", "Point");
    let said = geojson_with(point);
    assert!(said.starts_with("kaart.geojson: feature 2: unknown variant `Point`"), "{said}");
}

#[test]
fn a_file_that_is_no_map_is_refused() {
    assert_eq!(
        import("kaart.txt", "", "GM1509").unwrap_err(),
        "kaart.txt: a file of areas ends in .geojson, .json or .csv"
    );
    assert!(
        import("kaart.geojson", "{", "GM1509").unwrap_err().starts_with("kaart.geojson: EOF while parsing")
    );
    assert_eq!(
        import("kaart.geojson", r#"{"type":"Topology","features":[]}"#, "GM1509").unwrap_err(),
        "kaart.geojson: type: \"Topology\" is not what a map is: a FeatureCollection"
    );
    assert_eq!(
        import("kaart.geojson", collection(&[]), "GM1509").unwrap_err(),
        "kaart.geojson: municipality GM1509 is not in it, but no municipality at all"
    );
    assert_eq!(
        import("a.csv", b"level,code\n\nw\xff", "GM1509").unwrap_err(),
        "a.csv: line 3: this is not UTF-8"
    );
    let absent =
        import_municipality(Path::new("weg.csv"), "cbs-2017", &AreaCode::new("GM1509").unwrap()).unwrap_err();
    assert!(matches!(absent, AreasError::Unreadable { .. }));
}

const TABLE: &str = "\u{feff}code,level,parent,name,extra\nGM1509,gemeente,,Oude IJsselstreek,x\nWK150900,wijk,GM1509,Ulft,x\n\
    GM0995,gemeente,,Lelystad,x\nBU15090001,buurt,WK150900,Ulft-Zuid,x\n";

#[test]
fn of_a_table_with_several_municipalities_only_the_one_asked_for_is_taken() {
    assert_eq!(
        import("a.csv", TABLE, "GM0106").unwrap_err(),
        "a.csv: municipality GM0106 is not in it, but GM1509, GM0995"
    );
    let areas = import("a.csv", TABLE, "GM1509").unwrap().areas;
    let codes: Vec<&str> = areas.iter().map(|area| area.code.as_str()).collect();
    assert_eq!(codes, ["GM1509", "WK150900", "BU15090001"]);
    assert!(areas.iter().all(|area| area.shape.is_none()));
}

#[test]
fn a_bad_line_is_named_by_its_number_column_and_rule() {
    let with = |line: &str| import("a.csv", format!("{TABLE}{line}\n"), "GM1509").unwrap_err();
    assert_eq!(
        with("WK15,wijk,GM1509,x,x"),
        "a.csv: line 6: code: \"WK15\" is no CBS code of a wijk: WK and 6 digits"
    );
    assert_eq!(with("WK150901,wijk"), "a.csv: line 6: 2 fields, but the heading has 5");
    assert_eq!(with("WK150901,wijk,GM1,x,x"), "a.csv: line 6: parent: GM1 is not in the file");
    assert_eq!(
        import("a.csv", "code,level,name\n", "GM1509").unwrap_err(),
        "a.csv: line 1: parent: the column is missing; there are code, level, name"
    );
}

#[test]
fn areas_that_lie_in_each_other_are_refused_and_not_walked_for_ever() {
    let circle = "code,level,parent,name\nGM1509,gemeente,,x\nWK150900,wijk,BU15090001,x\nBU15090001,buurt,WK150900,x\n";
    // Neither reaches the municipality, so neither is part of its map.
    assert_eq!(import("a.csv", circle, "GM1509").unwrap().areas.len(), 1);
}

#[test]
fn areas_that_make_no_tree_are_refused() {
    let same_level =
        "code,level,parent,name\nGM1509,gemeente,,x\nWK150900,wijk,GM1509,x\nWK150901,wijk,WK150900,x\n";
    assert_eq!(
        import("a.csv", same_level, "GM1509").unwrap_err(),
        "a.csv: the areas make no map: area WK150901 lies in WK150900, which is not of a larger level"
    );
}

fn saved(file: &str, test: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/areas").join(file);
    if path.exists() {
        return Some(path);
    }
    println!("SKIPPED: {test}: {} is not there", path.display());
    None
}

/// Every point that the table gives for a wijk or buurt lies there on the map, and in the working area of the profile.
#[test]
fn every_inside_point_of_both_municipalities_is_located_in_its_own_area() {
    let test = "every_inside_point_of_both_municipalities_is_located_in_its_own_area";
    for (gemeente, file, profile, points) in [
        ("GM0995", "lelystad.geojson", "lelystad", 42 + 139),
        ("GM1509", "oude_ijsselstreek.geojson", "oude-ijsselstreek", 4 + 32),
    ] {
        let (Some(shapes), Some(table)) = (saved(file, test), saved("areas.csv", test)) else { return };
        let profile = crate::profile::named(profile).unwrap().profile;
        let import = import_file(&shapes, "cbs-2017", &profile).unwrap();
        let map = AreaMap::overlaid(&profile.areas, &import.areas).unwrap();
        let mut located = 0;
        for row in csv::Reader::from_path(table).unwrap().records().map(Result::unwrap) {
            if &row[0] != gemeente || &row[2] == "gemeente" {
                continue;
            }
            let point = GeoPoint { lon: row[8].parse().unwrap(), lat: row[9].parse().unwrap() };
            let found = map.locate(point).unwrap();
            let own = AreaCode::new(&row[3]).unwrap();
            assert_eq!(found.level, AreaLevel::Neighbourhood, "{own}");
            assert!(map.lies_in(&found.code, &own), "{own} is found as {}", found.code);
            let around: Vec<String> =
                map.path(&found.code).iter().map(|area| area.name.to_lowercase()).collect();
            assert!(row[6].is_empty() || around.contains(&row[6].to_lowercase()), "{own}: {around:?}");
            located += 1;
        }
        assert_eq!(located, points, "{gemeente}");
    }
}

#[test]
fn the_saved_table_and_the_saved_shapes_hold_the_same_areas() {
    let test = "the_saved_table_and_the_saved_shapes_hold_the_same_areas";
    for (gemeente, file) in [("GM0995", "lelystad.geojson"), ("GM1509", "oude_ijsselstreek.geojson")] {
        let (Some(shapes), Some(table)) = (saved(file, test), saved("areas.csv", test)) else { return };
        let code = AreaCode::new(gemeente).unwrap();
        let names = |path: &Path| -> Vec<_> {
            let import = import_municipality(path, "cbs-2017", &code).unwrap();
            import.areas.into_iter().map(|a| (a.code, a.name, a.level, a.parent)).collect()
        };
        let (mut left, mut right) = (names(&shapes), names(&table));
        left.sort();
        right.sort();
        assert_eq!(left, right);
    }
}
