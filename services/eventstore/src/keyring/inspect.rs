//! The key store, looked at and not touched: does the master key open it?

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use super::masters::{Files, Masters};
use super::store::Store;
use crate::fault::Fault;
use crate::inspect::Schema;

/// How many keys are tried.
const TRIED: usize = 200;

/// What can be told of a key store without going through it.
#[derive(Debug, Clone)]
pub struct KeysSeen {
    /// Its schema.
    pub schema: Schema,
    /// How many master keys its keys may be under: more than one while they are rotated.
    pub masters: usize,
    /// How many of its keys were tried.
    pub tried: usize,
    /// Why the master key doesn't open it, or not all of the keys that were tried.
    pub closed: Option<Fault>,
}

/// Looks at the key store at `at`, and tries the master key in the file `master` on the first of its keys.
pub async fn inspect(at: impl AsRef<OsStr>, master: &Path, patience: Duration) -> Result<KeysSeen, Fault> {
    let (schema, store) = Store::look_in(&at.as_ref().to_string_lossy(), patience).await?;
    let mut seen = KeysSeen { schema, masters: 0, tried: 0, closed: None };
    // A store of an earlier schema keeps its master keys elsewhere.
    let Some(mut store) = store.filter(|_| schema == Schema::Fits) else { return Ok(seen) };
    let looked = look(&mut store, master, &mut seen).await;
    store.close().await;
    looked.map(|()| seen)
}

async fn look(store: &mut Store, master: &Path, seen: &mut KeysSeen) -> Result<(), Fault> {
    let rows = store.masters().await?;
    seen.masters = rows.len();
    if rows.is_empty() {
        return Ok(());
    }
    let keys = store.stretch(None, TRIED).await?;
    seen.tried = keys.len();
    let opened = Masters::find(rows, &Files::of(master), &[]).and_then(|masters| {
        masters.index()?;
        keys.iter().try_for_each(|(subject, wrapped)| masters.unwrap(*subject, wrapped).map(drop))
    });
    seen.closed = opened.err();
    Ok(())
}
