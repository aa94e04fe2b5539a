//! The machine: room, file systems, limits.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use seinhuis_runtime::machine;

use super::View;
use crate::doctor::facts::{Machine, Seen};

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<Machine>> {
    let folder = view.folder.path();
    if !folder.is_dir() {
        return Ok(Seen::Nothing("there is no data folder yet"));
    }
    let config = &view.around.config;
    let above = |file: &Option<PathBuf>| file.as_deref().and_then(Path::parent).map(Path::to_owned);
    let others =
        [above(&config.keys.master_file), above(&config.proof.key_file), Some(view.folder.notices())];
    let there = others.into_iter().flatten().filter(|other| other.is_dir());
    let folders: BTreeSet<PathBuf> = there.chain([folder.to_owned()]).collect();
    let room = folders.into_iter().map(|folder| Ok((folder.clone(), machine::room(&folder)?)));
    let hub = machine::lock_holder(&folder.join("hub.lock")).ok().flatten();
    // Of somebody else's process we may not be told.
    let limits = machine::limits(hub).or_else(|_| machine::limits(None))?;
    Ok(Seen::There(Machine {
        room: room.collect::<std::io::Result<_>>()?,
        file_system: machine::file_system(folder)?,
        limits,
        hub,
    }))
}
