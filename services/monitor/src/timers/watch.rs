//! One who watches timers: what is planned, and what fires.

use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, stream};
use seinhuis_contract::encoded::Encoded;
use seinhuis_contract::proto::monitor::v1::WatchTimersResponse;
use seinhuis_contract::proto::monitor::v1::watch_timers_response::Event;
use seinhuis_contract::status::Problem;
use seinhuis_domain::area::AreaCode;
use tokio::time::sleep;
use tonic::Status;

use crate::failure::Failure;
use crate::hub::Hub;
use crate::live::crowd::{Lagged, Member};
use crate::live::newest::Latest;
use crate::live::sight::Sight;
use crate::live::stay::Stay;
use crate::live::wanted::{Wanted, What};

/// How often it is looked at whether he may stay, when there is nothing to tell.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// One who watches timers.
pub(super) struct Watcher {
    stay: Stay,
    plan: Latest<WatchTimersResponse>,
    fired: Member,
}

impl Watcher {
    /// Watches `areas`, whose plan is told in `plan`.
    pub(super) fn new(
        hub: &Arc<Hub>,
        stay: Stay,
        areas: Vec<AreaCode>,
        plan: Latest<WatchTimersResponse>,
    ) -> Result<Self, Problem> {
        let wanted = Wanted::all(What::Fired, Sight::Areas(areas));
        let (fired, _) = Member::join(hub, &wanted).ok_or(Problem::Overloaded)?;
        Ok(Self { stay, plan, fired })
    }

    /// All he is told, until he leaves or may not stay.
    pub(super) fn stream(self) -> impl Stream<Item = Result<Encoded<WatchTimersResponse>, Status>> + Send {
        stream::try_unfold(self, |mut watcher| async move {
            let said = watcher.next().await?;
            Ok(Some((said, watcher)))
        })
    }

    async fn next(&mut self) -> Result<Encoded<WatchTimersResponse>, Failure> {
        loop {
            self.stay.may_go_on()?;
            let said = tokio::select! {
                biased;
                fired = self.fired.next() => match fired {
                    Ok(item) => item.message.map(Encoded::already).ok_or(Problem::Internal)?,
                    Err(Lagged(missed)) => {
                        Encoded::of(&WatchTimersResponse { event: Some(Event::Missed(missed)) })
                    }
                },
                plan = self.plan.next() => plan?,
                () = self.stay.news() => continue,
                () = sleep(LOOK_AGAIN) => continue,
            };
            self.stay.may_go_on()?;
            return Ok(said);
        }
    }
}
