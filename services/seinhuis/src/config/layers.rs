//! The layers, one over the other. Each key that a layer sets is tried by itself, so that an error can say where the
//! value came from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};
use toml::{Table, Value};

use super::error::{BrokenSetting, ConfigError};
use super::sections::Config;
use super::{Effective, FILE_NAME, Flag, REFERENCE, Sources, check, environment};
use crate::place;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said otherwise.
    Default,
    /// A file.
    File {
        /// Its path.
        file: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// A variable of the environment.
    Environment(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { file, line } => write!(f, "{file}:{line}"),
            Self::Environment(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// One key with the value that holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Setting {
    /// The path: `notify.smtp.host`.
    pub key: String,
    /// The value as written.
    pub value: Value,
    /// Where it came from.
    pub origin: Origin,
}

/// Lays all layers together and checks the whole.
pub fn load(sources: &Sources<'_>) -> Result<Effective, ConfigError> {
    let mut layers = Layers::defaults()?;
    let above = environment::overrides(&sources.environment, &layers)?;
    if let Some((path, named)) = file_of(sources, &layers, &above)? {
        layers.lay_file(&path, named)?;
    }
    for (key, text, origin) in above {
        layers.lay_text(&key, &text, origin)?;
    }
    for Flag { name, key, value } in &sources.flags {
        layers.lay_text(key, value, Origin::Flag(name))?;
    }
    layers.finish()
}

/// The file to read, and whether it was named. The data folder itself is then settled by what lies above the file.
fn file_of(
    sources: &Sources<'_>,
    defaults: &Layers,
    above: &[(String, String, Origin)],
) -> Result<Option<(PathBuf, bool)>, ConfigError> {
    if let Some(named) = sources.file {
        return Ok(Some((named.to_owned(), true)));
    }
    let flag =
        sources.flags.iter().rev().find(|flag| flag.key == "data.folder").map(|flag| flag.value.as_str());
    let variable = above.iter().find(|(key, ..)| key == "data.folder").map(|(_, value, _)| value.as_str());
    let usual = defaults.0.get("data.folder").and_then(|(value, _)| value.as_str());
    let path = Path::new(flag.or(variable).or(usual).unwrap_or_default()).join(FILE_NAME);
    match path.try_exists() {
        Ok(there) => Ok(there.then_some((path, false))),
        Err(source) => Err(ConfigError::Unreadable { file: path.display().to_string(), source }),
    }
}

/// Every key with its value so far.
#[derive(Debug, Clone)]
pub(super) struct Layers(BTreeMap<String, (Value, Origin)>);

impl Layers {
    /// The reference as built in.
    pub(super) fn defaults() -> Result<Self, BrokenSetting> {
        let origin = |line| Origin::File { file: "the built-in reference".into(), line };
        let table: Table = REFERENCE.parse().map_err(|error| syntax(REFERENCE, &error, origin))?;
        let mut flat = Vec::new();
        flatten("", table, &mut flat);
        Ok(Self(flat.into_iter().map(|(key, value)| (key, (value, Origin::Default))).collect()))
    }

    /// The keys there are.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn lay_file(&mut self, path: &Path, named: bool) -> Result<(), ConfigError> {
        let file = path.display().to_string();
        let text = fs::read_to_string(path)
            .map_err(|source: io::Error| ConfigError::Unreadable { file: file.clone(), source })?;
        let origin = |line| Origin::File { file: file.clone(), line };
        let table: Table = text.parse().map_err(|error| syntax(&text, &error, origin))?;
        let mut flat = Vec::new();
        flatten("", table, &mut flat);
        for (key, value) in flat {
            let origin = origin(place::of_key(&text, &key).unwrap_or(1));
            if key == "data.folder" && !named {
                let rule = "a file that was found in the data folder can't choose another; name the file with --config";
                return Err(BrokenSetting { origin, key, rule: rule.into() }.into());
            }
            self.lay(&key, value, origin)?;
        }
        Ok(())
    }

    /// A value as text takes the type that the key's default has.
    fn lay_text(&mut self, key: &str, text: &str, origin: Origin) -> Result<(), BrokenSetting> {
        let read = match self.0.get(key).map(|(value, _)| value) {
            Some(Value::Integer(_)) => text.parse().map(Value::Integer).map_err(|_| "is no whole number"),
            Some(Value::Float(_)) => text.parse().map(Value::Float).map_err(|_| "is no number"),
            Some(Value::Boolean(_)) => {
                text.parse().map(Value::Boolean).map_err(|_| "is neither true nor false")
            }
            _ => Ok(Value::String(text.to_owned())),
        };
        match read {
            Ok(value) => self.lay(key, value, origin),
            Err(what) => Err(BrokenSetting { origin, key: key.to_owned(), rule: format!("{text:?} {what}") }),
        }
    }

    fn lay(&mut self, key: &str, value: Value, origin: Origin) -> Result<(), BrokenSetting> {
        let section = format!("{key}.");
        if value.as_table().is_some_and(Table::is_empty)
            && self.keys().any(|known| known.starts_with(&section))
        {
            return Ok(());
        }
        if !self.0.contains_key(key) {
            return Err(BrokenSetting { origin, key: key.to_owned(), rule: self.unknown(key) });
        }
        let before = self.0.insert(key.to_owned(), (value, origin.clone()));
        match self.config() {
            Ok(_) => Ok(()),
            Err(error) => {
                self.0.extend(before.map(|before| (key.to_owned(), before)));
                Err(BrokenSetting { origin, key: key.to_owned(), rule: error.message().to_owned() })
            }
        }
    }

    fn unknown(&self, key: &str) -> String {
        let section = key.split('.').next();
        let near: Vec<&str> = self.keys().filter(|known| known.split('.').next() == section).collect();
        if near.is_empty() {
            let sections: BTreeSet<&str> = self.keys().filter_map(|known| known.split('.').next()).collect();
            format!("unknown section; there are {}", sections.into_iter().collect::<Vec<_>>().join(", "))
        } else {
            format!("unknown key; there are {}", near.join(", "))
        }
    }

    fn config(&self) -> Result<Config, toml::de::Error> {
        let mut tree = Table::new();
        for (key, (value, _)) in &self.0 {
            plant(&mut tree, key, value.clone());
        }
        Config::deserialize(Value::Table(tree))
    }

    fn finish(self) -> Result<Effective, ConfigError> {
        let broken = |key: &str, rule: String| {
            let origin = self.0.get(key).map_or(Origin::Default, |(_, origin)| origin.clone());
            BrokenSetting { origin, key: key.to_owned(), rule }
        };
        let config = self.config().map_err(|error| broken("", error.message().to_owned()))?;
        check::check(&config).map_err(|fault| broken(fault.key, fault.rule))?;
        let settings =
            self.0.into_iter().map(|(key, (value, origin))| Setting { key, value, origin }).collect();
        Ok(Effective { config, settings })
    }
}

fn syntax(text: &str, error: &toml::de::Error, origin: impl Fn(usize) -> Origin) -> BrokenSetting {
    let place = place::of_offset(text, error.span().map_or(0, |span| span.start));
    BrokenSetting { origin: origin(place.line), key: place.key, rule: error.message().to_owned() }
}

/// Every value under its dotted key. An empty table stays, so that an unknown empty section is seen.
fn flatten(prefix: &str, table: Table, flat: &mut Vec<(String, Value)>) {
    for (key, value) in table {
        let path = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        match value {
            Value::Table(inner) if !inner.is_empty() => flatten(&path, inner, flat),
            value => flat.push((path, value)),
        }
    }
}

fn plant(tree: &mut Table, key: &str, value: Value) {
    match key.split_once('.') {
        None => drop(tree.insert(key.to_owned(), value)),
        Some((section, rest)) => {
            let inner = tree.entry(section).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                plant(inner, rest, value);
            }
        }
    }
}
