//! What a signal is about: the kinds each sector reports, by code.
//!
//! Sources: the incident codes E33 and E14 of the Dutch police; the VERA reference lists ZAAKTYPESOORT and
//! ZAAKTYPEDETAILSOORT of the housing corporations; the care and welfare kinds and the public-space categories as
//! municipalities use them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::sector::{Sector, UnknownName};

mod list;

use list::KINDS;

/// One row of the list of kinds.
#[derive(Debug, PartialEq, Eq)]
pub struct KindEntry {
    /// The code, sector first: `housing.soc.gel`.
    pub code: &'static str,
    /// Who may report it.
    pub sector: Sector,
    /// Dutch name.
    pub dutch: &'static str,
    /// English name.
    pub english: &'static str,
}

/// The kind of a signal or case. Only kinds on the list exist.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Kind(&'static KindEntry);

impl Kind {
    /// Every kind, in the order of the list.
    pub fn all() -> impl Iterator<Item = Kind> {
        KINDS.iter().map(Kind)
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Result<Self, UnknownName> {
        KINDS.iter().find(|entry| entry.code == code).map(Kind).ok_or_else(|| {
            let sector = code.split('.').next().unwrap_or_default();
            let known: Vec<_> =
                KINDS.iter().map(|e| e.code).filter(|c| c.split('.').next() == Some(sector)).collect();
            let known = if known.is_empty() {
                "codes that begin with police., housing., care. or municipal.".to_owned()
            } else {
                known.join(", ")
            };
            UnknownName { kind: "kind of signal", value: code.to_owned(), known }
        })
    }

    /// The code: `housing.soc.gel`.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// Who may report it.
    pub fn sector(self) -> Sector {
        self.0.sector
    }

    /// What officials and residents read.
    pub fn dutch(self) -> &'static str {
        self.0.dutch
    }

    /// English name.
    pub fn english(self) -> &'static str {
        self.0.english
    }

    /// Whether the code is `pattern` or lies under it: `housing.soc` covers `housing.soc.gel`.
    pub fn is_under(self, pattern: &str) -> bool {
        self.0.code.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code)
    }
}

impl PartialOrd for Kind {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Kind {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.code.cmp(other.0.code)
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> String {
        kind.0.code.to_owned()
    }
}

impl TryFrom<String> for Kind {
    type Error = UnknownName;
    fn try_from(code: String) -> Result<Self, UnknownName> {
        Self::from_code(&code)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn every_code_is_named_once_and_begins_with_its_sector() {
        let mut codes: Vec<_> = Kind::all().map(Kind::code).collect();
        for kind in Kind::all() {
            assert!(kind.is_under(kind.sector().as_str()), "{kind}");
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), KINDS.len());
    }

    #[test]
    fn a_kind_is_written_as_its_code_and_ordered_by_it() {
        let noise = Kind::from_code("housing.soc.gel").unwrap();
        let written = (noise.to_string(), format!("{noise:?}"), String::from(noise));
        assert_eq!(written, ("housing.soc.gel".into(), "housing.soc.gel".into(), "housing.soc.gel".into()));
        assert!(Kind::from_code("care").is_err() && noise < Kind::from_code("police.e33").unwrap());
    }

    #[test]
    fn a_pattern_covers_whole_parts_of_a_code_only() {
        let noise = Kind::from_code("housing.soc.gel").unwrap();
        assert!(noise.is_under("housing.soc"));
        assert!(!noise.is_under("housing.so"));
    }

    #[test]
    fn an_unknown_kind_is_refused_with_the_kinds_of_its_sector() {
        let refusal = Kind::from_code("police.e99").unwrap_err();
        assert!(refusal.known.contains("police.e33") && !refusal.known.contains("housing"), "{refusal}");
    }
}
