//! Areas: the municipality, its working areas, districts (wijken) and neighbourhoods (buurten).

use std::fmt;

use serde::{Deserialize, Serialize};

mod import;
mod locate;
mod map;

pub use import::{AreasEvent, ImportAreas, ImportedAreas};
pub use locate::{GeoPoint, OutsideMunicipality, Ring, Shape};
pub use map::{Area, AreaLevel, AreaMap, AreaMapFault, DrawnMap};

/// Names one area: a CBS code (`GM1509`, `WK150900`, `BU15090001`) or the code of a municipal overlay
/// (`OV-NOORDWEST`). Codes mean something only together with the vintage of their map.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaCode(String);

impl AreaCode {
    /// 2 to 24 characters of `A-Z`, `0-9` and `-`.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidAreaCode> {
        let text = text.into();
        let fits = (2..=24).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(text)) } else { Err(InvalidAreaCode(text)) }
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Not the shape of an area code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no area code: 2 to 24 characters of A-Z, 0-9 and '-'")]
pub struct InvalidAreaCode(pub String);

impl TryFrom<String> for AreaCode {
    type Error = InvalidAreaCode;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl From<AreaCode> for String {
    fn from(code: AreaCode) -> String {
        code.0
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_code_is_kept_as_it_was_written() {
        let code = AreaCode::new("WK150900").unwrap();
        assert_eq!(
            (code.as_str(), code.to_string(), String::from(code.clone())),
            ("WK150900", "WK150900".into(), "WK150900".into())
        );
    }

    #[test]
    fn small_letters_spaces_and_codes_of_no_length_are_refused() {
        for bad in ["", "A", "wk150900", "WK 150900", "ABCDEFGHIJKLMNOPQRSTUVWXY"] {
            assert_eq!(AreaCode::new(bad), Err(InvalidAreaCode(bad.into())));
        }
    }
}
