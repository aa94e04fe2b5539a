//! Rotating the master key: every key is wrapped anew under another one, while hubs go on working with the store.
//!
//! | step | what holds if it ends here |
//! |---|---|
//! | the new key lies beside the old one, as `<master>.next` | the old one counts; begin again |
//! | the store names the new key | both count; new keys are wrapped under the new one; go on |
//! | page by page, keys are wrapped anew | both count; go on |
//! | no key is under the old one: the store forgets it | only the new one counts, read from `<master>.next` |
//! | the new file takes the old one's name; the old one stays as `<master>.retired-<id>` | done |
//!
//! Beginning again is going on. The index key is only wrapped anew, so that identifiers keep their hashes.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use seinhuis_domain::ids::SubjectId;
use seinhuis_runtime::Entropy;

use super::crypto::Key;
use super::masters::{Files, Master, MasterId, Masters, Wrapped, beside};
use super::store::Store;
use super::{master, opened};
use crate::fault::Fault;

/// Keys wrapped anew in one transaction.
const PAGE: usize = 500;

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The master key that counts now.
    pub to: MasterId,
    /// Keys that this call wrapped anew.
    pub rewrapped: u64,
    /// Where the old master key lies now; `None` when nothing was left to do. Backups made before need it.
    pub retired: Option<PathBuf>,
}

/// Rotates the master key of the key store at `at`, in the file `master`, to the one in the file `new`, which is made
/// when there is none. `progress` hears how many keys were wrapped anew so far.
///
/// # Errors
/// [`Fault::RotationUnderWay`] when an earlier rotation to another key hasn't ended.
pub async fn rotate(
    at: impl AsRef<OsStr>,
    master: &Path,
    new: &Path,
    entropy: &Entropy,
    mut progress: impl FnMut(u64),
) -> Result<Rotation, Fault> {
    let (mut store, masters, files) = opened(at.as_ref(), master, entropy).await?;
    let key = match master::read(new)? {
        Some(key) => key,
        None => master::make(new, entropy)?,
    };
    let to = Master::of(&key).id();
    let done = async {
        let masters = announce(&mut store, masters, &files, &key, entropy).await?;
        let rewrapped = rewrap_all(&mut store, &masters, entropy, &mut progress).await?;
        store.tidy().await?;
        Ok(Rotation { to, rewrapped, retired: move_into_place(&files, to)? })
    };
    let done = done.await;
    store.close().await;
    done
}

/// Puts the new key where every process with this store looks for it, and lets the store name it. Does nothing where
/// that was done before.
async fn announce(
    store: &mut Store,
    masters: Masters,
    files: &Files,
    key: &Key,
    entropy: &Entropy,
) -> Result<Masters, Fault> {
    let new = Master::of(key);
    let known: Vec<MasterId> = masters.list().map(|(id, _)| id).collect();
    let newest = known.last().copied();
    if newest == Some(new.id()) {
        return Ok(masters);
    }
    match master::read(&files.next)?.as_ref().map(|key| Master::of(key).id()) {
        Some(next) if next != new.id() => return Err(Fault::RotationUnderWay { to: next }),
        Some(_) => {}
        None => master::write(&files.next, key)?,
    }
    if let [_, .., to] = known.as_slice() {
        return Err(Fault::RotationUnderWay { to: *to });
    }
    store.add_master(&new.row(&masters.index()?, entropy)?, newest).await?;
    let masters = Masters::find(store.masters().await?, files, &masters.held())?;
    match masters.list().last() {
        Some((id, true)) if id == new.id() => Ok(masters),
        Some((to, _)) => Err(Fault::RotationUnderWay { to }),
        None => Err(Fault::Envelope { reason: "no master key is there" }),
    }
}

/// Wraps every key anew that isn't under the newest master key, and retires the others. Once more from the start as
/// long as a process that hadn't heard of it put another key under an old one.
async fn rewrap_all(
    store: &mut Store,
    masters: &Masters,
    entropy: &Entropy,
    progress: &mut impl FnMut(u64),
) -> Result<u64, Fault> {
    let newest = masters.newest();
    let mut rewrapped = 0;
    if masters.list().count() == 1 {
        return Ok(rewrapped);
    }
    loop {
        let mut after = None;
        loop {
            let stretch = store.stretch(after, PAGE).await?;
            let Some((last, _)) = stretch.last() else { break };
            after = Some(*last);
            let old = stretch.into_iter().filter(|(_, wrapped)| wrapped.master != newest.id());
            let anew = |(subject, old): (SubjectId, Wrapped)| {
                let new = newest.wrap(subject, &masters.unwrap(subject, &old)?, entropy)?;
                Ok((subject, old, new))
            };
            let keys = old.map(anew).collect::<Result<Vec<_>, Fault>>()?;
            if !keys.is_empty() {
                store.rewrap(&keys).await?;
                rewrapped += keys.len() as u64;
                progress(rewrapped);
            }
        }
        if store.retire_all_but(newest.id()).await? {
            return Ok(rewrapped);
        }
    }
}

/// Gives the new key's file the old one's name. There is a file of that name at every moment.
fn move_into_place(files: &Files, to: MasterId) -> Result<Option<PathBuf>, Fault> {
    let Some(next) = master::read(&files.next)? else { return Ok(None) };
    if Master::of(&next).id() != to {
        return Ok(None);
    }
    let mut retired = None;
    if let Some(old) = master::read(&files.current)?.map(|key| Master::of(&key).id()).filter(|id| *id != to) {
        let aside = beside(&files.current, &format!("retired-{old}"));
        match std::fs::hard_link(&files.current, &aside) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(Fault::file("keep the old master key as", &aside)(error));
            }
            Ok(()) | Err(_) => {}
        }
        retired = Some(aside);
    }
    std::fs::rename(&files.next, &files.current).map_err(Fault::file("put in place", &files.current))?;
    master::sync_folder(&files.current)?;
    Ok(retired)
}

/// What a look at every key of a store found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// The master keys of the store, oldest first: how many keys are under each, and whether it is at hand. More than
    /// one: a rotation is under way.
    pub masters: Vec<(MasterId, u64, bool)>,
    /// Subjects whose key doesn't open, at most a hundred of them.
    pub broken: Vec<SubjectId>,
}

impl Inventory {
    /// Whether every key opens.
    pub fn is_sound(&self) -> bool {
        self.broken.is_empty()
    }
}

/// Opens every key of the key store at `at` under the master key in the file `master`, and changes none.
pub async fn take_inventory(
    at: impl AsRef<OsStr>,
    master: &Path,
    entropy: &Entropy,
) -> Result<Inventory, Fault> {
    let (mut store, masters, _) = opened(at.as_ref(), master, entropy).await?;
    let mut found: Vec<_> = masters.list().map(|(id, held)| (id, 0, held)).collect();
    let (mut broken, mut after) = (Vec::new(), None);
    loop {
        let stretch = store.stretch(after, PAGE).await?;
        let Some((last, _)) = stretch.last() else { break };
        after = Some(*last);
        for (subject, wrapped) in &stretch {
            match found.iter_mut().find(|(id, ..)| *id == wrapped.master) {
                Some((_, keys, _)) => *keys += 1,
                None => found.push((wrapped.master, 1, false)),
            }
            if masters.unwrap(*subject, wrapped).is_err() && broken.len() < 100 {
                broken.push(*subject);
            }
        }
    }
    store.close().await;
    Ok(Inventory { masters: found, broken })
}
