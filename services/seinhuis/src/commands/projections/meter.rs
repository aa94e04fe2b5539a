//! How far a rebuild is, on standard error: a bar on a terminal, a line at every tenth elsewhere.

use std::convert::Infallible;
use std::io::{self, IsTerminal, Write};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use seinhuis_projections::{Progress, Stage};
use tokio::sync::watch;

/// Shows how far it is.
pub(super) struct Meter {
    progress: watch::Receiver<Progress>,
    began: Instant,
    bar: Option<ProgressBar>,
    /// What was said last.
    said: Option<(u64, Stage)>,
}

impl Meter {
    pub(super) fn new(progress: watch::Receiver<Progress>, began: Instant) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:30} {percent:>3} % {elapsed} {msg}");
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { progress, began, bar, said: None }
    }

    /// Shows it for as long as this is waited for.
    pub(super) async fn run(&mut self) -> Infallible {
        while self.progress.changed().await.is_ok() {
            let now = *self.progress.borrow_and_update();
            self.show(now);
        }
        std::future::pending().await
    }

    fn show(&mut self, now: Progress) {
        let seconds = self.began.elapsed().as_secs_f64();
        match &self.bar {
            Some(bar) => {
                bar.set_length(now.of.0);
                bar.set_position(now.at.0);
                bar.set_message(words(now, seconds));
            }
            None => {
                let tenths = (now.at.0 * 10).checked_div(now.of.0).unwrap_or(10);
                if self.said != Some((tenths, now.stage)) {
                    self.said = Some((tenths, now.stage));
                    // Who can't be told how far it is still gets it rebuilt.
                    let _ = writeln!(io::stderr(), "{} %: {}", tenths * 10, words(now, seconds));
                }
            }
        }
    }

    pub(super) fn close(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Events, their rate, and how long it will take still; what it does when it doesn't read.
fn words(now: Progress, seconds: f64) -> String {
    let (events, left) = (now.events(), now.of.0.saturating_sub(now.at.0));
    let rate = events as f64 / seconds.max(1e-3);
    match now.stage {
        Stage::Folding if events == 0 => format!("0 events, {left} to go"),
        Stage::Folding => {
            format!("{events} events, {rate:.0}/s, about {:.0} s to go", left as f64 / rate.max(1e-3))
        }
        Stage::Writing => format!("{events} events, writing"),
        Stage::Swapping => format!("{events} events, taking their place"),
        Stage::Done => format!("{events} events, in place"),
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_eventstore::Position;

    #[test]
    fn it_says_how_many_events_how_fast_and_how_long_still() {
        let at = |at, stage| Progress { from: Position(100), at: Position(at), of: Position(900), stage };
        assert_eq!(words(at(500, Stage::Folding), 2.0), "400 events, 200/s, about 2 s to go");
        assert_eq!(words(at(100, Stage::Folding), 2.0), "0 events, 800 to go");
        assert_eq!(words(at(900, Stage::Writing), 9.0), "800 events, writing");
    }
}
