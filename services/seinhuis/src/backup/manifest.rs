//! `manifest.json`: what a backup holds, and what its log must come to.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, ensure};
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use seinhuis_eventstore::Verdict;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{FILES, target};

const NAME: &str = "manifest.json";

/// The form of the manifest, and of the backup with it.
const FORM: &str = "seinhuis-backup v1";

/// What is in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `seinhuis-backup v1`.
    pub form: String,
    /// The municipality.
    pub profile: String,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// The last position in the log.
    pub head: u64,
    /// The Merkle tree hash over the log's leaves, in hexadecimal, worked out from the copied bytes.
    pub root: String,
    /// The last checkpoint that was signed of it, as a signed note.
    pub checkpoint: Option<String>,
    /// Its files.
    pub files: Vec<Entry>,
}

/// One file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// The SHA-256 over them, in hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// Of the files in `folder`, with a log that was judged.
    pub(super) fn of(
        folder: &Path,
        profile: &str,
        taken_at: Timestamp,
        verdict: &Verdict,
        checkpoint: Option<String>,
    ) -> anyhow::Result<Self> {
        let here = FILES.iter().filter(|name| folder.join(name).exists());
        let files = here.map(|name| Entry::of(folder, name)).collect::<Result<_, _>>()?;
        Ok(Self {
            form: FORM.to_owned(),
            profile: profile.to_owned(),
            taken_at,
            head: verdict.events,
            root: HEXLOWER.encode(&verdict.root),
            checkpoint,
            files,
        })
    }

    /// Writes it into the folder: whole or not at all, and on disk with every name beside it.
    pub(super) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let (path, new) = (folder.join(NAME), folder.join("manifest.new"));
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        let written = target::private(&new)
            .and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()))
            .and_then(|()| std::fs::rename(&new, &path));
        written.with_context(|| format!("can't write {}", path.display()))?;
        target::sync(folder)
    }

    /// Reads the one in `folder`.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(NAME);
        let text = std::fs::read(&path)
            .with_context(|| format!("{} is no backup: {NAME} can't be read", folder.display()))?;
        let manifest: Self =
            serde_json::from_slice(&text).with_context(|| format!("{} isn't a manifest", path.display()))?;
        let form = &manifest.form;
        ensure!(form == FORM, "{}: its form is {form:?}, known here is {FORM:?}", path.display());
        for entry in &manifest.files {
            // A manifest from elsewhere must not name places outside its folder.
            let name = &entry.name;
            ensure!(FILES.contains(&name.as_str()), "{}: no backup holds a file {name:?}", path.display());
        }
        Ok(manifest)
    }

    /// The entry of a file.
    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        self.files.iter().find(|entry| entry.name == name)
    }
}

impl Entry {
    /// Of the file `name` in `folder` as it is.
    pub(super) fn of(folder: &Path, name: &str) -> anyhow::Result<Self> {
        let path = folder.join(name);
        let hashed = File::open(&path).and_then(digest);
        let (bytes, sha256) = hashed.with_context(|| format!("can't read {}", path.display()))?;
        Ok(Self { name: name.to_owned(), bytes, sha256 })
    }
}

fn digest(mut file: File) -> std::io::Result<(u64, String)> {
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((bytes, HEXLOWER.encode(&hash.finalize())));
        }
        hash.update(&buffer[..read]);
        bytes += read as u64;
    }
}
