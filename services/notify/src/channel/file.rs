//! A notice as a mail file. The file bears the notice's id, so that a second try replaces it instead of adding one.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use seinhuis_domain::ids::NoticeId;

/// Writes it whole or not at all: beside its place first, synced, then moved there. All of it on one thread that may
/// wait for the disk.
pub(super) async fn write(folder: &Path, notice: NoticeId, mail: Vec<u8>) -> io::Result<()> {
    let folder = folder.to_owned();
    tokio::task::spawn_blocking(move || placed(&folder, notice, &mail)).await.map_err(io::Error::other)?
}

fn placed(folder: &Path, notice: NoticeId, mail: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let (unfinished, place) = (folder.join(format!(".{notice}.part")), folder.join(format!("{notice}.eml")));
    let mut file = File::create(&unfinished)?;
    file.write_all(mail)?;
    file.sync_all()?;
    fs::rename(&unfinished, &place)?;
    // The name itself must be on disk too before anybody records a delivery.
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_domain::ids::PersonId;

    #[tokio::test]
    async fn a_second_try_replaces_the_file_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let notice = NoticeId::of("any", &PersonId::new("regisseur").unwrap());
        for text in ["first", "second"] {
            write(folder.path(), notice, text.into()).await.unwrap();
        }
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().path()).collect();
        assert_eq!(files.len(), 1);
        assert_eq!(std::fs::read_to_string(&files[0]).unwrap(), "second");
    }
}
