//! Those who watch: they connect, and each notes what he is told and when.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use seinhuis::client::{Authed, authed};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::Streaming;
use tonic::transport::Endpoint;

use crate::glance::{self, Glance};
use crate::town::Wish;

/// Bytes that the hub may send ahead of one who takes nothing, and of all on a connection.
pub(crate) const WINDOWS: (u32, u32) = (64 << 10, 16 << 20);
/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many connect at a time.
const AT_ONCE: usize = 64;

/// What one who reads was told: positions, and when.
pub(crate) struct Told {
    pub(crate) area: String,
    pub(crate) facts: Vec<(u64, Instant)>,
    /// How often he was parked.
    pub(crate) parked: u64,
}

/// Those who watch, all of them told of each fact as it comes.
pub(crate) struct Crowd {
    reading: JoinSet<anyhow::Result<Told>>,
    /// Those who take nothing; held, so that they stay.
    stalled: Vec<Streaming<Glance>>,
    over: watch::Sender<Option<u64>>,
}

impl Crowd {
    /// Has all of `wishes` watch over connections that so many share.
    pub(crate) async fn begin(
        url: &str,
        token: &str,
        wishes: Vec<Wish>,
        shared: usize,
    ) -> anyhow::Result<Self> {
        let over = watch::Sender::new(None);
        let mut crowd = Self { reading: JoinSet::new(), stalled: vec![], over };
        for on_one in wishes.chunks(shared) {
            let channel = connect(url, token).await?;
            for at_once in on_one.chunks(AT_ONCE) {
                let begun = at_once.iter().map(|wish| begun(channel.clone(), wish));
                for begun in futures::future::join_all(begun).await {
                    let (wish, stream) = begun?;
                    if wish.reads {
                        crowd.reading.spawn(read(wish.area, stream, crowd.over.subscribe()));
                    } else {
                        crowd.stalled.push(stream);
                    }
                }
            }
        }
        Ok(crowd)
    }

    /// Waits until all who read have heard of everything up to `last`, and tells what they were told.
    pub(crate) async fn end(mut self, last: u64) -> anyhow::Result<Vec<Told>> {
        self.over.send_replace(Some(last));
        let mut all = Vec::with_capacity(self.reading.len());
        while let Some(told) = self.reading.join_next().await {
            all.push(told??);
        }
        whole(&all)?;
        Ok(all)
    }
}

async fn connect(url: &str, token: &str) -> anyhow::Result<Authed> {
    let endpoint = Endpoint::from_shared(url.to_owned())?
        .initial_stream_window_size(WINDOWS.0)
        .initial_connection_window_size(WINDOWS.1);
    authed(endpoint.connect().await.with_context(|| format!("no hub answers at {url}"))?, token)
}

/// One who has heard that he is at the end of the log.
async fn begun(channel: Authed, wish: &Wish) -> anyhow::Result<(Wish, Streaming<Glance>)> {
    let mut stream = glance::watch(channel, &wish.area).await?;
    loop {
        match stream.message().await? {
            Some(Glance { progress: Some(_), .. }) => return Ok((wish.clone(), stream)),
            Some(_) => {}
            None => bail!("the stream has ended"),
        }
    }
}

async fn read(
    area: String,
    mut stream: Streaming<Glance>,
    over: watch::Receiver<Option<u64>>,
) -> anyhow::Result<Told> {
    let mut told = Told { area, facts: vec![], parked: 0 };
    loop {
        let answer = tokio::time::timeout(PATIENCE, stream.message()).await.context("nothing is said")??;
        let now = Instant::now();
        let Glance { fact, progress, parked } = answer.context("the stream has ended")?;
        told.parked += u64::from(parked.is_some());
        told.facts.extend(fact.map(|at| (at.position, now)));
        if let (Some(at), Some(last)) = (progress, *over.borrow())
            && at.position >= last
        {
            return Ok(told);
        }
    }
}

/// Whether each was told in order and nothing twice, and all of an area were told the same.
fn whole(all: &[Told]) -> anyhow::Result<()> {
    let mut areas: HashMap<&str, Vec<u64>> = HashMap::new();
    for told in all {
        let positions: Vec<u64> = told.facts.iter().map(|(position, _)| *position).collect();
        ensure!(positions.is_sorted_by(|one, next| one < next), "{}: not in order, or twice", told.area);
        let same = areas.entry(&told.area).or_insert_with(|| positions.clone());
        ensure!(
            *same == positions,
            "{}: {} facts to one and {} to another",
            told.area,
            same.len(),
            positions.len()
        );
    }
    Ok(())
}
