//! One area as the statistics office writes it: level, code, name and parent, checked against each other.

use seinhuis_domain::area::{Area, AreaCode, AreaLevel, Shape};

/// The four fields that every shape of file has.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) level: &'a str,
    pub(super) code: &'a str,
    pub(super) name: &'a str,
    /// Empty for a gemeente.
    pub(super) parent: &'a str,
}

/// A field and the rule it breaks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) field: &'static str,
    pub(super) rule: String,
}

pub(super) fn area(row: &Row<'_>, shape: Option<Shape>) -> Result<Area, Fault> {
    let (level, letters, digits) = match row.level {
        "gemeente" => (AreaLevel::Municipality, "GM", 4),
        "wijk" => (AreaLevel::District, "WK", 6),
        "buurt" => (AreaLevel::Neighbourhood, "BU", 8),
        other => {
            return Err(Fault {
                field: "level",
                rule: format!("{other:?} is no level: gemeente, wijk or buurt"),
            });
        }
    };
    let is_code = row
        .code
        .strip_prefix(letters)
        .is_some_and(|rest| rest.len() == digits && rest.bytes().all(|b| b.is_ascii_digit()));
    if !is_code {
        let rule = format!("{:?} is no CBS code of a {}: {letters} and {digits} digits", row.code, row.level);
        return Err(Fault { field: "code", rule });
    }
    let name = row.name.trim();
    if name.is_empty() {
        return Err(Fault { field: "name", rule: "an area has a name".into() });
    }
    let parent = match (row.parent, level) {
        ("", AreaLevel::Municipality) => None,
        ("", _) => {
            return Err(Fault { field: "parent", rule: format!("a {} lies in another area", row.level) });
        }
        (other, AreaLevel::Municipality) => {
            return Err(Fault {
                field: "parent",
                rule: format!("{other:?}: a gemeente lies in no other area"),
            });
        }
        (code, _) => Some(coded("parent", code)?),
    };
    Ok(Area { code: coded("code", row.code)?, name: name.to_owned(), level, parent, shape })
}

fn coded(field: &'static str, code: &str) -> Result<AreaCode, Fault> {
    AreaCode::new(code).map_err(|refusal| Fault { field, rule: refusal.to_string() })
}

#[cfg(test)]
mod specs {
    use super::*;

    fn refused(level: &str, code: &str, name: &str, parent: &str) -> (&'static str, String) {
        let fault = area(&Row { level, code, name, parent }, None).unwrap_err();
        (fault.field, fault.rule)
    }

    #[test]
    fn a_wijk_is_a_district_in_its_gemeente() {
        let row = Row { level: "wijk", code: "WK150900", name: " Ulft ", parent: "GM1509" };
        let area = area(&row, None).unwrap();
        assert_eq!((area.level, area.name.as_str()), (AreaLevel::District, "Ulft"));
        assert_eq!(area.parent, Some(AreaCode::new("GM1509").unwrap()));
    }

    #[test]
    fn each_field_has_its_rule() {
        assert_eq!(
            refused("dorp", "GM1509", "x", ""),
            ("level", "\"dorp\" is no level: gemeente, wijk or buurt".into())
        );
        let no_code = "\"WK1509\" is no CBS code of a wijk: WK and 6 digits";
        assert_eq!(refused("wijk", "WK1509", "x", "GM1509"), ("code", no_code.into()));
        assert_eq!(refused("wijk", "WK150900", " ", "GM1509"), ("name", "an area has a name".into()));
        assert_eq!(refused("wijk", "WK150900", "x", ""), ("parent", "a wijk lies in another area".into()));
        assert_eq!(refused("gemeente", "GM1509", "x", "NL").0, "parent");
        assert_eq!(refused("buurt", "BU15090001", "x", "wk 00").0, "parent");
    }
}
