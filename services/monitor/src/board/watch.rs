//! How many cases an area has, looked at for all who watch it.

use std::sync::Arc;

use seinhuis_contract::encoded::Encoded;
use seinhuis_contract::proto::monitor::v1::WatchBoardsResponse;
use seinhuis_contract::time;
use seinhuis_eventstore::Position;
use tokio::sync::watch;

use super::count;
use crate::asker::AskedAreas;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::live::newest::{Looks, otherwise};

/// Looks at the board of some areas.
pub(super) struct Counting {
    hub: Arc<Hub>,
    asked: AskedAreas,
    progress: watch::Receiver<Position>,
}

impl Counting {
    pub(super) fn of(hub: Arc<Hub>, asked: AskedAreas) -> Self {
        let progress = hub.parts.views.main.progress();
        Self { hub, asked, progress }
    }
}

impl Looks for Counting {
    type Seen = WatchBoardsResponse;
    type Answer = WatchBoardsResponse;

    async fn look(&mut self) -> Result<WatchBoardsResponse, Failure> {
        let AskedAreas { areas, within, code, name } = &self.asked;
        // Position first, hub's time next: neither promises more than the answer holds.
        let (as_of_position, now) = (*self.progress.borrow_and_update(), self.hub.parts.clock.now());
        let work = self.hub.parts.views.main.workload(within, now).await?;
        Ok(WatchBoardsResponse {
            area_code: code.clone(),
            area_name: name.clone(),
            as_of_position: as_of_position.0,
            as_of: Some(time::to_wire(now)),
            counts: Some(count::counts(&work)),
            sub_areas: count::sub_areas(areas, &work, self.hub.directory().areas()),
        })
    }

    fn is_news(before: &WatchBoardsResponse, now: &WatchBoardsResponse) -> bool {
        (&before.counts, &before.sub_areas) != (&now.counts, &now.sub_areas)
    }

    fn tell(seen: &WatchBoardsResponse) -> Encoded<WatchBoardsResponse> {
        Encoded::of(seen)
    }

    async fn changed(&mut self) {
        otherwise(&mut self.progress).await;
    }
}
