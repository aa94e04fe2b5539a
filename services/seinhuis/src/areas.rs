//! A map of areas from a file of the statistics office (CBS), in the shapes it is passed around in: GeoJSON or CSV.
//!
//! Codes mean something only together with the vintage of their map, so the caller names it.

use std::fs;
use std::path::Path;

use seinhuis_domain::area::{Area, AreaCode, AreaLevel, AreaMapFault, ImportAreas};
use seinhuis_domain::profile::Profile;

mod cbs;
mod error;
mod geojson;
mod select;
mod table;

pub use error::{AreasError, BrokenArea};

/// An area as read, and the place in the file that it came from: `feature 3`, `line 12`.
#[derive(Debug)]
struct Found {
    place: String,
    area: Area,
}

/// Reads a file of areas, `.geojson`, `.json` or `.csv`, and keeps what lies in the profile's municipality.
pub fn import_file(path: &Path, vintage: &str, profile: &Profile) -> Result<ImportAreas, AreasError> {
    let municipality = profile.areas.iter().find(|area| area.level == AreaLevel::Municipality);
    // A profile that was checked has one; any other is no map, and the file can't mend that.
    let municipality = municipality.map(|area| &area.code).ok_or_else(|| AreasError::NoMap {
        file: path.display().to_string(),
        source: AreaMapFault::Municipalities(0),
    })?;
    import_municipality(path, vintage, municipality)
}

/// Reads a file of areas and keeps what lies in one municipality.
pub fn import_municipality(
    path: &Path,
    vintage: &str,
    municipality: &AreaCode,
) -> Result<ImportAreas, AreasError> {
    let file = path.display().to_string();
    let read: fn(&str, &str) -> Result<Vec<Found>, BrokenArea> =
        match path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("geojson" | "json") => geojson::read,
            Some("csv") => table::read,
            _ => return Err(AreasError::UnknownShape { file }),
        };
    let bytes = fs::read(path).map_err(|source| AreasError::Unreadable { file: file.clone(), source })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let line =
            1 + error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
        BrokenArea {
            file: file.clone(),
            place: format!("line {line}"),
            field: String::new(),
            rule: "this is not UTF-8".into(),
        }
    })?;
    // Spreadsheets put a byte order mark in front.
    let found = read(&file, text.trim_start_matches('\u{feff}'))?;
    let areas = select::one_municipality(&file, found, municipality)?;
    Ok(ImportAreas { vintage: vintage.to_owned(), areas })
}

#[cfg(test)]
mod specs;
