//! The data folder: who can read what, what SQLite says of its files, and the files of secrets.

use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use seinhuis_eventstore::inspect;

use super::{View, within};
use crate::doctor::facts::{Files, Holds, Kept, Secret, Seen};
use crate::hub::groups::GROUPS;

/// Files of so many bytes are gone through within the time there is.
const CHECKED: u64 = 256 << 20;

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<Files>> {
    let folder = view.folder.path();
    let Ok(told) = folder.metadata() else { return Ok(Seen::Nothing("there is no data folder yet")) };
    let mut owners = vec![(folder.display().to_string(), told.uid())];
    let (mut open, mut retired_masters) = (vec![], 0);
    for entry in folder.read_dir().with_context(|| format!("can't read {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // One that goes at this moment is no matter.
        let Ok(told) = entry.metadata() else { continue };
        if told.is_file() && is_private(&name) && told.permissions().mode() & 0o077 != 0 {
            open.push(name.clone());
        }
        owners.push((name, told.uid()));
    }
    let master = view.folder.keys(&view.around.config.keys).master;
    if let Some(beside) = master.parent().and_then(|folder| folder.read_dir().ok()) {
        let retired = |name: &str| name.contains(".retired-");
        retired_masters = beside.flatten().filter(|e| retired(&e.file_name().to_string_lossy())).count();
    }
    let mut next = master.clone().into_os_string();
    next.push(".next");
    Ok(Seen::There(Files {
        folder_rights: told.permissions().mode() & 0o777,
        owners,
        open,
        kept: kept(view).await,
        secrets: secrets(view, &master)?,
        next_master: Path::new(&next).exists(),
        retired_masters,
        master_beside: view.around.config.keys.url.is_none() && master.parent() == Some(folder),
    }))
}

/// What nobody but the hub may read. The lock and the settings hold no secret.
fn is_private(name: &str) -> bool {
    name.contains(".sqlite")
}

async fn kept(view: View<'_>) -> Vec<Kept> {
    let config = &view.around.config;
    let mut names = Vec::new();
    if config.data.log_url.is_none() {
        names.extend([("log", Holds::Truth), ("proof", Holds::Truth)]);
    }
    if config.keys.url.is_none() {
        names.push(("keys", Holds::Truth));
    }
    if config.data.views_url.is_none() {
        names.extend(GROUPS.iter().map(|group| (group.name, Holds::Views)));
    }
    let mut kept = Vec::new();
    for (name, holds) in names {
        let path = view.folder.path().join(format!("{name}.sqlite"));
        if !path.exists() {
            continue;
        }
        let wal = path.with_extension("sqlite-wal").metadata().map_or(0, |told| told.len());
        let file = within(async { Ok(Seen::There(inspect::file(&path, CHECKED).await?)) }).await;
        kept.push(Kept { name: format!("{name}.sqlite"), holds, wal, file });
    }
    kept
}

fn secrets(view: View<'_>, master: &Path) -> anyhow::Result<Vec<Secret>> {
    let config = &view.around.config;
    let proof = config.proof.key_file.clone().unwrap_or_else(|| view.folder.path().join("proof.key"));
    let named = [
        ("the master key", Some(master.to_owned())),
        ("the signing key", Some(proof)),
        ("listen.tls_key", config.listen.tls_key.clone()),
        ("notify.smtp.password_file", config.notify.smtp.password_file.clone()),
        ("bus.password_file", config.bus.password_file.clone()),
        ("bus.tls_key", config.bus.tls_key.clone()),
        ("audit.sign_of_life_file", config.audit.sign_of_life_file.clone()),
    ];
    let named = named.into_iter().filter_map(|(what, path)| Some((what.to_owned(), path?)));
    let contacts = view.profile.into_iter().flat_map(|loaded| loaded.contacts.all());
    let webhooks = contacts.filter_map(|(person, contact)| {
        Some((format!("the webhook's secret of {person}"), contact.webhook.as_ref()?.secret_file.clone()))
    });
    named.chain(webhooks).map(|(what, path)| secret(what, path)).collect()
}

fn secret(what: String, path: PathBuf) -> anyhow::Result<Secret> {
    let rights = match path.metadata() {
        Ok(told) => Some(told.permissions().mode() & 0o777),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("can't look at {}", path.display())),
    };
    Ok(Secret { what, path, rights })
}
