//! Reading up to where the log is damaged.

use super::Log;
use crate::event::Recorded;
use crate::fault::{Fault, Trouble};
use crate::position::Position;

impl Log {
    /// Up to `limit` events after `after`. Where some of them can't be read any more, those before them; where the very
    /// next one can't, a fault that names it.
    pub(super) async fn readable(&self, after: u64, limit: usize) -> Result<Vec<Recorded>, Fault> {
        let mut limit = limit;
        loop {
            match self.shared.backend.read(after, limit).await {
                Err(fault) if is_damage(&fault) && limit > 1 => limit /= 2,
                Err(Fault::Unavailable { trouble: Trouble::Damaged, .. }) => {
                    let what = "the database can't read where it is stored".to_owned();
                    return Err(Fault::Corrupt { position: Position(after + 1), what });
                }
                done => return done,
            }
        }
    }
}

fn is_damage(fault: &Fault) -> bool {
    matches!(fault, Fault::Corrupt { .. } | Fault::Unavailable { trouble: Trouble::Damaged, .. })
}
