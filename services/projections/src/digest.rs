//! Proof that a read model is a function of the log (INV-6): a digest over every row, and a rebuild to hold it against.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use seinhuis_eventstore::{Log, Position};
use sha2::{Digest as _, Sha256};

use crate::cell::Cell;
use crate::fault::Fault;
use crate::follower::Follower;
use crate::model::Model;
use crate::views::{Views, checkpoints};

/// Events per page of a rebuild, which nobody waits for page by page.
const REBUILD_PAGE: usize = 16_000;

/// What a model is at one position, in 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    /// The model.
    pub model: Model,
    /// Up to where it has taken the log in.
    pub position: Position,
    /// Its rows, counted.
    pub rows: u64,
    /// SHA-256 over its tables in their order, and in each over the rows in the order of the key. A table begins with
    /// its name, a row with the number of its values, and each value is its kind and its length before its bytes.
    pub sha256: [u8; 32],
}

/// A model as it is and as a rebuild makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// As it is.
    pub live: Digest,
    /// As a rebuild makes it, at the same position.
    pub rebuilt: Digest,
}

impl Comparison {
    /// Whether the two are the same, byte for byte.
    pub fn is_equal(&self) -> bool {
        self.live == self.rebuilt
    }
}

impl Views {
    /// The digest of every model, all at one moment.
    pub async fn digests(&self) -> Result<Vec<Digest>, Fault> {
        let mut now = self.snapshot().await?;
        let mut digests = Vec::new();
        for at in checkpoints(&mut now, self.models()).await? {
            let (mut hash, mut rows) = (Sha256::new(), 0);
            for table in at.model.tables() {
                add(&mut hash, &table.name.into());
                now.scan(table.scan(), |row| {
                    rows += 1;
                    hash.update((row.len() as u64).to_be_bytes());
                    row.iter().for_each(|cell| add(&mut hash, cell));
                })
                .await?;
            }
            digests.push(Digest {
                model: at.model,
                position: at.position,
                rows,
                sha256: hash.finalize().into(),
            });
        }
        now.done().await?;
        digests.sort_unstable_by_key(|digest| digest.model);
        Ok(digests)
    }
}

/// Rebuilds `models` from the start of the log up to `until`, or all of it, into a new file at `path`; the file stays.
pub async fn rebuild_into(
    log: &Log,
    path: &Path,
    models: &[Model],
    until: Option<Position>,
) -> Result<Vec<Digest>, Fault> {
    let path = path.display().to_string();
    if Path::new(&path).exists() {
        return Err(Fault::NotFresh { path });
    }
    let views = Views::open(&format!("sqlite:{path}"), models).await?;
    // By pages, also in a long log: models that were made in bulk are held against another way of making them.
    let mut follower = Follower::new(log.clone(), views.clone()).with_page(REBUILD_PAGE).by_pages();
    follower.catch_up_to(until.unwrap_or(Position(u64::MAX))).await?;
    let digests = views.digests().await;
    views.close().await;
    digests
}

/// Holds every model of `views` against a rebuild at the same position, while it may be following on. The rebuilds go
/// into new files in the folder `scratch`, which stay.
pub async fn compare(log: &Log, views: &Views, scratch: &Path) -> Result<Vec<Comparison>, Fault> {
    let live = views.digests().await?;
    let mut places: BTreeMap<Position, Vec<Model>> = BTreeMap::new();
    for digest in &live {
        places.entry(digest.position).or_default().push(digest.model);
    }
    let mut rebuilt = Vec::new();
    for (position, models) in places {
        let names: Vec<&str> = models.iter().map(|model| model.name()).collect();
        let path = scratch.join(format!("{}-{position}.sqlite", names.join("-")));
        rebuilt.extend(rebuild_into(log, &path, &models, Some(position)).await?);
    }
    let pair = |live: Digest| {
        let same = rebuilt.iter().find(|digest| digest.model == live.model);
        same.map(|rebuilt| Comparison { live, rebuilt: *rebuilt })
    };
    Ok(live.into_iter().filter_map(pair).collect())
}

fn add(hash: &mut Sha256, cell: &Cell) {
    let mut piece = |kind: u8, bytes: &[u8]| {
        hash.update([kind]);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    match cell {
        Cell::Null => piece(0, &[]),
        Cell::Int(value) => piece(1, &value.to_be_bytes()),
        Cell::Text(value) => piece(2, value.as_bytes()),
        Cell::Id(value) => piece(3, value),
        Cell::Blob(value) => piece(3, value),
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { model, position, rows, .. } = self;
        write!(f, "{model} at {position}: {rows} rows, sha256 {}", self.hex())
    }
}

impl Digest {
    /// The digest as people compare it.
    pub fn hex(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.sha256)
    }
}
