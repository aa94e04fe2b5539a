//! One file of a profile into its type: an unknown key or a bad value is refused with file, line, key and rule.

use serde::de::DeserializeOwned;

use super::error::Broken;
use super::folder::Text;
use crate::place;

pub(super) fn read<T: DeserializeOwned>(file: &Text) -> Result<T, Broken> {
    toml::from_str(&file.text).map_err(|error| broken(file, &error))
}

/// A rule broken at a key of this file.
pub(super) fn broken_at(file: &Text, key: String, rule: String) -> Broken {
    Broken { file: file.path.clone(), line: place::of_key(&file.text, &key), key, rule }
}

fn broken(file: &Text, error: &toml::de::Error) -> Broken {
    let rule = error.message().to_owned();
    match error.span() {
        None => Broken { file: file.path.clone(), line: None, key: String::new(), rule },
        Some(span) => {
            let place = place::of_offset(&file.text, span.start);
            Broken { file: file.path.clone(), line: Some(place.line), key: place.key, rule }
        }
    }
}
