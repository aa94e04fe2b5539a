//! A follower that keeps up with a busy log is woken by every commit, each time for a few events, and a page of a few
//! costs nearly as much as one of many. So it rests after a page for as long as the page took: in that time the next
//! one fills. A log that is quiet is hardly waited for, since its pages take a moment; on a busy machine pages take
//! longer, and so grow until they are worth their while.

use std::time::Duration;

use tokio::time::Instant;

/// However long a page took, nobody is kept waiting for longer than this.
const LONGEST: Duration = Duration::from_millis(10);

/// A page that has begun.
#[derive(Debug, Clone, Copy)]
pub struct Rest(Instant);

impl Rest {
    /// Begins with the page.
    pub fn begin() -> Self {
        Self(Instant::now())
    }

    /// Waits for `news`, but not before the rest after the page is over. The page ends with this call.
    pub fn then<T>(self, news: impl Future<Output = T>) -> impl Future<Output = T> {
        let rest = tokio::time::sleep(self.0.elapsed().min(LONGEST));
        async {
            rest.await;
            news.await
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_rest_is_as_long_as_the_page_and_never_long() {
        for (page, rested) in [(0, 0), (3, 3), (10, 10), (2_000, 10)] {
            let rest = Rest::begin();
            tokio::time::advance(Duration::from_millis(page)).await;
            let (rest, before) = (rest.then(std::future::ready(())), Instant::now());
            rest.await;
            assert_eq!(before.elapsed(), Duration::from_millis(rested), "after a page of {page} ms");
        }
    }
}
