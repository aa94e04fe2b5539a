//! A file that is there whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use tempfile::NamedTempFile;

/// Bytes on their way to the disk.
const BUFFER: usize = 1 << 20;

/// A file under another name until all of it is on disk. Given up, it leaves nothing.
#[derive(Debug)]
pub(crate) struct WholeFile {
    path: PathBuf,
    writer: BufWriter<NamedTempFile>,
}

impl WholeFile {
    /// Begins one, before there is anything to write: a place that can't be written to, or isn't free, is said at once.
    pub(crate) fn begin(path: &Path) -> anyhow::Result<Self> {
        ensure!(!path.exists(), "{} is there already and is never written over", path.display());
        let file = NamedTempFile::new_in(folder(path)).with_context(|| failed(path))?;
        Ok(Self { path: path.to_owned(), writer: BufWriter::with_capacity(BUFFER, file) })
    }

    /// Where it is written to.
    pub(crate) fn writer(&mut self) -> &mut BufWriter<NamedTempFile> {
        &mut self.writer
    }

    /// Writes more of it.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.writer.write_all(bytes).with_context(|| failed(&self.path))
    }

    /// Gives it its name, once it is on disk.
    pub(crate) fn keep(self) -> anyhow::Result<()> {
        let Self { path, writer } = self;
        let kept = || -> anyhow::Result<()> {
            let file = writer.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.as_file().sync_all()?;
            file.persist_noclobber(&path)?;
            Ok(File::open(folder(&path))?.sync_all()?)
        };
        kept().with_context(|| failed(&path))
    }
}

fn failed(path: &Path) -> String {
    format!("can't write {}", path.display())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_file_has_its_name_once_it_is_whole_and_leaves_nothing_when_it_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let there = || std::fs::read_dir(folder.path()).unwrap().count();
        let path = folder.path().join("figures.csv");
        let mut given_up = WholeFile::begin(&path).unwrap();
        given_up.write(b"half").unwrap();
        drop(given_up);
        assert_eq!(there(), 0);
        let mut kept = WholeFile::begin(&path).unwrap();
        kept.write(b"whole").unwrap();
        assert!(!path.exists());
        kept.keep().unwrap();
        assert_eq!((there(), std::fs::read(&path).unwrap().as_slice()), (1, b"whole".as_slice()));
        assert!(WholeFile::begin(&path).unwrap_err().to_string().contains("never written over"));
    }

    #[test]
    fn a_file_that_came_in_between_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("figures.csv");
        let late = WholeFile::begin(&path).unwrap();
        std::fs::write(&path, "first").unwrap();
        assert!(late.keep().is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "first");
    }
}
