//! Read models made anew, by the hub for who asks it or by a command beside it: where they lie, and what is said of it.

mod meter;
mod told;

use seinhuis_projections::{Place, Places};

use crate::config::Data;
use crate::hub::groups::{GROUPS, Group};
use crate::store::Folder;

pub(crate) use meter::Meter;
pub(crate) use told::told;

/// Where the read models of the hub lie.
pub(crate) fn places(folder: &Folder, settings: &Data) -> Places {
    let place = |group: &&Group| Place { url: folder.views_url(group.name, settings), models: group.models };
    Places::new(GROUPS.iter().map(place).collect())
}
