//! The progress file: up to where a file is settled, so that a broken-off run can go on there.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How much of a file's beginning tells it from others.
const HEAD: u64 = 64 * 1024;

/// Which file, read by which map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fingerprint {
    /// Length of the file in bytes.
    pub(super) file_bytes: u64,
    /// SHA-256 of its first 64 KiB.
    pub(super) file_head: String,
    /// SHA-256 of the map.
    pub(super) map: String,
}

/// Up to where all is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Progress {
    /// Of what.
    pub(super) of: Fingerprint,
    /// Rows from the start that are settled without a gap.
    pub(super) rows: u64,
    /// How many of them were refused.
    pub(super) refused: u64,
    /// How long the refusals file was then.
    pub(super) refusals_bytes: u64,
}

/// A run can't go on where another stopped.
#[derive(Debug, thiserror::Error)]
pub enum ProgressError {
    /// The progress file can't be read or written.
    #[error("{file}: the progress can't be kept there")]
    Io {
        /// The progress file.
        file: String,
        /// Why not.
        source: io::Error,
    },
    /// It is no progress file.
    #[error("{file}: is no progress file; send everything again without --resume")]
    Unreadable {
        /// The progress file.
        file: String,
        /// Why not.
        source: serde_json::Error,
    },
    /// It belongs to another file, or to another map.
    #[error("{file}: was kept for {other}; send everything again without --resume")]
    OfAnother {
        /// The progress file.
        file: String,
        /// `a file with other content` or `another map`.
        other: &'static str,
    },
}

impl Fingerprint {
    /// Takes it.
    pub(super) fn take(file: &Path, map: &Path) -> io::Result<Self> {
        let source = File::open(file)?;
        let file_bytes = source.metadata()?.len();
        let mut head = Vec::new();
        source.take(HEAD).read_to_end(&mut head)?;
        let hash = |bytes: &[u8]| HEXLOWER.encode(&Sha256::digest(bytes));
        Ok(Self { file_bytes, file_head: hash(&head), map: hash(&std::fs::read(map)?) })
    }
}

impl Progress {
    /// None yet.
    pub(super) fn none(of: Fingerprint) -> Self {
        Self { of, rows: 0, refused: 0, refusals_bytes: 0 }
    }

    /// What an earlier run kept for the same file and map; none when there was no run.
    pub(super) fn load(path: &Path, of: Fingerprint) -> Result<Self, ProgressError> {
        let file = path.display().to_string();
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::none(of)),
            Err(source) => return Err(ProgressError::Io { file, source }),
        };
        let kept: Self = match serde_json::from_slice(&text) {
            Ok(kept) => kept,
            Err(source) => return Err(ProgressError::Unreadable { file, source }),
        };
        if kept.of == of {
            Ok(kept)
        } else {
            let other = if kept.of.map == of.map { "a file with other content" } else { "another map" };
            Err(ProgressError::OfAnother { file, other })
        }
    }

    /// Keeps it. A crash leaves the old one or the new one.
    pub(super) fn keep(&self, path: &Path) -> Result<(), ProgressError> {
        self.write(path).map_err(|source| ProgressError::Io { file: path.display().to_string(), source })
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        let mut file = File::create(&beside)?;
        file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_data()?;
        std::fs::rename(&beside, path)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    struct Desk {
        _folder: tempfile::TempDir,
        file: std::path::PathBuf,
        map: std::path::PathBuf,
        progress: std::path::PathBuf,
    }

    fn desk() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (file, map, progress) = (at("in.csv"), at("map.toml"), at("in.csv.progress.json"));
        std::fs::write(&file, "id\n1\n").unwrap();
        std::fs::write(&map, "x").unwrap();
        Desk { _folder: folder, file, map, progress }
    }

    fn load(desk: &Desk) -> Result<Progress, String> {
        let of = Fingerprint::take(&desk.file, &desk.map).unwrap();
        Progress::load(&desk.progress, of).map_err(|error| error.to_string())
    }

    #[test]
    fn what_was_kept_is_there_again() {
        let desk = desk();
        let none = load(&desk).unwrap();
        assert_eq!(none.rows, 0);
        let kept = Progress { rows: 7, refused: 2, refusals_bytes: 99, ..none };
        kept.keep(&desk.progress).unwrap();
        assert_eq!(load(&desk), Ok(kept));
    }

    #[test]
    fn progress_of_another_file_or_map_is_refused() {
        let desk = desk();
        load(&desk).unwrap().keep(&desk.progress).unwrap();
        std::fs::write(&desk.file, "id\n2\n").unwrap();
        assert!(load(&desk).unwrap_err().contains("a file with other content"));
        std::fs::write(&desk.map, "y").unwrap();
        assert!(load(&desk).unwrap_err().contains("another map"));
        std::fs::write(&desk.progress, "{").unwrap();
        assert!(load(&desk).unwrap_err().contains("is no progress file"));
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let desk = desk();
        let nowhere = desk.file.join("below-a-file");
        let error = load(&desk).unwrap().keep(&nowhere).unwrap_err().to_string();
        assert!(error.ends_with("below-a-file: the progress can't be kept there"), "{error}");
    }
}
