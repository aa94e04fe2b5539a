//! The profiles that ship, as part of the binary: `seinhuis demo` works from any folder.

use super::folder::File;

/// The names of the built-in profiles.
pub const NAMES: [&str; 2] = ["oude-ijsselstreek", "lelystad"];

/// The text of one file of a built-in profile.
pub(super) fn text(name: &str, file: File) -> Option<&'static str> {
    let texts = match name {
        "oude-ijsselstreek" => &OUDE_IJSSELSTREEK,
        "lelystad" => &LELYSTAD,
        _ => return None,
    };
    Some(texts[file as usize])
}

macro_rules! texts {
    ($folder:literal) => {
        [
            include_str!(concat!("../../../../deploy/profiles/", $folder, "/profile.toml")),
            include_str!(concat!("../../../../deploy/profiles/", $folder, "/areas.toml")),
            include_str!(concat!("../../../../deploy/profiles/", $folder, "/partners.toml")),
            include_str!(concat!("../../../../deploy/profiles/", $folder, "/teams.toml")),
            include_str!(concat!("../../../../deploy/profiles/", $folder, "/people.toml")),
            include_str!(concat!("../../../../deploy/profiles/", $folder, "/routing.toml")),
        ]
    };
}

static OUDE_IJSSELSTREEK: [&str; File::ALL.len()] = texts!("oude-ijsselstreek");
static LELYSTAD: [&str; File::ALL.len()] = texts!("lelystad");
