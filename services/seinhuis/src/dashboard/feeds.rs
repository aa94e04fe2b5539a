//! The hub's live streams, each followed by a task of its own that comes back where it broke off.

use std::cell::Cell;
use std::pin::Pin;
use std::time::Duration;

use seinhuis_contract::proto::monitor::v1::board_service_client::BoardServiceClient;
use seinhuis_contract::proto::monitor::v1::log_service_client::LogServiceClient;
use seinhuis_contract::proto::monitor::v1::notice_service_client::NoticeServiceClient;
use seinhuis_contract::proto::monitor::v1::pipeline_service_client::PipelineServiceClient;
use seinhuis_contract::proto::monitor::v1::timer_service_client::TimerServiceClient;
use seinhuis_contract::proto::monitor::v1::{
    Fact, GetPipelineRequest, NoticeStep, Progress, TimerFired, TimerPlan, WatchBoardsRequest,
    WatchBoardsResponse, WatchFactsRequest, WatchNoticesRequest, WatchPipelineRequest, WatchPipelineResponse,
    WatchTimersRequest, watch_facts_response, watch_notices_response, watch_timers_response,
};
use tokio::sync::mpsc;
use tonic::{Status, Streaming};

use crate::client::Authed;

/// News that may wait to be taken in.
const WAITING: usize = 1_024;
/// Before a stream that broke off is asked for again.
const AGAIN: Duration = Duration::from_secs(1);
/// Facts from before now that fill the screen at the beginning.
const BEFORE: u64 = 200;
/// Timers that are shown at the most.
const TIMERS: u32 = 20;

/// One of the streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Feed {
    Facts,
    Boards,
    Timers,
    Notices,
    Pipeline,
}

impl Feed {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Boards => "areas",
            Self::Timers => "timers",
            Self::Notices => "notices",
            Self::Pipeline => "pipeline",
        }
    }
}

/// What was heard.
#[derive(Debug)]
pub(super) enum News {
    Fact(Fact),
    /// This screen is slower than the log; facts come late for a while.
    Parked,
    /// It has caught up.
    CaughtUp,
    Board(WatchBoardsResponse),
    Plan(TimerPlan),
    Fired(TimerFired),
    Notice(NoticeStep),
    Pipeline(WatchPipelineResponse),
    /// A stream is there.
    Here(Feed),
    /// A stream is away, and why.
    Away(Feed, String),
}

/// All streams of an area. They are followed while somebody waits for news.
pub(super) struct Feeds {
    news: mpsc::Receiver<News>,
    following: Pin<Box<dyn Future<Output = ()>>>,
}

impl Feeds {
    /// Begins to follow what `hub` tells of the area of this code; empty: all that the one who asks may see.
    pub(super) fn begin(hub: &Authed, area: &str) -> Self {
        let (sender, news) = mpsc::channel(WAITING);
        let (hub, area) = (hub.clone(), area.to_owned());
        let following = Box::pin(async move {
            tokio::join!(
                facts(&hub, &area, &sender),
                notices(&hub, &area, &sender),
                boards(&hub, &area, &sender),
                timers(&hub, &area, &sender),
                pipeline(&hub, &sender),
            );
        });
        Self { news, following }
    }

    /// The next news.
    pub(super) async fn next(&mut self) -> News {
        tokio::select! {
            biased;
            Some(news) = self.news.recv() => news,
            () = &mut self.following => unreachable!("streams are followed as long as news are taken"),
        }
    }
}

/// Where a stream goes on after it broke off; 0 before it began.
#[derive(Debug, Default)]
struct Place(Cell<u64>);

impl Place {
    fn reach(&self, position: u64) {
        self.0.set(self.0.get().max(position));
    }

    /// After which position to begin; the first time somewhat before the log's end.
    async fn begin(&self, hub: &Authed) -> Result<u64, Status> {
        if self.0.get() == 0 {
            let pipeline =
                PipelineServiceClient::new(hub.clone()).get_pipeline(GetPipelineRequest {}).await?;
            self.reach(pipeline.into_inner().head.saturating_sub(BEFORE));
        }
        Ok(self.0.get())
    }
}

async fn facts(hub: &Authed, area: &str, news: &mpsc::Sender<News>) {
    use watch_facts_response::Event;
    let place = Place::default();
    let ask = async || {
        let after_position = place.begin(hub).await?;
        let request =
            WatchFactsRequest { after_position, area_code: area.to_owned(), ..WatchFactsRequest::default() };
        LogServiceClient::new(hub.clone()).watch_facts(request).await
    };
    follow(Feed::Facts, news, ask, |answer| match answer.event? {
        Event::Fact(fact) => {
            place.reach(fact.position);
            Some(News::Fact(fact))
        }
        Event::Progress(progress) => Some(reached(&place, &progress)),
        Event::Parked(parked) => {
            place.reach(parked.position);
            Some(News::Parked)
        }
    })
    .await;
}

async fn notices(hub: &Authed, area: &str, news: &mpsc::Sender<News>) {
    use watch_notices_response::Event;
    let place = Place::default();
    let ask = async || {
        let after_position = place.begin(hub).await?;
        let request = WatchNoticesRequest {
            after_position,
            area_code: area.to_owned(),
            ..WatchNoticesRequest::default()
        };
        NoticeServiceClient::new(hub.clone()).watch_notices(request).await
    };
    follow(Feed::Notices, news, ask, |answer| match answer.event? {
        Event::Step(step) => {
            place.reach(step.position);
            Some(News::Notice(step))
        }
        Event::Progress(progress) => {
            place.reach(progress.position);
            None
        }
        Event::Parked(parked) => {
            place.reach(parked.position);
            None
        }
    })
    .await;
}

fn reached(place: &Place, progress: &Progress) -> News {
    place.reach(progress.position);
    News::CaughtUp
}

async fn boards(hub: &Authed, area: &str, news: &mpsc::Sender<News>) {
    let ask = async || {
        let request = WatchBoardsRequest { area_code: area.to_owned() };
        BoardServiceClient::new(hub.clone()).watch_boards(request).await
    };
    follow(Feed::Boards, news, ask, |board| Some(News::Board(board))).await;
}

async fn timers(hub: &Authed, area: &str, news: &mpsc::Sender<News>) {
    use watch_timers_response::Event;
    let ask = async || {
        let request = WatchTimersRequest { area_code: area.to_owned(), max_timers: TIMERS };
        TimerServiceClient::new(hub.clone()).watch_timers(request).await
    };
    follow(Feed::Timers, news, ask, |answer| match answer.event? {
        Event::Plan(plan) => Some(News::Plan(plan)),
        Event::Fired(fired) => Some(News::Fired(fired)),
        Event::Missed(_) => None,
    })
    .await;
}

async fn pipeline(hub: &Authed, news: &mpsc::Sender<News>) {
    let ask = async || PipelineServiceClient::new(hub.clone()).watch_pipeline(WatchPipelineRequest {}).await;
    follow(Feed::Pipeline, news, ask, |pipeline| Some(News::Pipeline(pipeline))).await;
}

/// Follows a stream until nobody listens any more.
async fn follow<M>(
    feed: Feed,
    news: &mpsc::Sender<News>,
    ask: impl AsyncFn() -> Result<tonic::Response<Streaming<M>>, Status>,
    take: impl Fn(M) -> Option<News>,
) {
    loop {
        let why = match ask().await {
            Ok(stream) => match told(feed, news, stream.into_inner(), &take).await {
                Some(why) => why,
                None => return,
            },
            Err(status) => status.message().to_owned(),
        };
        if news.send(News::Away(feed, why)).await.is_err() {
            return;
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Tells what comes, and at the end why there is no more; nothing when nobody listens.
async fn told<M>(
    feed: Feed,
    news: &mpsc::Sender<News>,
    mut stream: Streaming<M>,
    take: impl Fn(M) -> Option<News>,
) -> Option<String> {
    news.send(News::Here(feed)).await.ok()?;
    loop {
        match stream.message().await {
            Ok(Some(message)) => {
                if let Some(heard) = take(message) {
                    news.send(heard).await.ok()?;
                }
            }
            Ok(None) => return Some("the hub ended it".to_owned()),
            Err(status) => return Some(status.message().to_owned()),
        }
    }
}
