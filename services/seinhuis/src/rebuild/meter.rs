//! How far a rebuild is, on standard error: a bar on a terminal, a line at every tenth elsewhere.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};
use seinhuis_projections::{Pace, Progress, Stage};

/// Shows how far it is.
pub(crate) struct Meter {
    bar: Option<ProgressBar>,
    /// What was said last.
    said: Option<(u64, Stage)>,
}

impl Meter {
    pub(crate) fn new() -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:30} {percent:>3} % {elapsed} {msg}");
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar, said: None }
    }

    pub(crate) fn show(&mut self, now: &Progress, pace: Pace) {
        match &self.bar {
            Some(bar) => {
                bar.set_length(now.of.0);
                bar.set_position(now.at.0);
                bar.set_message(words(now, pace));
            }
            None => {
                let tenths = (now.at.0 * 10).checked_div(now.of.0).unwrap_or(10);
                if self.said != Some((tenths, now.stage)) {
                    self.said = Some((tenths, now.stage));
                    // Who can't be told how far it is still gets it rebuilt.
                    let _ = writeln!(io::stderr(), "{} %: {}", tenths * 10, words(now, pace));
                }
            }
        }
    }

    pub(crate) fn close(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Events, their rate, and how long it will take still; what it does when it doesn't read.
fn words(now: &Progress, pace: Pace) -> String {
    let (events, left) = (now.events(), now.of.0.saturating_sub(now.at.0));
    match (now.stage, pace.left) {
        (Stage::Folding, None) => format!("{events} events, {left} to go"),
        (Stage::Folding, Some(time)) => {
            format!("{events} events, {:.0}/s, about {:.0} s to go", pace.per_second, time.as_secs_f64())
        }
        (Stage::Writing, _) => format!("{events} events, writing"),
        (Stage::Swapping, _) => format!("{events} events, taking their place"),
        (Stage::Done, _) => format!("{events} events, in place"),
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_eventstore::Position;
    use std::time::Duration;

    #[test]
    fn it_says_how_many_events_how_fast_and_how_long_still() {
        let said = |at, stage| {
            let now = Progress { from: Position(100), at: Position(at), of: Position(900), stage };
            words(&now, now.pace(Duration::from_secs(2)))
        };
        assert_eq!(said(500, Stage::Folding), "400 events, 200/s, about 2 s to go");
        assert_eq!(said(100, Stage::Folding), "0 events, 800 to go");
        assert_eq!(said(900, Stage::Writing), "800 events, writing");
    }
}
