//! Variables of the environment as settings: `SEINHUIS_LISTEN__ADDRESS` sets `listen.address`.

use std::ffi::OsString;

use super::error::BrokenSetting;
use super::layers::{Layers, Origin};

const PREFIX: &str = "SEINHUIS_";

/// Every variable of the process that begins like ours.
pub fn environment() -> Vec<(String, OsString)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| name.starts_with(PREFIX))
        .collect()
}

/// The keys that variables set, ordered by key. Names without `__` are none of ours, unless they miss one of ours by an
/// underscore.
pub(super) fn overrides(
    variables: &[(String, OsString)],
    known: &Layers,
) -> Result<Vec<(String, String, Origin)>, BrokenSetting> {
    let mut set = Vec::new();
    for (name, value) in variables {
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        let broken = |key: &str, rule: String| {
            Err(BrokenSetting { origin: Origin::Environment(name.clone()), key: key.to_owned(), rule })
        };
        if !rest.contains("__") {
            match known.keys().find(|key| rest == key.replace('.', "_").to_uppercase()) {
                Some(key) => return broken("", format!("write {}", variable(key))),
                None => continue,
            }
        }
        let Some(key) = known.keys().find(|key| *name == variable(key)) else {
            return broken(
                &rest.to_lowercase().replace("__", "."),
                "unknown key; `seinhuis config` lists them".into(),
            );
        };
        match value.to_str() {
            Some(text) => set.push((key.to_owned(), text.to_owned(), Origin::Environment(name.clone()))),
            None => return broken(key, "the value is not UTF-8".into()),
        }
    }
    set.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(set)
}

/// The variable that sets a key.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_uppercase())
}
