//! A notice as a mail file. The file bears the notice's id, so that a second try replaces it instead of adding one.

use std::path::Path;

use seinhuis_domain::ids::NoticeId;
use tokio::io::AsyncWriteExt;

/// Writes it whole or not at all: beside its place first, synced, then moved there.
pub(super) async fn write(folder: &Path, notice: NoticeId, mail: &[u8]) -> std::io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let (unfinished, place) = (folder.join(format!(".{notice}.part")), folder.join(format!("{notice}.eml")));
    let mut file = tokio::fs::File::create(&unfinished).await?;
    file.write_all(mail).await?;
    file.sync_all().await?;
    tokio::fs::rename(&unfinished, &place).await?;
    // The name itself must be on disk too before anybody records a delivery.
    tokio::fs::File::open(folder).await?.sync_all().await
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
            write(folder.path(), notice, text.as_bytes()).await.unwrap();
        }
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().path()).collect();
        assert_eq!(files.len(), 1);
        assert_eq!(std::fs::read_to_string(&files[0]).unwrap(), "second");
    }
}
