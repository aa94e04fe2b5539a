//! Before a notary signs anything: is the log the one that the last checkpoint was signed for?

use super::super::checkpoint::Checkpoint;
use super::super::edge::Edge;
use super::super::tile::{TileId, WIDTH};
use super::{Notary, PAGE};
use crate::fault::Fault;
use crate::position::Position;

impl Notary {
    /// The tree of the last checkpoint, grown from `edge` by what the log holds now. A log that doesn't make the root
    /// that was signed is a fault.
    pub(super) async fn resumed_from(&self, mut edge: Edge) -> Result<Edge, Fault> {
        let Some(kept) = self.book.latest().await? else { return Ok(edge) };
        let checkpoint = Checkpoint::open(&kept.note, self.signer.verifier())
            .map_err(|source| Fault::Checkpoint { size: kept.size, source })?;
        let signed = checkpoint.size;
        while edge.size() < signed {
            let room = (signed - edge.size()).min(PAGE as u64) as usize;
            let leaves = self.log.leaves(Position(edge.size()), room).await?;
            if leaves.is_empty() {
                return Err(Fault::CutShort { head: Position(edge.size()), signed });
            }
            // The tiles are in the book already.
            let mut full = Vec::new();
            leaves.into_iter().for_each(|leaf| edge.push(leaf, &mut full));
        }
        if edge.size() == signed && edge.root() == checkpoint.root {
            return Ok(edge);
        }
        Err(self.fork(signed).await?)
    }

    /// Where the log differs from the tree of `signed` leaves, as a fault.
    pub(super) async fn fork(&self, signed: u64) -> Result<Fault, Fault> {
        let tiles_per_page = PAGE / WIDTH;
        for first in (0..signed.div_ceil(WIDTH as u64)).step_by(tiles_per_page) {
            let ids: Vec<_> =
                (first..first + tiles_per_page as u64).map(|number| TileId::new(0, number)).collect();
            let tiles = self.book.tiles(&ids).await?;
            let after = first * WIDTH as u64;
            let leaves = self.log.leaves(Position(after), PAGE).await?;
            let kept = ids.iter().flat_map(|id| tiles.row(*id));
            let differs = (after..signed).zip(kept.zip(&leaves)).find(|(_, (kept, leaf))| kept != leaf);
            if let Some((index, _)) = differs {
                return Ok(Fault::Forked { position: Position(index + 1), signed });
            }
        }
        // Leaf by leaf they agree, so it is the checkpoint that no tree was ever signed for.
        Ok(Fault::Tiles { size: signed })
    }
}
