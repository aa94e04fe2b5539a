//! What holds of `csv`, as specs.

use super::*;
use crate::send::map::specs::mapping;
use crate::send::source::LONGEST_ROW;
use proptest::prelude::*;

const MAP: &str = r#"
[signal]
sector = "municipal"
[fields]
reference = { column = "id" }
occurred_at = { column = "at" }
kind = { value = "municipal.waste" }
area_name = { column = "wijk" }
"#;

/// Line and cells, `<empty>` and `<broken>` for what is no text, or the rule that the row breaks.
type Told = (u64, Result<Vec<String>, String>);

fn rows(text: &[u8], delimiter: u8) -> Result<Vec<Told>, String> {
    let mapping = Mapping { delimiter, ..mapping(MAP) };
    let mut rows = CsvRows::new("in.csv".into(), text, &mapping).map_err(|error| error.to_string())?;
    let mut told = Vec::new();
    while let Some(row) = rows.next().map_err(|error| error.to_string())? {
        let cells = row.cells.map_err(|misfit| misfit.rule);
        let cell = |cell: Cell| match cell {
            Cell::Text(text) => text,
            Cell::Empty => "<empty>".into(),
            Cell::Broken { .. } => "<broken>".into(),
        };
        told.push((row.line, cells.map(|cells| cells.into_iter().map(cell).collect())));
    }
    Ok(told)
}

fn good(line: u64, cells: [&str; 3]) -> Told {
    (line, Ok(cells.map(str::to_owned).to_vec()))
}

#[test]
fn cells_come_in_the_maps_order_whatever_the_files() {
    let text = b"\xef\xbb\xbfwijk;unused;at;id\r\n Ulft ;x;2026;1\r\n\"a;\n\"\"b\"\"\";x;;3";
    let told = rows(text, b';').unwrap();
    assert_eq!(told[0], good(2, ["1", "2026", "Ulft"]));
    assert_eq!(told[1], good(3, ["3", "<empty>", "a;\n\"b\""]));
    assert_eq!(told.len(), 2);
}

#[test]
fn the_line_is_the_one_on_which_the_row_begins() {
    for end in ["\n", "\r\n"] {
        let text = ["id,at,wijk", "1,a,\"two", "lines\"", "2,b,c", "", "", "3,b,c", "4,b,c"].join(end);
        let lines: Vec<_> = rows(text.as_bytes(), b',').unwrap().into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [2, 4, 7, 8], "{end:?}");
    }
}

#[test]
fn a_missing_column_is_named_with_the_file_and_the_key_that_wants_it() {
    let error = rows(b"id,at,area\n1,2,3\n", b',').unwrap_err();
    assert_eq!(
        error,
        "in.csv: column \"wijk\" is missing; map.toml wants it for fields.area_name.column; the file has id, at, area"
    );
    let error = rows(b"id;at;wijk\n", b',').unwrap_err();
    assert!(error.ends_with("the file has only \"id;at;wijk\"; is source.delimiter right?"), "{error}");
    let error = rows(b"", b',').unwrap_err();
    assert!(error.ends_with("the file has no header"), "{error}");
}

#[test]
fn two_columns_of_a_wanted_name_are_refused() {
    assert!(rows(b"id,at,wijk,id\n", b',').unwrap_err().contains("two columns are called \"id\""));
    assert!(rows(b"id,at,wijk,x,x\n", b',').is_ok());
}

#[test]
fn a_bad_row_is_told_and_the_next_one_read() {
    let told = rows(b"id,at,wijk\n1,2\n1,2,3,4\n1,\xff\xfe,3\n1,2,3\n", b',').unwrap();
    assert_eq!(told[0].1, Err("must have 3 columns, as the header has; it has 2".into()));
    assert_eq!(told[1].1, Err("must have 3 columns, as the header has; it has 4".into()));
    assert_eq!(told[2], good(4, ["1", "<broken>", "3"]));
    assert_eq!(told[3], good(5, ["1", "2", "3"]));
}

#[test]
fn a_quote_that_never_closes_ends_the_file_before_it_fills_the_memory() {
    let mut text = b"id,at,wijk\n1,2,3\n1,2,\"".to_vec();
    text.resize(text.len() + 3 * LONGEST_ROW as usize, b'x');
    let error = rows(&text, b',').unwrap_err();
    assert!(error.contains("is longer than 1048576 bytes; is a quote left open?"), "{error}");
}

proptest! {
    #[test]
    fn any_bytes_are_rows_or_one_error(bytes in any::<Vec<u8>>()) {
        let _ = rows(&bytes, b',');
        let mut behind_a_header = b"id,at,wijk\n".to_vec();
        behind_a_header.extend(bytes);
        prop_assert!(rows(&behind_a_header, b',').is_ok());
    }

    #[test]
    fn what_was_written_is_read(cells in prop::collection::vec(prop::array::uniform3("[a-z,\"\n;]{0,6}"), 0..8)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["id", "at", "wijk"]).unwrap();
        for row in &cells {
            writer.write_record(row).unwrap();
        }
        let told = rows(&writer.into_inner().unwrap(), b',').unwrap();
        let texts = |row: &[String; 3]| row.clone().map(|cell| match cell.trim() {
            "" => "<empty>".to_owned(),
            text => text.to_owned(),
        }).to_vec();
        let expected: Vec<_> = cells.iter().map(texts).collect();
        prop_assert_eq!(told.into_iter().map(|(_, cells)| cells.unwrap()).collect::<Vec<_>>(), expected);
    }
}
