//! What `seinhuis watch` shows at a terminal: how the hub flows, in one view that keeps itself up to date. It asks a hub over gRPC
//! like every other command, near or far.

mod feeds;
mod keys;
mod panels;
mod screen;
mod seen;

use std::time::Duration;

use anyhow::Context as _;
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyEvent};
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use crate::client::Authed;
use feeds::Feeds;
use keys::Wish;
use screen::Screen;

/// Between two drawings, at the least.
const DRAWN: Duration = Duration::from_millis(100);
/// Keys that may wait.
const KEYS: usize = 64;

/// Shows what `hub` at `address` tells of an area until whoever looks has had enough. An empty code is all that he may see.
pub(crate) async fn run(hub: Authed, address: &str, area: &str) -> anyhow::Result<()> {
    let mut terminal = Terminal::take().context("this is no terminal to draw on")?;
    let mut pressed = pressed();
    let mut screen = Screen::of(address, area);
    let mut feeds = Feeds::begin(&hub, area);
    let mut tick = tokio::time::interval(DRAWN);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            key = pressed.recv() => match key.and_then(|key| screen.press(key)) {
                Some(Wish::Leave) => return Ok(()),
                Some(Wish::Watch(area)) => {
                    feeds = Feeds::begin(&hub, &area);
                    screen = Screen::of(address, &area);
                }
                None => {}
            },
            news = feeds.next() => screen.hear(news),
            _ = tick.tick() => {
                terminal.0.draw(|frame| screen.draw(frame))?;
            }
        }
    }
}

/// The terminal as long as it is drawn on. Afterwards it is as it was, also when something went wrong.
struct Terminal(DefaultTerminal);

impl Terminal {
    fn take() -> std::io::Result<Self> {
        ratatui::try_init().map(Self)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// The keys as they are pressed. A thread waits for them: the terminal can't be asked without waiting.
fn pressed() -> mpsc::Receiver<KeyEvent> {
    let (keys, pressed) = mpsc::channel(KEYS);
    std::thread::spawn(move || {
        while let Ok(event) = event::read() {
            if let Event::Key(key) = event
                && key.is_press()
                && keys.blocking_send(key).is_err()
            {
                return;
            }
        }
    });
    pressed
}
