//! What is planned in some areas, looked at for all who watch it.

use std::sync::Arc;

use seinhuis_contract::encoded::Encoded;
use seinhuis_contract::proto::monitor::v1::watch_timers_response::Event;
use seinhuis_contract::proto::monitor::v1::{TimerPlan, WatchTimersResponse};
use seinhuis_contract::time;
use seinhuis_domain::area::AreaCode;
use seinhuis_eventstore::Position;
use tokio::sync::watch;

use super::to_wire;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::live::newest::{Looks, otherwise};

/// Whose plan, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    /// The areas with all in them.
    pub(super) within: Vec<AreaCode>,
    /// Timers at most.
    pub(super) limit: usize,
}

/// Looks at a plan.
pub(super) struct Planning {
    hub: Arc<Hub>,
    asked: Asked,
    progress: watch::Receiver<Position>,
}

impl Planning {
    pub(super) fn of(hub: Arc<Hub>, asked: Asked) -> Self {
        let progress = hub.parts.views.timers.progress();
        Self { hub, asked, progress }
    }
}

impl Looks for Planning {
    type Seen = TimerPlan;
    type Answer = WatchTimersResponse;

    async fn look(&mut self) -> Result<TimerPlan, Failure> {
        let Asked { within, limit } = &self.asked;
        let (as_of_position, now) = (*self.progress.borrow_and_update(), self.hub.parts.clock.now());
        let views = &self.hub.parts.views.timers;
        let (total, overdue) = views.timers_planned(within, now).await?;
        let timers = views.timers(within, *limit).await?;
        Ok(TimerPlan {
            timers: timers.iter().map(|timer| to_wire(timer, now)).collect(),
            total,
            overdue,
            as_of_position: as_of_position.0,
            as_of: Some(time::to_wire(now)),
        })
    }

    fn is_news(before: &TimerPlan, now: &TimerPlan) -> bool {
        let plan = |plan: &TimerPlan| (plan.total, plan.overdue);
        plan(before) != plan(now) || before.timers != now.timers
    }

    fn tell(seen: &TimerPlan) -> Encoded<WatchTimersResponse> {
        Encoded::of(&WatchTimersResponse { event: Some(Event::Plan(seen.clone())) })
    }

    async fn changed(&mut self) {
        otherwise(&mut self.progress).await;
    }
}
