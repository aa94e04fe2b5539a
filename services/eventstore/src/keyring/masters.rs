//! Master keys: what comes of one, and which of a store's are at hand. More than one while they are being rotated.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::HEXLOWER;
use seinhuis_domain::ids::SubjectId;
use seinhuis_runtime::Entropy;
use zeroize::Zeroizing;

use super::crypto::{self, Key, derive};
use super::master;
use crate::fault::Fault;

/// First byte of a subject's wrapped key: which encoding. 1 was bound to the subject only, 2 also to its master key.
const UNNAMED: u8 = 1;
const NAMED: u8 = 2;

/// The public name of a master key, as 16 hexadecimal digits. It says nothing else about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MasterId(pub(super) [u8; 8]);

impl fmt::Display for MasterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

/// What comes of one master key: HKDF-SHA-256, each under a label of its own.
pub(super) struct Master {
    check: [u8; 32],
    wrapper: Key,
    index_wrapper: Key,
    first_index: Key,
}

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Master({})", self.id())
    }
}

impl Master {
    pub(super) fn of(key: &Key) -> Self {
        Self {
            check: *derive(key.bytes(), b"seinhuis/keyring/check/v1").bytes(),
            wrapper: derive(key.bytes(), b"seinhuis/keyring/wrap/v1"),
            index_wrapper: derive(key.bytes(), b"seinhuis/keyring/index-wrap/v1"),
            first_index: derive(key.bytes(), b"seinhuis/keyring/index/v1"),
        }
    }

    pub(super) fn id(&self) -> MasterId {
        let mut id = [0; 8];
        id.copy_from_slice(&self.check[..8]);
        MasterId(id)
    }

    /// The row by which a store knows this master key, with the store's index key under it.
    pub(super) fn row(&self, index: &Key, entropy: &Entropy) -> Result<MasterRow, Fault> {
        let wrapped = crypto::wrap(&self.index_wrapper, index, &self.bound_index(), entropy)?;
        Ok(MasterRow { id: self.id(), check: self.check, index: Some(wrapped) })
    }

    /// The index key of `row`. Stores of the first schema wrapped none: theirs comes of the master key itself.
    pub(super) fn index(&self, row: &MasterRow) -> Result<Key, Fault> {
        match &row.index {
            None => Ok(Key::from_bytes(Zeroizing::new(*self.first_index.bytes()))),
            Some(wrapped) => crypto::unwrap(&self.index_wrapper, wrapped, &self.bound_index())
                .ok_or(Fault::Envelope { reason: "the wrapped index key was changed" }),
        }
    }

    /// `key` as the store may hold it, bound to its subject and to this master key.
    pub(super) fn wrap(&self, subject: SubjectId, key: &Key, entropy: &Entropy) -> Result<Wrapped, Fault> {
        let bound = [b"seinhuis/keyring/key/v2".as_slice(), &self.id().0, subject.0.as_bytes()].concat();
        let bytes = crypto::wrap(&self.wrapper, key, &bound, entropy)?;
        Ok(Wrapped { master: self.id(), bytes: [&[NAMED], bytes.as_slice()].concat() })
    }

    fn unwrap(&self, subject: SubjectId, wrapped: &[u8]) -> Option<Key> {
        let (version, rest) = wrapped.split_first()?;
        let bound = match *version {
            UNNAMED => [b"seinhuis/keyring/key/v1".as_slice(), subject.0.as_bytes()].concat(),
            NAMED => [b"seinhuis/keyring/key/v2".as_slice(), &self.id().0, subject.0.as_bytes()].concat(),
            _ => return None,
        };
        crypto::unwrap(&self.wrapper, rest, &bound)
    }

    fn bound_index(&self) -> Vec<u8> {
        [b"seinhuis/keyring/index/v2".as_slice(), &self.id().0].concat()
    }
}

/// A subject's key as stored, and the master key it is under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrapped {
    pub(super) master: MasterId,
    pub(super) bytes: Vec<u8>,
}

/// A master key as a store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MasterRow {
    pub(super) id: MasterId,
    /// Tells one master key from another, and nothing else about it.
    pub(super) check: [u8; 32],
    /// The index key under this master key; `None` in stores of the first schema.
    pub(super) index: Option<Vec<u8>>,
}

/// Where master keys lie: one file, and beside it the next one's while they are being rotated.
#[derive(Debug, Clone)]
pub(super) struct Files {
    pub(super) current: PathBuf,
    pub(super) next: PathBuf,
}

impl Files {
    pub(super) fn of(path: &Path) -> Self {
        Self { current: path.to_owned(), next: beside(path, "next") }
    }

    /// The master keys that are there. The next one first: a rotation that ends at this moment moves it over the
    /// other, so that in this order it can't be missed.
    pub(super) fn read(&self) -> Result<Vec<Master>, Fault> {
        let keys = [master::read(&self.next)?, master::read(&self.current)?];
        Ok(keys.iter().flatten().map(Master::of).collect())
    }

    fn refused(&self, reason: &str) -> Fault {
        Fault::MasterKey { path: self.current.display().to_string(), reason: reason.to_owned() }
    }
}

/// `path` with `more` behind its name.
pub(super) fn beside(path: &Path, more: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(more);
    name.into()
}

/// The master keys of a store, oldest first, as far as they are at hand.
#[derive(Debug)]
pub(super) struct Masters {
    known: Vec<(MasterRow, Option<Arc<Master>>)>,
    newest: Arc<Master>,
    path: String,
}

impl Masters {
    /// Finds the master keys of `rows` in `files`, or among those `held` already. One at least must be there.
    pub(super) fn find(rows: Vec<MasterRow>, files: &Files, held: &[Arc<Master>]) -> Result<Self, Fault> {
        let mut there: Vec<Arc<Master>> = files.read()?.into_iter().map(Arc::new).collect();
        let given: Vec<MasterId> = there.iter().map(|master| master.id()).collect();
        there.extend(held.iter().cloned());
        let needed: Vec<MasterId> = rows.iter().map(|row| row.id).collect();
        let find = |row: MasterRow| {
            let master = there.iter().find(|master| master.check == row.check).cloned();
            (row, master)
        };
        let known: Vec<_> = rows.into_iter().map(find).collect();
        let path = files.current.display().to_string();
        let newest = known.iter().rev().find_map(|(_, master)| master.clone());
        match newest {
            Some(newest) => Ok(Self { known, newest, path }),
            None if given.is_empty() => {
                Err(files.refused("it is gone, and the key store can't be opened without it"))
            }
            None => Err(Fault::WrongMasterKey { path, given: given.into(), needed: needed.into() }),
        }
    }

    /// The newest at hand: what new keys are wrapped under.
    pub(super) fn newest(&self) -> &Master {
        &self.newest
    }

    /// What hashes the identifiers of this store.
    pub(super) fn index(&self) -> Result<Key, Fault> {
        let row = self.known.iter().find(|(row, _)| row.id == self.newest.id());
        let (row, _) = row.ok_or(Fault::Envelope { reason: "no index key is there" })?;
        self.newest.index(row)
    }

    /// That the store's own newest isn't the newest at hand.
    pub(super) fn newest_is_missing(&self) -> Fault {
        let id = self.known.last().map_or(self.newest.id(), |(row, _)| row.id);
        Fault::MissingMasterKey { id, path: self.path.clone() }
    }

    /// The key of `subject`.
    pub(super) fn unwrap(&self, subject: SubjectId, wrapped: &Wrapped) -> Result<Key, Fault> {
        let known = self.known.iter().find(|(row, _)| row.id == wrapped.master);
        let master = known.and_then(|(_, master)| master.as_ref());
        let missing = || Fault::MissingMasterKey { id: wrapped.master, path: self.path.clone() };
        let key = master.ok_or_else(missing)?.unwrap(subject, &wrapped.bytes);
        key.ok_or(Fault::Envelope { reason: "a wrapped key was changed" })
    }

    /// The master keys the store knows, oldest first, and whether each is at hand.
    pub(super) fn list(&self) -> impl Iterator<Item = (MasterId, bool)> {
        self.known.iter().map(|(row, master)| (row.id, master.is_some()))
    }

    /// Those at hand.
    pub(super) fn held(&self) -> Vec<Arc<Master>> {
        self.known.iter().filter_map(|(_, master)| master.clone()).collect()
    }
}
