//! One municipality out of a file, and proof that what is left is a map.

use std::collections::BTreeMap;

use seinhuis_domain::area::{Area, AreaCode, AreaLevel, AreaMap};

use super::Found;
use super::error::{AreasError, BrokenArea};

/// Keeps the municipality and all that lies in it.
pub(super) fn one_municipality(
    file: &str,
    found: Vec<Found>,
    asked: &AreaCode,
) -> Result<Vec<Area>, AreasError> {
    let parents = parents(file, &found)?;
    let tops: Vec<&str> = found
        .iter()
        .filter(|f| f.area.level == AreaLevel::Municipality)
        .map(|f| f.area.code.as_str())
        .collect();
    if !tops.contains(&asked.as_str()) {
        let found = if tops.is_empty() { "no municipality at all".to_owned() } else { tops.join(", ") };
        return Err(AreasError::Absent { file: file.to_owned(), asked: asked.clone(), found });
    }
    let inside = |code: &AreaCode| {
        // At most as many steps as there are levels: a list that runs in circles is refused below, not walked.
        std::iter::successors(Some(code), |code| parents.get(*code)?.as_ref())
            .take(4)
            .any(|code| code == asked)
    };
    let keep: Vec<bool> = found.iter().map(|f| inside(&f.area.code)).collect();
    checked(file, found.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(f, _)| f.area).collect())
}

/// Who lies in whom; each code once, each parent in the file.
fn parents(file: &str, found: &[Found]) -> Result<BTreeMap<AreaCode, Option<AreaCode>>, BrokenArea> {
    let broken = |found: &Found, field: &str, rule: String| BrokenArea {
        file: file.to_owned(),
        place: found.place.clone(),
        field: field.to_owned(),
        rule,
    };
    let mut parents = BTreeMap::new();
    for one in found {
        if parents.insert(one.area.code.clone(), one.area.parent.clone()).is_some() {
            return Err(broken(one, "code", format!("{} stands in the file twice", one.area.code)));
        }
    }
    for one in found {
        if let Some(parent) = one.area.parent.as_ref().filter(|parent| !parents.contains_key(*parent)) {
            return Err(broken(one, "parent", format!("{parent} is not in the file")));
        }
    }
    Ok(parents)
}

fn checked(file: &str, areas: Vec<Area>) -> Result<Vec<Area>, AreasError> {
    AreaMap::new(areas.clone()).map_err(|source| AreasError::NoMap { file: file.to_owned(), source })?;
    Ok(areas)
}
