//! The map as it stands in its file. An unknown key is refused, with file, line and key.

use std::collections::BTreeMap;

use seinhuis_domain::sector::Sector;
use serde::Deserialize;

use super::Format;
use crate::place;
use crate::profile::Broken;
use crate::send::target::Target;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    #[serde(default)]
    pub(super) source: WrittenSource,
    pub(super) signal: WrittenSignal,
    pub(super) fields: BTreeMap<Target, WrittenField>,
    /// By name: from the file's word to the hub's; the word `default` stands for all others.
    #[serde(default)]
    pub(super) lookup: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenSource {
    pub(super) format: Option<Format>,
    pub(super) delimiter: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenSignal {
    pub(super) sector: Sector,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenField {
    pub(super) column: Option<String>,
    pub(super) value: Option<String>,
    pub(super) template: Option<String>,
    #[serde(default)]
    pub(super) optional: bool,
    pub(super) lookup: Option<String>,
    pub(super) format: Option<String>,
}

pub(super) fn read(file: &str, text: &str) -> Result<Written, Broken> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let place = error.span().map(|span| place::of_offset(text, span.start));
        Broken {
            file: file.to_owned(),
            line: place.as_ref().map(|place| place.line),
            key: place.map(|place| place.key).unwrap_or_default(),
            rule: error.message().to_owned(),
        }
    })
}

#[cfg(test)]
mod specs {
    use super::*;

    fn refused(text: &str) -> String {
        read("map.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_named_with_file_and_line() {
        let text = "[signal]\nsector = \"municipal\"\n[fields]\nreference = { columm = \"id\" }\n";
        let error = refused(text);
        assert!(error.starts_with("map.toml:4: fields.reference"), "{error}");
        assert!(error.contains("unknown field `columm`"), "{error}");
        let error = refused("[signal]\nsector = \"municipal\"\n[fields]\nwho = { column = \"id\" }\n");
        assert!(error.starts_with("map.toml:4: "), "{error}");
        assert!(error.contains("`who`"), "{error}");
    }

    #[test]
    fn an_unknown_sector_is_refused_with_those_that_exist() {
        let error = refused("[signal]\nsector = \"fire\"\n[fields]\n");
        assert!(error.starts_with("map.toml:2: signal.sector: "), "{error}");
        assert!(error.contains("`municipal`"), "{error}");
    }
}
