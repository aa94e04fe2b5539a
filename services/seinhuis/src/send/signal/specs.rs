//! What holds of `signal`, as specs.

use super::*;
use crate::send::map::specs::mapping;
use jiff::Timestamp;
use proptest::prelude::*;
use seinhuis_contract::proto::ingest::v1::subject::Identifier;
use seinhuis_contract::proto::ingest::v1::{CareSignal, HousingKind, HousingSignal};

const HOUSING: &str = r#"
[signal]
sector = "housing"
[fields]
reference = { template = "{dossier}-{nr}" }
occurred_at = { column = "datum", format = "%d-%m-%Y %H:%M" }
kind = { column = "soort", lookup = "soort" }
area_code = { column = "wijk" }
lon = { column = "x", optional = true }
lat = { column = "y", optional = true }
postcode = { column = "pc", optional = true }
house_number = { column = "huisnr", optional = true }
urgency = { column = "spoed", lookup = "spoed", optional = true }
subject_bsn = { column = "bsn", optional = true }
subject_name = { column = "naam", optional = true }
subject_birth_date = { column = "geboren", format = "%d-%m-%Y", optional = true }
arrears_months = { column = "maanden", optional = true }
free_text = { value = "uit het primaire systeem" }
[lookup.soort]
HUA = "housing.fin.hua"
GEL = "housing.soc.gel"
[lookup.spoed]
J = "urgent"
default = "normal"
"#;

/// A row for [`HOUSING`] by column name; columns that aren't named are empty.
fn row(cells: &[(&str, &str)]) -> Row {
    let columns = mapping(HOUSING).columns;
    let cell = |name: &str| cells.iter().find(|(own, _)| *own == name).map_or("", |(_, text)| *text);
    Row::of(1, &columns.iter().map(|column| cell(&column.name)).collect::<Vec<_>>())
}

const NEEDED: [(&str, &str); 5] =
    [("dossier", "D1"), ("nr", "7"), ("datum", "02-04-2026 10:00"), ("soort", "HUA"), ("wijk", "WK150900")];

fn with(more: &[(&str, &str)]) -> Result<HousingSignal, Misfit> {
    let cells: Vec<_> = more.iter().chain(&NEEDED).copied().collect();
    mapping(HOUSING).signal(&row(&cells)).map(|signal| match signal {
        SectorSignal::Housing(own) => own,
        other => panic!("{other:?}"),
    })
}

#[test]
fn a_row_with_what_is_needed_is_a_signal() {
    let signal = with(&[]).unwrap();
    assert_eq!(signal.kind(), HousingKind::FinHua);
    let common = signal.common.unwrap();
    assert_eq!(common.reference, "D1-7");
    let at: Timestamp = "2026-04-02T08:00:00Z".parse().unwrap();
    assert_eq!(common.occurred_at, Some(time::to_wire(at)));
    assert_eq!(
        (common.area_code.as_str(), common.free_text.as_str()),
        ("WK150900", "uit het primaire systeem")
    );
    assert_eq!((common.point, common.address, common.subjects), (None, None, vec![]));
    assert_eq!(common.urgency, words::Urgency::Unspecified as i32);
}

#[test]
fn everything_a_row_can_have_arrives_in_the_signal() {
    let signal = with(&[
        ("x", "6,5797"),
        ("y", "52.9915"),
        ("pc", "7071 AB"),
        ("huisnr", "12"),
        ("spoed", "J"),
        ("bsn", "123456782"),
        ("naam", "J. Jansen"),
        ("geboren", "31-12-2001"),
        ("maanden", "3"),
    ])
    .unwrap();
    assert_eq!(signal.arrears_months, 3);
    let common = signal.common.unwrap();
    assert_eq!(common.point, Some(GeoPoint { lon: 6.5797, lat: 52.9915 }));
    let address = common.address.unwrap();
    assert_eq!((address.postcode.as_str(), address.house_number), ("7071 AB", 12));
    assert_eq!(common.urgency, words::Urgency::Urgent as i32);
    let [person] = common.subjects.as_slice() else { panic!("one person") };
    assert_eq!(person.identifier, Some(Identifier::Bsn("123456782".into())));
    assert_eq!(person.name, "J. Jansen");
    assert_eq!(person.birth_date.unwrap().year, 2001);
}

#[test]
fn a_person_without_a_number_goes_by_name_and_day_of_birth() {
    let signal = with(&[("naam", "J. Jansen"), ("geboren", "31-12-2001")]).unwrap();
    let [person] = &signal.common.unwrap().subjects[..] else { panic!("one person") };
    assert!(matches!(&person.identifier, Some(Identifier::Person(person)) if person.name == "J. Jansen"));
    assert_eq!(with(&[("naam", "J. Jansen")]), Err(Misfit::absent(Target::SubjectBirthDate)));
}

#[test]
fn each_bad_cell_is_one_refusal_with_field_value_and_rule() {
    for (cell, field, value, rule) in [
        (("dossier", ""), "reference", "(absent)", "is required"),
        (("datum", "2026-04-02"), "occurred_at", "2026-04-02", "must be written after"),
        (("soort", "OVE"), "kind", "OVE", "isn't a word of [lookup.soort]"),
        (("x", "6.5"), "lat", "(absent)", "is required"),
        (("x", "NaN"), "lon", "(withheld)", "must be degrees"),
        (("huisnr", "12a"), "house_number", "(withheld)", "must be a whole number"),
        (("huisnr", "12"), "postcode", "(absent)", "is required"),
        (("geboren", "2001"), "subject_birth_date", "(withheld)", "must be written after"),
    ] {
        let misfit = with(&[cell]).unwrap_err();
        assert_eq!((misfit.field.as_str(), misfit.value.as_str()), (field, value), "{cell:?}");
        assert!(misfit.rule.starts_with(rule), "{cell:?}: {}", misfit.rule);
    }
}

#[test]
fn a_row_too_long_for_the_hub_is_refused_before_it_is_sent() {
    let misfit = with(&[("naam", &"x".repeat(70_000)), ("geboren", "31-12-2001")]).unwrap_err();
    assert!(misfit.rule.contains("at most 61440"), "{misfit:?}");
}

#[test]
fn consent_belongs_to_care() {
    let map = r#"
        [signal]
        sector = "care"
        [fields]
        reference = { column = "id" }
        occurred_at = { column = "at" }
        kind = { value = "care.loneliness" }
        area_code = { column = "wijk" }
        consent = { column = "ok", optional = true }
    "#;
    let signal = |ok| mapping(map).signal(&row_of(map, &["WK1", ok, "2026-01-01T00:00:00Z", "r"]));
    assert!(matches!(signal("given"), Ok(SectorSignal::Care(CareSignal { consent: 1, .. }))));
    assert_eq!(signal("yes").unwrap_err().rule, "must be given, refused or not_asked");
}

/// The cells in the order of the column names: at, id, ok, wijk reversed, so that no order is taken for granted.
fn row_of(map: &str, cells: &[&str]) -> Row {
    let names = ["wijk", "ok", "at", "id"];
    let cell = |name: &str| cells[names.iter().position(|own| *own == name).unwrap()];
    Row::of(1, &mapping(map).columns.iter().map(|column| cell(&column.name)).collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn any_cells_make_a_signal_or_one_refusal(cells in prop::collection::vec(any::<Vec<u8>>(), 0..20)) {
        let row = Row { line: 1, cells: Ok(cells.iter().map(|bytes| Cell::bytes(bytes)).collect()) };
        if let Err(misfit) = mapping(HOUSING).signal(&row) {
            prop_assert!(!misfit.rule.is_empty());
        }
    }
}
