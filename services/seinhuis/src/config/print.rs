//! The configuration that holds, as `seinhuis config` prints it: a file that could be read again, with the origin of each
//! value behind it. Settings hold no secrets, only the names of files that do.

use std::fmt;

use super::{Effective, Setting};

/// The column in which origins begin, where values leave room.
const ORIGINS_AT: usize = 44;

impl Effective {
    /// The whole as text; see above.
    pub fn text(&self) -> String {
        self.to_string()
    }

    /// The whole as a list of keys with value and origin.
    pub fn json(&self) -> serde_json::Result<serde_json::Value> {
        serde_json::to_value(&self.settings)
    }
}

impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut current = "";
        // Keys of a section come before those of the sections inside it, as a file needs them.
        let mut ordered: Vec<(&str, &str, &Setting)> = self
            .settings
            .iter()
            .map(|setting| {
                let (section, name) = setting.key.rsplit_once('.').unwrap_or(("", &setting.key));
                (section, name, setting)
            })
            .collect();
        ordered.sort_by_key(|(section, name, _)| (*section, *name));
        for (section, name, setting) in ordered {
            if section != current {
                let gap = if current.is_empty() { "" } else { "\n" };
                writeln!(f, "{gap}[{section}]")?;
                current = section;
            }
            let line = format!("{name} = {}", setting.value);
            writeln!(f, "{line:<ORIGINS_AT$} # {}", setting.origin)?;
        }
        Ok(())
    }
}
